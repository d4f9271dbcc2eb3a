"""The clock columns of verify_case: the calendar's sessions as data, everything else in clocks.sql."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ioc.calendars import calendars_of
from ioc.warehouse.connection import Connection
from schemas import Feed, Registry

HERE = Path(__file__).parent
REWRITTEN = ("submitted_at", "reception_due_at", "breach_at", "apology_at")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def add_clocks(conn: Connection, feed: Feed, registry: Registry) -> None:
    """After refold.refold, of everything stored; null where the feed has no clocks."""
    conn.execute("alter table verify_case " + ", ".join(f"add {name} timestamptz" for name in REWRITTEN))
    clocks = feed.clocks
    if clocks is None or feed.calendar is None:
        return
    conn.execute("drop table if exists pg_temp.verify_clock, pg_temp.verify_session")
    conn.execute("create temp table verify_clock (status text, kind text) on commit drop")
    conn.execute(
        "create temp table verify_session (agency text, known timestamptz, begins timestamptz,"
        " ends timestamptz, before interval) on commit drop"
    )
    with conn.cursor() as cursor:
        cursor.executemany("insert into verify_clock values (%s, %s)", list(_kinds(feed)))
        with cursor.copy(b"copy verify_session from stdin") as copy:
            for row in _sessions(registry, feed.calendar):
                copy.write_row(row)
    conn.execute("create index on verify_session (agency, known, begins)")
    conn.execute("analyze verify_session")
    conn.execute("update verify_case set breach_at = due_at - %s", [timedelta(hours=clocks.breach_hours)])
    asked = {
        "feed": feed.feed,
        "online": list(clocks.reception_channels),
        "reception": clocks.reception_hours,
    }
    conn.execute((HERE / "clocks.sql").read_bytes(), asked)


def _kinds(feed: Feed) -> Iterator[tuple[str, str]]:
    for code, status in feed.lifecycle.statuses.items():
        if status.phase == "before-reception":
            yield code, "before"
        elif status.apology:
            yield code, "apology"
        elif status.pause:
            yield code, status.pause


def _sessions(registry: Registry, name: str) -> Iterator[tuple[Any, ...]]:
    """An empty session begins each calendar, so that every instant after its start has one before it."""
    for calendar in calendars_of(registry.calendars[name]):
        known, worked = _at(calendar.known), timedelta()
        begin = _at(calendar.days[0].start)
        yield calendar.agency, known, begin, begin, worked
        for start, end in (session for day in calendar.days for session in day.sessions):
            yield calendar.agency, known, _at(start), _at(end), worked
            worked += timedelta(microseconds=end - start)


def _at(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
