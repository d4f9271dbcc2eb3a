"""A calendar as rows, for SQL to count by: its sessions, and the working days of a limit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from ioc.calendars import calendars_of
from ioc.warehouse.connection import Connection
from schemas import Calendar

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def add_sessions(conn: Connection, calendar: Calendar) -> None:
    """Makes verify_session; `before` is what was worked before the session."""
    columns = "agency text, known timestamptz, begins timestamptz, ends timestamptz, before interval"
    _add(conn, "verify_session", columns, _sessions(calendar), "begins")


def add_days(conn: Connection, calendar: Calendar) -> None:
    """Makes verify_day; what comes until `cut` is received the same day."""
    columns = "agency text, known timestamptz, on_day date, cut timestamptz, closes timestamptz"
    _add(conn, "verify_day", columns, _days(calendar), "closes")


def _add(conn: Connection, name: str, columns: str, rows: Iterable[tuple[Any, ...]], at: str) -> None:
    conn.execute(f"drop table if exists pg_temp.{name}".encode())
    conn.execute(f"create temp table {name} ({columns}) on commit drop".encode())
    with conn.cursor() as cursor, cursor.copy(f"copy {name} from stdin".encode()) as copy:
        for row in rows:
            copy.write_row(row)
    conn.execute(f"create index on {name} (agency, known, {at})".encode())
    conn.execute(f"analyze {name}".encode())


def _sessions(calendar: Calendar) -> Iterator[tuple[Any, ...]]:
    """An empty session begins each calendar, so that every instant after its start has one before it."""
    for one in calendars_of(calendar):
        known, worked = _at(one.known), timedelta()
        begin = _at(one.days[0].start)
        yield one.agency, known, begin, begin, worked
        for start, end in (session for day in one.days for session in day.sessions):
            yield one.agency, known, _at(start), _at(end), worked
            worked += timedelta(microseconds=end - start)


def _days(calendar: Calendar) -> Iterator[tuple[Any, ...]]:
    for one in calendars_of(calendar):
        for day in one.days:
            if day.hand_over is not None:
                yield one.agency, _at(one.known), day.on, _at(day.hand_over), _at(day.sessions[-1][1])


def _at(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
