"""What verify_case keeps of its stages with limits of their own: these as rows, the rest in stages.sql."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from ioc.verify.calendar import add_days, add_sessions
from ioc.warehouse.connection import Connection
from schemas import Feed, Registry

STAGES = Path(__file__).with_name("stages.sql")


def add_stages(conn: Connection, feed: Feed, registry: Registry) -> None:
    """After attributes.add_attributes; nothing where the feed has no such stages."""
    if not feed.stages or feed.calendar is None:
        return
    calendar = registry.calendars[feed.calendar]
    add_sessions(conn, calendar)
    add_days(conn, calendar)
    conn.execute("drop table if exists pg_temp.verify_timed, pg_temp.verify_limit")
    conn.execute(
        "create temp table verify_timed (stage text, starts text[], ends text[], optional bool, stops bool)"
        " on commit drop"
    )
    conn.execute(
        "create temp table verify_limit (stage text, kind jsonb, n int, unit text, valid_from date,"
        " valid_to date) on commit drop"
    )
    timed = [(name, [*s.from_], [*s.to], s.optional, s.stops) for name, s in feed.stages.items()]
    with conn.cursor() as cursor:
        cursor.executemany("insert into verify_timed values (%s, %s, %s, %s, %s)", timed)
        cursor.executemany("insert into verify_limit values (%s, %s, %s, %s, %s, %s)", list(_limits(feed)))
    asked = {"zone": feed.zone, "days": calendar.zone, "compare": feed.deadline.compare}
    for statement in STAGES.read_text(encoding="utf-8").split(";\n\n"):
        conn.execute(statement.encode(), asked if "%(" in statement else None)


def _limits(feed: Feed) -> Iterator[tuple[Any, ...]]:
    """A row for each way in which a limit's attributes can be given."""
    for name, stage in feed.stages.items():
        for one in stage.limits:
            for words in product(*one.when.values()):
                kind = json.dumps(dict(zip(one.when, words, strict=True)))
                yield name, kind, one.limit, one.unit, one.valid_from, one.valid_to
