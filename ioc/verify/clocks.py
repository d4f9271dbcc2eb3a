"""The clock columns of verify_case: the calendar's sessions as data, everything else in clocks.sql."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from ioc.verify.calendar import add_sessions
from ioc.warehouse.connection import Connection
from schemas import Feed, Registry

HERE = Path(__file__).parent
REWRITTEN = ("submitted_at", "reception_due_at", "breach_at", "apology_at")


def add_clocks(conn: Connection, feed: Feed, registry: Registry) -> None:
    """After refold.refold, of everything stored; null where the feed has no clocks."""
    conn.execute("alter table verify_case " + ", ".join(f"add {name} timestamptz" for name in REWRITTEN))
    clocks = feed.clocks
    if clocks is None or feed.calendar is None:
        return
    conn.execute("drop table if exists pg_temp.verify_clock")
    conn.execute("create temp table verify_clock (status text, kind text) on commit drop")
    with conn.cursor() as cursor:
        cursor.executemany("insert into verify_clock values (%s, %s)", list(_kinds(feed)))
    add_sessions(conn, registry.calendars[feed.calendar])
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
