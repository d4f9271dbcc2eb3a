"""One case: its events in the order of the fold, both clocks of each, what it came to, and its story."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import polars as pl
from psycopg import AsyncConnection
from psycopg.rows import dict_row

from ioc.event import instant_text
from ioc.kernel.events import EVENTS, effective
from ioc.story import Lang, Story
from screens.slow import texts

STATE = "select * from cases where feed = %(feed)s and case_id = %(case)s"
EVENTS_OF = """
select * from event where feed = %(feed)s and case_id = %(case)s order by occurred_at, received_at, hash
"""
REPEATS = "select count(*) from duplicate where feed = %(feed)s and case_id = %(case)s"
Row = dict[str, Any]


async def read(
    connection: AsyncConnection[Any], story: Story, feed: str, case: str, now: datetime, lang: Lang
) -> Row | None:
    """None where no such case was ever seen; `story` as at `now`."""
    names = {"feed": feed, "case": case}
    async with connection.cursor(row_factory=dict_row) as cursor:
        state = await (await cursor.execute(STATE, names)).fetchone()
        if state is None:
            return None
        events = await (await cursor.execute(EVENTS_OF, names)).fetchall()
    repeats = await (await connection.execute(REPEATS, names)).fetchone()
    counting, said = counted(events), story.speaker(lang)
    lines = await asyncio.to_thread(story.tell, state, events, now, lang)  # tens of ms, off the boards' loop
    return {
        "case": texts(state),
        "events": [
            told(event, (event["source"], event["id"], event["hash"]) in counting) for event in events
        ],
        "story": [said.data(line) for line in lines],
        "repeats": repeats[0] if repeats else 0,
    }


def counted(events: list[Row]) -> set[tuple[str, str, str]]:
    """Which events count, by the kernel's rule on equal identities with other content."""
    frame = pl.DataFrame([{name: event[name] for name in EVENTS} for event in events], schema=EVENTS)
    return set(effective(frame.lazy()).select("source", "id", "hash").collect().iter_rows())


def told(event: Row, counts: bool) -> Row:
    """What the page shows of an event; `data` as it was accepted (personal fields are tokens since then)."""
    shown = ("source", "id", "type", "status", "agency", "receiving_agency", "channel", "procedure", "data")
    row = {name: event[name] for name in shown if event[name] is not None}
    for name in ("occurred_at", "received_at", "due_at"):
        if event[name] is not None:
            row[name] = instant_text(event[name])
    return {**row, "place": f"{event['topic']}/{event['partition']}/{event['offset']}", "counts": counts}
