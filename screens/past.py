"""What a usual day looks like: the same measure at earlier days, read at a new day and every few minutes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median, quantiles
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection

from schemas.feed import Feed
from screens import tiles
from screens.hiding import Hiding

WEEKS = 8  # the same weekday of so many weeks makes the usual band
FEWEST = 3  # with fewer days there is no band: two days are an anecdote
Row = dict[str, Any]


@dataclass
class Past:
    """`usual`: tile -> low, middle, high by local hour. `yesterday`: tile -> [(minute of day, agency, n)]."""

    day: date
    zone: ZoneInfo
    usual: dict[str, dict[str, list[float]]]
    yesterday: dict[str, list[tuple[int, str, int]]]
    _until: dict[tuple[str, int], dict[str, int]] = field(default_factory=dict)

    def compare(
        self, board: dict[str, Row], by_agency: dict[str, dict[str, int]], at: datetime, hiding: Hiding
    ) -> None:
        """Adds to each tile of the day its band, yesterday's count at this time, and who moved most since."""
        local = at.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        for tile, now in by_agency.items():
            if tile in self.usual:
                board[tile]["usual"] = self.usual[tile]
            if self.yesterday.get(tile):
                before = self.before(tile, minute)
                board[tile]["before"] = sum(before.values())
                if (main := mover(now, before, hiding.movers(now, before))) is not None:
                    board[tile]["mover"] = main

    def before(self, tile: str, minute: int) -> dict[str, int]:
        """Yesterday's count per agency until this minute; worked out once a minute."""
        if (tile, minute) not in self._until:
            self._until = {key: counts for key, counts in self._until.items() if key[1] == minute}
            counts: dict[str, int] = {}
            for at_minute, agency, n in self.yesterday[tile]:
                if at_minute <= minute:
                    counts[agency] = counts.get(agency, 0) + n
            self._until[tile, minute] = counts
        return self._until[tile, minute]


def mover(now: dict[str, int], before: dict[str, int], unseen: Collection[str] = frozenset()) -> Row | None:
    """The agency that moved most in the direction of the whole, of those that may be named; None: nobody."""
    changes = {agency: now.get(agency, 0) - before.get(agency, 0) for agency in {*now, *before}}
    total = sum(changes.values())
    if total == 0:
        return None
    way = 1 if total > 0 else -1
    moved = {agency: n for agency, n in changes.items() if n * way > 0 and agency not in unseen}
    if not moved:
        return None
    agency, n = max(moved.items(), key=lambda item: (item[1] * way, item[0]))
    return {"agency": agency, "n": n}


def band(days: list[list[int]]) -> dict[str, list[float]] | None:
    """p10, median and p90 of each hour over the days that had any work; None with too few of them."""
    worked = [day for day in days if sum(day)]
    if len(worked) < FEWEST:
        return None
    hours = list(zip(*worked, strict=True))
    cuts = [quantiles(hour, n=10, method="inclusive") for hour in hours]
    return {
        "low": [round(c[0], 1) for c in cuts],
        "middle": [round(median(hour), 1) for hour in hours],
        "high": [round(c[-1], 1) for c in cuts],
    }


async def read(
    connection: AsyncConnection[Any],
    feed: Feed,
    parts: list[tiles.Part],
    at: datetime,
    codes: Mapping[str, str],
) -> Past:
    """Runs each measure of the day at the earlier days, in the caller's snapshot; `codes` as board.summed."""
    zone = ZoneInfo(feed.zone)
    today = at.astimezone(zone).date()
    usual, yesterday = {}, {}
    for part in parts:
        if part.instant is None:
            continue
        weeks = [
            await by_hour(connection, feed, part, today - timedelta(weeks=w)) for w in range(1, WEEKS + 1)
        ]
        if (found := band(weeks)) is not None:
            usual[part.tile] = found
        minutes = await by_minute(connection, feed, part, today - timedelta(days=1))
        adopted = codes if part.adopts else {}
        yesterday[part.tile] = [(minute, adopted.get(agency, agency), n) for minute, agency, n in minutes]
    return Past(today, zone, usual, yesterday)


def on(feed: Feed, day: date) -> Row:
    """The measure's bound names as they stood at the end of `day`."""
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), ZoneInfo(feed.zone))
    return {"feed": feed.feed, "zone": feed.zone, "at": midnight, "at_date": day}


async def by_hour(connection: AsyncConnection[Any], feed: Feed, part: tiles.Part, day: date) -> list[int]:
    rows = await connection.execute(
        f"select extract(hour from {part.instant} at time zone %(zone)s)::int, count(*) from cases "
        f"where feed = %(feed)s and ({part.where}) group by 1",
        on(feed, day),
    )
    found = dict(await rows.fetchall())
    return [found.get(hour, 0) for hour in range(24)]


async def by_minute(
    connection: AsyncConnection[Any], feed: Feed, part: tiles.Part, day: date
) -> list[tuple[int, str, int]]:
    local = f"{part.instant} at time zone %(zone)s"
    rows = await connection.execute(
        f"select (extract(hour from {local}) * 60 + extract(minute from {local}))::int, "
        f"{part.whose}, count(*) "
        f"from cases where feed = %(feed)s and ({part.where}) group by 1, 2",
        on(feed, day),
    )
    return await rows.fetchall()
