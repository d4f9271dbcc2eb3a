"""A board's ended and running hour against the usual: counted at each read, the earlier weeks remembered."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from ioc.kernel.surge import Hour, Week
from ioc.warehouse.surge import NAMES, Counts, Hours, Watched, counted, said
from schemas.feed import Feed

USUAL_SECONDS = 300.0  # late events change earlier weeks too
Row = dict[str, Any]


@dataclass
class Surges:
    """The weeks of each hour as last read."""

    hours: Hours = ()
    due: float = 0.0
    weeks: list[list[Week]] = field(default_factory=list)

    async def read(self, connection: AsyncConnection[Any], watched: Watched | None, at: datetime) -> Row:
        """{surge: {ended, running}} in the caller's snapshot; nothing where the feed asks for none."""
        if watched is None:
            return {}
        hours = watched.hours(at)
        if hours != self.hours or time.monotonic() >= self.due:
            self.weeks = [await earlier(connection, watched, hour, at) for hour in hours]
            self.hours, self.due = hours, time.monotonic() + USUAL_SECONDS
        counts = await count(connection, watched, hours, at)
        each = zip(NAMES, hours, counts, self.weeks, strict=True)
        return {"surge": {name: said(watched.compared(hour, n, weeks)) for name, hour, n, weeks in each}}


async def earlier(connection: AsyncConnection[Any], watched: Watched, hour: Hour, at: datetime) -> list[Week]:
    """The hour in the weeks before."""
    hours = watched.earlier(hour)
    row = await (await connection.execute(*watched.knowing(hours))).fetchone()
    assert row is not None
    return watched.weeks(hours, await count(connection, watched, hours, at), row)


async def count(
    connection: AsyncConnection[Any], watched: Watched, hours: Sequence[Hour], at: datetime
) -> Counts:
    rows = await connection.execute(*watched.counting(hours, at))
    return counted(hours, await rows.fetchall())


def described(feed: Feed) -> Row:
    """{surge: the rule, and the words of the attribute by which it is told where a surge lies}."""
    if feed.surge is None:
        return {}
    rule = feed.surge.model_dump(include={"weeks", "factor", "at_least"})
    if feed.surge.by is not None:
        attribute = feed.attributes[feed.surge.by]
        words = {code: label.model_dump() for code, label in attribute.words.items()}
        rule["by"] = {"label": attribute.label.model_dump(), "words": words}
    return {"surge": rule}
