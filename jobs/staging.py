"""A feed's window, from pinned log to a staging table: what `flow_day` needs to know and where it puts it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from ioc.errors import Stop
from ioc.kernel.flow import FIGURES, GROUP, KEYS, flow_days
from ioc.rules import case_rules
from ioc.settings import Settings
from ioc.warehouse.connection import Connection
from ioc.warehouse.offsets import standings
from jobs.crosswalk import crosswalk
from jobs.event_log import EventLog, Position, buckets, held
from jobs.flow_day import Built, Source, below
from jobs.runs import Run, published, put
from jobs.window import Window
from schemas import Feed

LIVE_SECONDS = 60


@dataclass(frozen=True)
class Plan:
    """One feed of a run before Spark starts."""

    run_id: str
    feed: Feed
    source: Source
    window: Window
    open_start: bool  # nobody asked for a first day: begin with the first day that has a case


def pinned(settings: Settings, conn: Connection, feed: Feed) -> Source | None:
    """The feed's log as it is, once live has decided on everything in it; None where it is empty."""
    table = EventLog.of(settings, feed.feed).open()
    position = held(table) if table is not None else {}
    if table is None or not position:
        return None
    await_live(conn, feed.feed, position)
    empty = {partition: 0 for _, partition in standings(conn, [feed.feed])}
    refused = conn.execute(
        'select partition, "offset" from quarantine where topic = %s', [feed.feed]
    ).fetchall()
    places = frozenset((int(str(p)), int(str(o))) for p, o in refused)
    source = Source(
        table.table_uri, table.version(), buckets(table), empty | position, places, case_rules(feed)
    )
    log = pl.scan_delta(source.uri, version=source.version)
    return replace(source, cases=crosswalk(below(log, source), source.rules.identity))


def await_live(
    conn: Connection,
    topic: str,
    position: Position,
    seconds: float = LIVE_SECONDS,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Waits until live has taken every offset below the position: only then is it known what it refused."""
    waited = 0.0
    while behind := _behind(conn, topic, position):
        if waited >= seconds:
            raise Stop(f"after {seconds:g} s live has not taken {behind} of {topic}; see `ioc status`")
        sleep(0.25)
        waited += 0.25


def _behind(conn: Connection, topic: str, position: Position) -> str:
    known = {partition: s.next_offset for (_, partition), s in standings(conn, [topic]).items()}
    conn.rollback()
    lag = {p: end - known.get(p, 0) for p, end in position.items() if known.get(p, 0) < end}
    return ", ".join(f"{offsets} offsets of partition {partition}" for partition, offsets in lag.items())


def coverage(conn: Connection, plan: Plan, built: Built) -> Window:
    """The days to stage: those asked for (else from any case's first day), joined with the published ones."""
    window = plan.window
    if plan.open_start and not built.cells.is_empty():
        first = built.cells.item(0, "day")  # cells come sorted by day
        window = Window(min(first, window.last), window.last)
    before = published(conn, plan.feed.feed)
    return window if before is None else window.joined(before.covers_from, before.covers_to)


def stage(conn: Connection, plan: Plan, window: Window, built: Built, at: datetime) -> Run:
    """Writes the dense days into the run's own table, replacing what an earlier try left; one transaction."""
    days = flow_days(built.cells.lazy(), window.first, window.last).collect()
    position = {plan.feed.feed: {str(p): end for p, end in plan.source.position.items()}}
    run = Run(
        *(plan.run_id, plan.feed.feed, window.first, window.last, plan.feed.zone, position),
        *(plan.source.rules.definitions, "staged", None, built.cases, built.set_aside),
    )
    put(conn, run, at)
    write(conn, run, days)
    conn.commit()
    return run


def write(conn: Connection, run: Run, days: pl.DataFrame) -> None:
    """The frame into the run's staging table by COPY."""
    from psycopg import sql

    columns = ", ".join([*(f"{name} text" for name in GROUP), *(f"{name} bigint" for name in FIGURES)])
    table = run.staging
    conn.execute(sql.SQL("drop table if exists {}").format(table))
    made = f"create table {{}} (day date, {columns})"
    conn.execute(sql.SQL(made).format(table))
    names = (*KEYS, *FIGURES)
    text = days.select(names).write_csv(include_header=False, quote_style="non_numeric")
    with (
        conn.cursor() as cursor,
        cursor.copy(sql.SQL("copy {} from stdin (format csv)").format(table)) as copy,
    ):
        copy.write(text)
