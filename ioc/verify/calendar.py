"""A calendar as rows, for SQL to count by: its sessions, and the working days of a limit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from ioc.calendars import calendars_of
from ioc.warehouse.connection import Connection
from schemas import Calendar

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def add_sessions(conn: Connection, calendar: Calendar) -> None:
    """Makes verify_session; `before` is what was worked before the session."""
    conn.execute("drop table if exists pg_temp.verify_session")
    conn.execute(
        "create temp table verify_session (agency text, known timestamptz, begins timestamptz,"
        " ends timestamptz, before interval) on commit drop"
    )
    with conn.cursor() as cursor, cursor.copy(b"copy verify_session from stdin") as copy:
        for row in _sessions(calendar):
            copy.write_row(row)
    conn.execute("create index on verify_session (agency, known, begins)")
    conn.execute("analyze verify_session")


def add_days(conn: Connection, calendar: Calendar) -> None:
    """Makes verify_day; what comes until `cut` is received the same day."""
    conn.execute("drop table if exists pg_temp.verify_day")
    conn.execute(
        "create temp table verify_day (agency text, known timestamptz, on_day date, cut timestamptz,"
        " closes timestamptz) on commit drop"
    )
    with conn.cursor() as cursor, cursor.copy(b"copy verify_day from stdin") as copy:
        for one in calendars_of(calendar):
            for day in one.days:
                if day.hand_over is not None:
                    closes = _at(day.sessions[-1][1])
                    copy.write_row((one.agency, _at(one.known), day.on, _at(day.hand_over), closes))
    conn.execute("create index on verify_day (agency, known, closes)")
    conn.execute("analyze verify_day")


def _sessions(calendar: Calendar) -> Iterator[tuple[Any, ...]]:
    """An empty session begins each calendar, so that every instant after its start has one before it."""
    for one in calendars_of(calendar):
        known, worked = _at(one.known), timedelta()
        begin = _at(one.days[0].start)
        yield one.agency, known, begin, begin, worked
        for start, end in (session for day in one.days for session in day.sessions):
            yield one.agency, known, _at(start), _at(end), worked
            worked += timedelta(microseconds=end - start)


def _at(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
