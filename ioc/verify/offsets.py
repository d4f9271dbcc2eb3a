"""Conservation: every delivered offset is one row of the warehouse; the archive and Kafka bear witness."""

from __future__ import annotations

import io
from dataclasses import dataclass

import polars as pl
from deltalake import DeltaTable
from kafka import TopicPartition

from ioc.settings import Settings
from ioc.verify.check import SHOWN, Check
from ioc.verify.kafka import PLACE, consumer, read
from ioc.warehouse.connection import Connection


@dataclass(frozen=True)
class Stand:
    """What the warehouse says of a topic: per partition the next offset, and the offset of every row."""

    ends: dict[int, int]
    rows: pl.DataFrame


@dataclass(frozen=True)
class Witness:
    """Offsets that the archive holds, and those Kafka delivers above them; per partition from `oldest` on."""

    archived: pl.DataFrame
    delivered: pl.DataFrame
    oldest: dict[int, int]


def check_offsets(conn: Connection, settings: Settings, feed: str) -> list[Check]:
    """The feed's accepted topic and its quarantine topic."""
    log = f"{(settings.log_path or str(settings.home / 'log')).rstrip('/')}/{feed}/event"
    checks = []
    for topic in (feed, f"{feed}.quarantine"):
        conn.execute("set transaction isolation level repeatable read, read only")
        stand = _stand(conn, topic)
        conn.rollback()
        if stand.ends:
            archived = _archived(log) if topic == feed else pl.DataFrame(schema=PLACE)
            checks.append(compared(feed, topic, stand, _witness(settings, topic, stand, archived)))
    return checks


def _stand(conn: Connection, topic: str) -> Stand:
    ends = conn.execute(
        "select partition, next_offset from topic_partition where topic = %s", [topic]
    ).fetchall()
    text = io.BytesIO()
    union = " union all ".join(
        f'select partition, "offset" from {table} where topic = %(topic)s'
        for table in ("event", "duplicate", "quarantine")
    )
    with (
        conn.cursor() as cursor,
        cursor.copy(f"copy ({union}) to stdout (format csv)".encode(), {"topic": topic}) as copy,
    ):
        for block in copy:
            text.write(block)
    text.seek(0)
    rows = (
        pl.read_csv(text, has_header=False, schema=PLACE)
        if text.getbuffer().nbytes
        else pl.DataFrame(schema=PLACE)
    )
    return Stand({int(str(p)): int(str(n)) for p, n in ends}, rows)


def _archived(log: str) -> pl.DataFrame:
    """Every offset in the event log, as often as it stands there."""
    if not DeltaTable.is_deltatable(log):
        return pl.DataFrame(schema=PLACE)
    return pl.scan_delta(log).select(pl.col(name).cast(kind) for name, kind in PLACE.items()).collect()


def _witness(settings: Settings, topic: str, stand: Stand, archived: pl.DataFrame) -> Witness:
    """Kafka's own offsets from where the archive ends (else its oldest) to where the warehouse stands."""
    held = dict(archived.group_by("partition").agg(pl.col("offset").max() + 1).rows())
    with consumer(settings) as kafka:
        places = [TopicPartition(topic, partition) for partition in sorted(stand.ends)]
        begins, there = kafka.beginning_offsets(places), kafka.end_offsets(places)
        spans = {
            p: (held.get(p.partition, begins[p]), min(stand.ends[p.partition], there[p])) for p in places
        }
        delivered = read(kafka, {p: (start, end) for p, (start, end) in spans.items() if start < end})
    oldest = {p.partition: 0 if p.partition in held else begins[p] for p in places}
    return Witness(archived, delivered, oldest)


def compared(feed: str, topic: str, stand: Stand, witness: Witness) -> Check:
    """No offset twice on either side; below the warehouse's stand both sides have the same ones."""
    ends = _per_partition("next", stand.ends)
    seen = pl.concat([witness.archived, witness.delivered]).join(ends, on="partition")
    seen = seen.filter(pl.col("offset") < pl.col("next"))
    # What Kafka let go before anybody archived it (of a quarantine topic) cannot be witnessed any more.
    owed = stand.rows.join(_per_partition("oldest", witness.oldest), on="partition")
    owed = owed.filter(pl.col("offset") >= pl.col("oldest"))
    above = stand.rows.join(ends, on="partition").filter(pl.col("offset") >= pl.col("next"))
    places = PLACE.names()
    problems = {
        "stored twice": _twice(stand.rows),
        "archived twice": _twice(witness.archived),
        "delivered, not stored": seen.select(places).unique().join(stand.rows, on=places, how="anti"),
        "stored, not delivered": owed.select(places).unique().join(seen, on=places, how="anti"),
        "stored above the stand": above,
    }
    figures = {
        "stored": len(stand.rows),
        "stand": sum(stand.ends.values()),
        "by the archive": len(witness.archived),
        "by Kafka": len(witness.delivered),
        **{name: len(rows) for name, rows in problems.items()},
    }
    differs = [
        f"{name}: {topic}/{partition} offset {offset}"
        for name, rows in problems.items()
        for partition, offset in rows.select(places).sort(places).head(SHOWN).rows()
    ]
    return Check(feed, f"offsets of {topic}", not differs, figures, differs)


def _per_partition(name: str, offsets: dict[int, int]) -> pl.DataFrame:
    schema = {"partition": pl.Int32(), name: pl.Int64()}
    return pl.DataFrame(sorted(offsets.items()), schema=schema, orient="row")


def _twice(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by(PLACE.names()).len().filter(pl.col("len") > 1)
