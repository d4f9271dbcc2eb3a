"""archive: Kafka topic `<feed>` -> event log, exactly once, by Structured Streaming that stops at the end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from deltalake import DeltaTable

from ioc.errors import Stop
from ioc.settings import Settings
from jobs.broker import Span, spans
from jobs.crosswalk import HASHES
from jobs.event_log import EventLog, Position, buckets, compact, held
from jobs.session import spark

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.streaming import StreamingQuery

ENVELOPE = (
    "id string, source string, type string, subject string, time timestamp, dataschema string, caseid string,"
    " hash string, hash16 int, receivedat timestamp, batch string, seq bigint, raw string, data string"
)
STANDARD = {
    "status": "string",
    "due_at": "timestamp",
    **dict.fromkeys(("agency", "receiving_agency", "channel", "procedure"), "string"),
}
COLUMNS = {
    "case_id": "e.caseid",
    **{name: f"e.{name}" for name in ("source", "id", "hash")},
    "occurred_at": "e.time",
    "received_at": "e.receivedat",
    **{name: f"d.{name}" for name in STANDARD},
    **{name: name for name in ("topic", "partition", "offset")},
    **{name: f"e.{name}" for name in ("type", "subject", "dataschema", "data")},
    "hash16": "coalesce(e.hash16, 0)",
    **{name: f"e.{name}" for name in ("batch", "seq", "raw")},
}
PER_BATCH = 2_000_000  # offsets; a longer backlog is taken in several batches
ONE_WRITER = 200_000  # offsets; fewer than this are written by one task: one file per bucket


def archive(settings: Settings, feeds: Sequence[str], now: datetime) -> dict[str, Position]:
    """Brings each feed's log up to Kafka's end and returns the position each then holds.

    Starts no Spark where nothing is new. Stop where Kafka no longer has offsets that the log lacks, or fewer
    than the log.
    """
    there = spans(settings.kafka_servers, feeds)
    logs = {feed: EventLog.of(settings, feed) for feed in feeds if feed in there}
    before = {feed: _held(log) for feed, log in logs.items()}
    new = {feed: missing(feed, there[feed], before[feed]) for feed in logs}
    pending = {feed: count for feed, count in new.items() if count}
    if pending:
        session = spark(settings, "ioc archive")
        try:
            _stream(session, settings, logs, before, there, pending, now)
        finally:
            session.stop()
    for feed in pending:
        table = logs[feed].open()
        assert table is not None
        compact(table)
    return {feed: _held(log) if feed in pending else before[feed] for feed, log in logs.items()}


def _held(log: EventLog) -> Position:
    table = log.open()
    return held(table) if table is not None else {}


def missing(topic: str, there: dict[int, Span], position: Position) -> int:
    """How many offsets the log lacks; Stop where they cannot be had any more."""
    for partition, span in there.items():
        have = position.get(partition, 0)
        if span.end < have:
            raise Stop(
                f"{topic}/{partition}: Kafka ends at {span.end}, the event log holds {have}: the topic was"
                " deleted and made anew. Move the log away or give the topic its events back"
            )
        if span.begin > have:
            raise Stop(
                f"{topic}/{partition}: Kafka begins at {span.begin}, the event log holds {have}: retention"
                f" took {span.begin - have} offsets before they were archived. Restore them, or the log; then"
                " raise topic.retention_days or archive more often"
            )
    return sum(span.end - position.get(partition, 0) for partition, span in there.items())


def _stream(
    session: SparkSession,
    settings: Settings,
    logs: dict[str, EventLog],
    before: dict[str, Position],
    there: dict[str, dict[int, Span]],
    pending: dict[str, int],
    now: datetime,
) -> None:
    """All feeds at once: one query each, so that one feed's trouble leaves the others archived."""
    queries = []
    for feed, count in pending.items():
        table = logs[feed].make(settings.log_buckets)
        starting = {str(p): before[feed].get(p, 0) for p in there[feed]}
        events = rows(_read(session, settings, feed, starting), buckets(table), now)
        queries.append(_write(events.coalesce(1) if count < ONE_WRITER else events, logs[feed], table))
    failed = [said for query in queries if (said := _ended(query))]
    if failed:
        raise Stop("; ".join(failed))


def _read(session: SparkSession, settings: Settings, topic: str, starting: dict[str, int]) -> DataFrame:
    """`starting` counts where the checkpoint is new or was lost: what the log holds is not read again."""
    return (
        session.readStream.format("kafka")
        .option("kafka.bootstrap.servers", settings.kafka_servers)
        .option("subscribe", topic)
        .option("startingOffsets", json.dumps({topic: starting}))
        .option("maxOffsetsPerTrigger", PER_BATCH)
        .option("failOnDataLoss", "true")
        .load()
    )


def rows(messages: DataFrame, of_buckets: int, now: datetime) -> DataFrame:
    """Kafka's messages as rows of the log; of one that is no event the offset alone: live quarantines it."""
    from pyspark.sql import functions as F

    envelope = F.from_json(F.col("value").cast("string"), ENVELOPE)
    parsed = messages.select(envelope.alias("e"), "topic", "partition", "offset")
    standard = F.from_json("e.data", ", ".join(f"{name} {kind}" for name, kind in STANDARD.items()))
    columns = [F.expr(source).alias(name) for name, source in COLUMNS.items()]
    chosen = parsed.withColumn("d", standard).select(*columns)
    bucket = F.expr(f"cast(hash16 div {HASHES // of_buckets} as int)")
    return chosen.withColumn("archived", F.lit(f"{now:%Y-%m}")).withColumn("bucket", bucket)


def _write(events: DataFrame, log: EventLog, table: DeltaTable) -> StreamingQuery:
    """Each batch commits its (txnAppId, txnVersion) to Delta: done again, it adds nothing."""
    return (
        events.writeStream.format("delta")
        .queryName(f"archive {log.feed}")
        .partitionBy("archived", "bucket")
        .option("checkpointLocation", log.checkpoint(table))
        .trigger(availableNow=True)
        .start(log.uri)
    )


def _ended(query: StreamingQuery) -> str | None:
    from pyspark.errors import StreamingQueryException

    try:
        query.awaitTermination()
    except StreamingQueryException as exc:
        return f"{query.name}: {str(exc).splitlines()[0]}"
    return None
