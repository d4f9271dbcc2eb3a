"""One case: its events in the order of the fold, both clocks of each, what it came to, and its story."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import polars as pl
from psycopg import AsyncConnection
from psycopg.rows import dict_row

from ioc.event import instant_text
from ioc.kernel.events import EVENTS
from ioc.kernel.fold import counting
from ioc.kernel.rules import CaseRules
from ioc.story import Lang, Story
from screens.slow import texts

STATE = """
select * from cases where feed = %(feed)s
    and case_id = coalesce((select case_id from alias where feed = %(feed)s and code = %(code)s), %(code)s)
"""
CODES = "select code from alias where feed = %(feed)s and case_id = %(case)s and code <> %(case)s order by 1"
EVENTS_OF = """
select * from event where feed = %(feed)s and case_id = any(%(codes)s) order by occurred_at, received_at, hash
"""
REPEATS = "select count(*) from duplicate where feed = %(feed)s and case_id = any(%(codes)s)"
Row = dict[str, Any]


async def read(
    connection: AsyncConnection[Any], story: Story, rules: CaseRules, code: str, now: datetime, lang: Lang
) -> Row | None:
    """The case that any of its codes names, `story` as at `now`; None where no such case was ever seen."""
    names: Row = {"feed": rules.feed, "code": code}
    async with connection.cursor(row_factory=dict_row) as cursor:
        state = await (await cursor.execute(STATE, names)).fetchone()
        if state is None:
            return None
        names["case"] = state["case_id"]
        also = [row["code"] for row in await (await cursor.execute(CODES, names)).fetchall()]
        names["codes"] = [names["case"], *also]
        events = await (await cursor.execute(EVENTS_OF, names)).fetchall()
    repeats = await (await connection.execute(REPEATS, names)).fetchone()
    said = story.speaker(lang)
    lines = await asyncio.to_thread(story.tell, state, events, now, lang)  # tens of ms, off the boards' loop
    return {
        "case": texts(state),
        "codes": names["codes"],
        "events": [told(event, counts) for event, counts in zip(events, counted(events, rules), strict=True)],
        "story": [said.data(line) for line in lines],
        "repeats": repeats[0] if repeats else 0,
    }


def counted(events: list[Row], rules: CaseRules) -> list[bool]:
    """Which events of a case count, by the kernel."""
    frame = pl.DataFrame([{name: event[name] for name in EVENTS} for event in events], schema=EVENTS)
    of_one_case = frame.with_columns(case_id=pl.lit("the case"))
    return counting(of_one_case, rules).get_column("counts").to_list()


def told(event: Row, counts: bool) -> Row:
    """What the page shows of an event; `data` as it was accepted (personal fields are tokens since then)."""
    shown = ("source", "id", "type", "status", "agency", "receiving_agency", "channel", "procedure", "data")
    row = {name: event[name] for name in shown if event[name] is not None}
    for name in ("occurred_at", "received_at", "due_at"):
        if event[name] is not None:
            row[name] = instant_text(event[name])
    return {**row, "place": f"{event['topic']}/{event['partition']}/{event['offset']}", "counts": counts}
