"""Kafka as a witness: the offsets that it delivers, read again without a group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import polars as pl
from kafka import KafkaConsumer, TopicPartition

from ioc.settings import Settings

PLACE = pl.Schema({"partition": pl.Int32(), "offset": pl.Int64()})


@contextmanager
def consumer(settings: Settings) -> Iterator[KafkaConsumer]:
    """A reader of its own that commits nothing."""
    made = KafkaConsumer(
        bootstrap_servers=settings.kafka_servers,
        enable_auto_commit=False,
        auto_offset_reset="earliest",  # what retention takes while we read is not witnessed
        client_id="ioc-verify",
        fetch_max_wait_ms=50,
    )
    try:
        yield made
    finally:
        made.close()


def read(kafka: KafkaConsumer, spans: Mapping[TopicPartition, tuple[int, int]]) -> pl.DataFrame:
    """The offsets delivered from each span's start up to its end, the end not included."""
    kafka.assign(list(spans))
    for place, (start, _) in spans.items():
        kafka.seek(place, start)
    found: list[tuple[int, int]] = []
    left = set(spans)
    while left:
        for place, records in kafka.poll(timeout_ms=1_000, max_records=10_000).items():
            found += [(place.partition, r.offset) for r in records if r.offset < spans[place][1]]
        left = {place for place in left if kafka.position(place) < spans[place][1]}
    return pl.DataFrame(found, schema=PLACE, orient="row")
