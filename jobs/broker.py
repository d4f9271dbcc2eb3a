"""What Kafka has of a topic, asked by its own client: cheap enough to ask before any Spark starts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from ioc.errors import Retry


@dataclass(frozen=True)
class Span:
    """A partition's first offset still kept and the next one to be written."""

    begin: int
    end: int


def spans(servers: str, topics: Iterable[str]) -> dict[str, dict[int, Span]]:
    """Per topic that exists, its partitions. Retry where Kafka does not answer."""
    try:
        consumer = KafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False, client_id="ioc-archive")
    except KafkaError as exc:
        raise Retry(f"Kafka at {servers} does not answer: {exc}") from exc
    try:
        existing = consumer.topics()
        places = [
            TopicPartition(topic, partition)
            for topic in topics
            if topic in existing
            for partition in sorted(consumer.partitions_for_topic(topic) or ())
        ]
        begins, ends = consumer.beginning_offsets(places), consumer.end_offsets(places)
    finally:
        consumer.close()
    found: dict[str, dict[int, Span]] = {}
    for place in places:
        found.setdefault(place.topic, {})[place.partition] = Span(begins[place], ends[place])
    return found
