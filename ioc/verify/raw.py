"""The gate: every raw offset below its stand has a verdict, which is an event or a row of quarantine."""

from __future__ import annotations

from typing import Any

import polars as pl
from kafka import TopicPartition

from ioc.settings import Settings
from ioc.verify.check import SHOWN, Check
from ioc.verify.kafka import PLACE, consumer, read
from ioc.verify.revision import await_position
from ioc.warehouse.connection import Connection

RAW = ".raw"


def check_raw(conn: Connection, settings: Settings, feed: str, wait_seconds: float = 30) -> list[Check]:
    """Nothing where no bridge ever wrote to the feed's raw topic.

    The gate commits after Kafka has its verdicts, so live is waited for until it has taken them.
    """
    topic = feed + RAW
    ends: Any = conn.execute(
        "select partition, next_offset from topic_partition where topic = %s and next_offset > 0", [topic]
    ).fetchall()
    conn.rollback()
    if not ends:
        return []
    with consumer(settings) as kafka:
        places = {TopicPartition(topic, partition): int(end) for partition, end in ends}
        begins = kafka.beginning_offsets(list(places))
        verdicts = {t: _ends(kafka, t) for t in (feed, f"{feed}.quarantine")}
        behind = await_position(conn, verdicts, wait_seconds)
        if behind:
            return [Check(feed, f"verdicts of {topic}", False, {"stand": sum(places.values())}, behind)]
        delivered = read(kafka, {p: (begins[p], end) for p, end in places.items() if begins[p] < end})
    return [_compared(feed, topic, sum(places.values()), delivered, _judged(conn, topic))]


def _ends(kafka: Any, topic: str) -> dict[str, int]:
    places = [TopicPartition(topic, p) for p in kafka.partitions_for_topic(topic) or ()]
    return {str(p.partition): end for p, end in kafka.end_offsets(places).items()}


def _judged(conn: Connection, topic: str) -> pl.DataFrame:
    """The raw offsets that rows name as theirs; one message may have come to several events."""
    union = " union ".join(
        f"select raw from {table} where raw like %(like)s" for table in ("event", "duplicate", "quarantine")
    )
    rows = conn.execute(
        f"select split_part(raw, '/', 2)::int, split_part(raw, '/', 3)::bigint from ({union}) named".encode(),
        {"like": topic.replace("_", r"\_") + "/%"},
    ).fetchall()
    conn.rollback()
    return pl.DataFrame(rows, schema=PLACE, orient="row")


def _compared(feed: str, topic: str, stand: int, delivered: pl.DataFrame, judged: pl.DataFrame) -> Check:
    names = PLACE.names()
    missing = delivered.join(judged, on=names, how="anti").sort(names)
    figures = {
        "stand": stand,
        "by Kafka": len(delivered),
        "judged": len(judged),
        "without verdict": len(missing),
    }
    differs = [f"without verdict: {topic}/{p} offset {o}" for p, o in missing.head(SHOWN).rows()]
    return Check(feed, f"verdicts of {topic}", missing.is_empty(), figures, differs)
