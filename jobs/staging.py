"""A feed's window, from pinned log to a staging table: what `flow_day` needs to know and where it puts it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from ioc.errors import Stop
from ioc.kernel.flow import flow_days
from ioc.kernel.months import Months
from ioc.period_calendars import period_calendar
from ioc.rules import case_rules, pauses_of, sectors_of
from ioc.settings import Settings
from ioc.warehouse.connection import Connection
from ioc.warehouse.offsets import ends
from ioc.warehouse.revisions import published
from jobs.close import Closed
from jobs.crosswalk import crosswalk
from jobs.event_log import EventLog, Pinned, Position, below, buckets, held
from jobs.flow_day import Built, Source
from jobs.restate import ledger, write_ledger
from jobs.runs import DAYS, MONTHS, TABLES, Rolled, Run, put
from jobs.whole import ROLLED, whole
from jobs.window import Window
from schemas import Feed, Registry

LIVE_SECONDS = 60
EARLIEST = date(1900, 1, 1)  # of instants that are taken


@dataclass(frozen=True)
class Plan:
    """One feed of a run before Spark starts."""

    run_id: str
    feed: Feed
    source: Source
    window: Window
    open_start: bool  # nobody asked for a first day: begin with the first day that has a case


def pinned(settings: Settings, conn: Connection, feed: str) -> Pinned | None:
    """The feed's log as it is, once live has decided on everything in it; None where it is empty."""
    table = EventLog.of(settings, feed).open()
    position = held(table) if table is not None else {}
    if table is None or not position:
        return None
    await_live(conn, feed, position)
    empty = dict.fromkeys(ends(conn, feed), 0)
    refused = conn.execute('select partition, "offset" from quarantine where topic = %s', [feed]).fetchall()
    places = frozenset((int(str(p)), int(str(o))) for p, o in refused)
    return Pinned(table.table_uri, table.version(), buckets(table), empty | position, places)


def source_of(found: Pinned, feed: Feed, registry: Registry, last: date) -> Source:
    """The pinned log with the feed's rules, its joined codes and the months up to `last`."""
    rules = case_rules(feed, registry)
    cases = crosswalk(below(found.scan(), found), rules.identity)
    return Source(**vars(found), rules=rules, cases=cases, months=months_of(feed, registry, last))


def months_of(feed: Feed, registry: Registry, last: date) -> Months:
    """All whole months of every calendar up to `last`; `whole` leaves out those before the window."""
    return Months(
        [period_calendar(registry, name) for name in sorted(registry.period_calendars)],
        *(EARLIEST, last),
        sectors=sectors_of(registry),
        pauses=pauses_of(feed),
    )


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
    known = ends(conn, topic)
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
    """Writes days, whole months and what they restate into the run's own tables; one transaction."""
    position = {plan.feed.feed: {str(p): end for p, end in plan.source.position.items()}}
    before = published(conn, plan.feed.feed)
    run = Run(
        *(plan.run_id, plan.feed.feed, window.first, window.last, plan.feed.zone, position),
        *(plan.source.rules.definitions, "staged", None, built.cases, built.set_aside),
        base=before.revision if before else None,
    )
    months = whole(built, window, plan.source.months.calendars)
    put(conn, run, at)
    write(conn, run, DAYS, flow_days(built.cells.lazy(), window.first, window.last).collect())
    for _, table in ROLLED:
        write(conn, run, table, months[table.name])
    write_ledger(conn, run, ledger(conn, plan.source, before, run.definitions, months[MONTHS.name]))
    conn.commit()
    return run


def stage_changes(conn: Connection, run_id: str, feed: Feed, closed: Closed, at: datetime) -> Run:
    """Writes the rows that closing days changes, and what they restate; ends the snapshot's transaction."""
    before, ends = closed.before, closed.known.position
    position = {feed.feed: {str(p): end for p, end in sorted(ends.items())}}
    run = Run(
        *(run_id, feed.feed, before.covers_from, closed.last, feed.zone, position),
        *(closed.known.rules.definitions, "staged", None, closed.cases, closed.set_aside),
        base=before.revision,
        scope="changed",
    )
    put(conn, run, at)
    for table in TABLES:
        write(conn, run, table, closed.rows[table.name])
    write_ledger(conn, run, closed.ledger)
    conn.commit()
    return run


def write(conn: Connection, run: Run, table: Rolled, rows: pl.DataFrame) -> None:
    """The frame into the run's staging table by COPY."""
    from psycopg import sql

    staged = run.staging(table)
    columns = [*table.keys.items(), *((name, table.kind) for name in table.figures)]
    made = sql.SQL(", ").join(sql.SQL(f"{{}} {kind}").format(sql.Identifier(name)) for name, kind in columns)
    conn.execute(sql.SQL("drop table if exists {}").format(staged))
    conn.execute(sql.SQL("create table {} ({})").format(staged, made))
    text = rows.select(table.columns).write_csv(include_header=False, quote_style="non_numeric")
    with (
        conn.cursor() as cursor,
        cursor.copy(sql.SQL("copy {} from stdin (format csv)").format(staged)) as copy,
    ):
        copy.write(text)
