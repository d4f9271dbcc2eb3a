"""The consumer loop never jumps: what the log no longer holds, or holds anew, stops that partition alone."""

from collections.abc import Callable
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition

from ioc.stack import topics
from ioc.warehouse import connect
from schemas import Registry

pytestmark = pytest.mark.broker


def send(kafka: KafkaProducer, topic: str, partition: int, count: int) -> None:
    for n in range(count):
        kafka.send(topic, value=b"%d" % n, partition=partition)
    kafka.flush(10)


def polled(reader: Any) -> dict[int, list[bytes]]:
    found: dict[int, list[bytes]] = {}
    for part in reader.poll(500):
        found.setdefault(part.place.partition, []).extend(record.value for record in part.records)
    return found


def test_first_offsets_are_the_warehouses(feed: Any, kafka: KafkaProducer, reading: Any, until: Any) -> None:
    send(kafka, feed.name, 0, 5)
    with connect(feed.settings) as conn:
        conn.execute("update topic_partition set next_offset = 3 where topic = %s", [feed.name])
    send(kafka, feed.name, 1, 4)
    reader, _, _ = reading(feed.name)
    found: dict[int, list[bytes]] = {}
    until(lambda: found.update(polled(reader)) or len(found) == 2)
    assert found == {0: [b"3", b"4"], 1: [b"3"]}


def test_an_offset_out_of_range_stops_its_partition_and_no_other(
    feed: Any, kafka: KafkaProducer, reading: Any, until: Callable[..., Any]
) -> None:
    send(kafka, feed.name, 0, 5)
    send(kafka, feed.name, 1, 2)
    admin = KafkaAdminClient(bootstrap_servers=feed.settings.kafka_servers)
    admin.delete_records({TopicPartition(feed.name, 0): 3})  # as retention does
    admin.close()
    reader, _, _ = reading(feed.name)
    found: dict[int, list[bytes]] = {}
    until(lambda: found.update(polled(reader)) or (found and reader.stopped))
    assert found == {1: [b"0", b"1"]}
    assert list(reader.stopped) == [TopicPartition(feed.name, 0)]
    assert "stopped at offset 0" in reader.detail()["stopped"][f"{feed.name}/0"]
    send(kafka, feed.name, 0, 1)
    assert polled(reader) == {}, "a later message of the stopped partition is not read"
    assert feed.one("select next_offset from topic_partition where topic = $feed and partition = 0") == 0


def test_a_topic_made_anew_stops_even_where_its_offsets_fit(
    feed: Any, kafka: KafkaProducer, reading: Any, until: Callable[..., Any]
) -> None:
    admin = KafkaAdminClient(bootstrap_servers=feed.settings.kafka_servers)
    admin.delete_topics([feed.name])
    until(lambda: feed.name not in admin.list_topics())
    admin.close()
    topics.ensure(
        feed.settings.kafka_servers, topics.wanted(Registry({feed.name: feed.registry.feeds[feed.name]}))
    )
    send(kafka, feed.name, 0, 5)
    reader, _, _ = reading(feed.name)
    found: dict[int, list[bytes]] = {}
    until(lambda: found.update(polled(reader)) or found or len(reader.stopped) == 2)
    assert found == {}
    assert sorted(place.partition for place in reader.stopped) == [0, 1]
    assert all("made anew" in why for why in reader.stopped.values())
