"""The state of one feed's board, read in one snapshot at one instant: what every screen is sent."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from ioc.agencies import successors
from ioc.event import instant_text
from ioc.warehouse.surge import Watched
from schemas import Registry
from schemas.feed import Feed
from screens import past, places, slow, tiles
from screens.hiding import Hiding, unnamed
from screens.position import Position, read_position
from screens.slow import Sources
from screens.surge import Surges

TICKER_SECONDS = 0.4  # nobody reads events faster
MAP_REST = 20  # a map is read again after so many times what its reading took: the board comes first
PAST_SECONDS = 300.0  # late events change earlier days too
SHOWN = 12  # arriving events kept in the ticker
ARRIVED = f"""
select e."offset", e.case_id, e.source, e.type, e.status, e.channel, e.occurred_at, e.received_at,
       coalesce(e.agency, (select agency from cases c where c.feed = e.feed and c.case_id = coalesce(
           (select a.case_id from alias a where a.feed = e.feed and a.code = e.case_id), e.case_id
       ))) agency
from topic_partition t
cross join lateral (
    select * from event
    where topic = t.topic and partition = t.partition and feed = %(feed)s
    and "offset" >= t.next_offset - 1000 and "offset" < t.next_offset
    order by "offset" desc limit {SHOWN}
) e
where t.topic = %(feed)s
order by e.received_at desc, e."offset" desc limit {SHOWN}
"""

Row = dict[str, Any]


@dataclass
class Memory:
    """What a feed's board need not ask again at every event."""

    past: past.Past | None = None
    past_due: float = 0.0
    seldom: Row = field(default_factory=dict)
    position: Position | None = None  # of the ticker
    ticker_due: float = 0.0
    ticker: list[Row] = field(default_factory=list)
    sources: Sources = field(default_factory=Sources)
    stale: bool = True  # the slow part is due
    surges: Surges = field(default_factory=Surges)
    surge: Row = field(default_factory=dict)
    map: Row = field(default_factory=dict)
    map_due: float = 0.0


@dataclass(frozen=True)
class Plan:
    """A feed's counts as parsed once."""

    parts: list[tiles.Part]
    scans: list[tiles.Scan]
    sql: str
    definitions: str
    hiding: Hiding
    surge: Watched | None
    map: places.Map | None

    @classmethod
    def of(cls, feed: Feed, registry: Registry) -> Plan:
        parts = tiles.parts(feed)
        scans = tiles.scans(parts)
        sql = " union all ".join(scan.sql() for scan in scans)
        hiding, surge = Hiding.of(feed, registry), Watched.of(feed, registry)
        drawn = places.Map.of(feed, registry)
        return cls(parts, scans, sql, feed.definitions_hash, hiding, surge, drawn)


def local_day(feed: Feed, at: datetime) -> date:
    """The feed's local date at `at`: `at_date` of its measures."""
    return at.astimezone(ZoneInfo(feed.zone)).date()


def bound(feed: Feed, at: datetime) -> Row:
    """The names a measure may use, and the feed."""
    return {"feed": feed.feed, "zone": feed.zone, "at": at, "at_date": local_day(feed, at)}


class Boards:
    """Reads boards, remembering what changes seldom; `stale(feed)` makes the next read ask for that too."""

    def __init__(self, registry: Registry) -> None:
        self._memory: dict[str, Memory] = {}
        self.adopt(registry)

    def adopt(self, registry: Registry) -> None:
        """Goes by other promises from the next read on."""
        self._registry = registry
        self._successors: tuple[date, dict[str, str]] = (date.min, {})
        self._plans = {name: Plan.of(feed, registry) for name, feed in registry.feeds.items()}
        for memory in self._memory.values():
            memory.stale, memory.past, memory.surges = True, None, Surges()
            memory.map_due = 0.0

    def successors(self, day: date) -> dict[str, str]:
        """ioc.agencies.successors, worked out once a day."""
        if self._successors[0] != day:
            self._successors = day, successors(self._registry.history, day)
        return self._successors[1]

    def stale(self, feed: str) -> None:
        self._memory.setdefault(feed, Memory()).stale = True

    def owes_ticker(self, feed: str, position: str) -> bool:
        """Whether events arrived that the ticker does not show yet."""
        shown = self._memory[feed].position
        return shown is None or shown.text() != position

    async def read(self, connection: AsyncConnection[Any], name: str, at: datetime) -> Row:
        """The whole state at `at`, in one snapshot; psycopg.Error where the warehouse does not answer."""
        feed, memory = self._registry.feeds[name], self._memory.setdefault(name, Memory())
        plan = self._plans[name]
        names = bound(feed, at)
        codes = self.successors(names["at_date"])
        async with connection.transaction():
            position = await read_position(connection, feed.feed)
            counted = await (await connection.execute(plan.sql, names, prepare=True)).fetchall()
            if position != memory.position and time.monotonic() >= memory.ticker_due:
                memory.ticker = await arrived(connection, names)
                memory.position = position
                memory.ticker_due = time.monotonic() + TICKER_SECONDS
            if (
                memory.past is None
                or memory.past.day != names["at_date"]
                or time.monotonic() >= memory.past_due
            ):
                memory.past = await past.read(connection, feed, plan.parts, at, codes)
                memory.past_due = time.monotonic() + PAST_SECONDS
            memory.surge = await memory.surges.read(connection, plan.surge, at)
            if memory.stale:
                await memory.sources.look(connection, name, position)
                memory.seldom = await slow.read(connection, feed, self._registry)
                if plan.map is not None:
                    memory.seldom["places"] = await mapped(connection, plan.map, memory, names, position)
                memory.stale = False
        return state(feed, plan, names, position, counted, memory, codes)


async def mapped(
    connection: AsyncConnection[Any], drawn: places.Map, memory: Memory, names: Row, position: Position
) -> Row:
    """The map, with the instant and position that it is of; read again once it is due."""
    began = time.monotonic()
    if began >= memory.map_due:
        memory.map = await drawn.read(connection, names, position)
        memory.map_due = began + (time.monotonic() - began) * MAP_REST
    return memory.map


async def arrived(connection: AsyncConnection[Any], names: Row) -> list[Row]:
    """The newest events, newest first."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(ARRIVED, names, prepare=True)
        return [arrival(row) for row in await cursor.fetchall()]


def arrival(row: Mapping[str, Any]) -> Row:
    """One line of the ticker."""
    times = {name: instant_text(row[name]) for name in ("occurred_at", "received_at")}
    return {k: v for k, v in {**row, **times}.items() if v is not None}


def state(
    feed: Feed,
    plan: Plan,
    names: Row,
    position: Position,
    counted: Sequence[tuple[Any, ...]],
    memory: Memory,
    codes: Mapping[str, str],
) -> Row:
    """Shapes the counted rows; every number is a plain count, rates stay numerator and denominator."""
    figures, by_agency = summed(plan, counted, codes)
    if memory.past:
        memory.past.compare(figures["tiles"], by_agency, names["at"], plan.hiding)
    board: Row = {
        "feed": feed.feed,
        "at": instant_text(names["at"]),
        "today": names["at_date"].isoformat(),
        "position": position.text(),
        "definitions": plan.definitions,
        **plan.hiding.covered(figures),
        "ticker": [unnamed(feed, row) for row in memory.ticker],
        "sources": memory.sources.said(names["at"], timedelta(minutes=feed.rhythm_minutes)),
        **memory.surge,
        **memory.seldom,
    }
    if memory.ticker:
        board["newest"] = {k: memory.ticker[0][k] for k in ("occurred_at", "received_at")}
    return board


def summed(
    plan: Plan, counted: Sequence[tuple[Any, ...]], codes: Mapping[str, str]
) -> tuple[Row, dict[str, dict[str, int]]]:
    """Rows (scan, agency, hour, counts) -> tiles, rates, agencies; and the day's counts per tile and agency.

    `codes`: who took over from whom, for the parts that adopt. Counts and a rate's two parts add up.
    """
    nothing: dict[str, Row] = {}
    for part in plan.parts:
        nothing.setdefault(part.tile, {})[part.key] = 0
    board = {tile: dict(zeros) for tile, zeros in nothing.items()}
    of_day = {part.tile for part in plan.parts if part.instant}
    for tile in of_day:
        board[tile]["hours"] = [0] * 24
    agencies: dict[str, Row] = {}
    for part, agency, hour, n in cells(plan, counted):
        if agency is not None:
            board[part.tile][part.key] += n
            if part.together:
                continue
            whose = codes.get(agency, agency) if part.adopts else agency
            agencies.setdefault(whose, {}).setdefault(part.tile, dict(nothing[part.tile]))[part.key] += n
        elif part.instant:
            board[part.tile]["hours"][hour] = n
    by_agency = {tile: {a: row[tile]["n"] for a, row in agencies.items() if tile in row} for tile in of_day}
    rates = {name: board.pop(name) for name in {part.tile for part in plan.parts if part.together}}
    return {"tiles": board, "rates": rates, "agencies": agencies}, by_agency


def cells(
    plan: Plan, counted: Sequence[tuple[Any, ...]]
) -> Iterator[tuple[tiles.Part, str | None, int, int]]:
    """Each count of a scan's row with its part; zeros left out."""
    for scan, agency, hour, counts in counted:
        for part, n in zip(plan.scans[scan].parts, counts, strict=True):
            if n:
                yield part, agency, hour, n
