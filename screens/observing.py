"""The board of a feed of observations: each series' newest period, the one before, its course, its parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from psycopg import AsyncConnection

from ioc.event import instant_text
from ioc.kernel.observations import CALENDAR
from ioc.kernel.period_names import NamedPeriod, previous, touched
from ioc.kernel.series import OBSERVATIONS, over_period
from ioc.rules import adding
from ioc.warehouse.observations import asked, framed
from schemas import ObservationFeed, Registry, Series
from screens import slow
from screens.board import arrived
from screens.position import Position, read_position
from screens.slow import Sources

COURSE = 14  # periods drawn
PARTS = 200  # agencies or values of a dimension
YEARS = 15  # of observations looked at; those by the day or week of the last ones alone
FINE = timedelta(days=120)
Row = dict[str, Any]


@dataclass
class Memory:
    """What was worked out for a position and day."""

    position: Position | None = None
    day: date = date.min
    standing: pl.DataFrame = field(default_factory=OBSERVATIONS.to_frame)
    observed: list[Row] = field(default_factory=list)
    ticker: list[Row] = field(default_factory=list)
    sources: Sources = field(default_factory=Sources)
    seldom: Row = field(default_factory=dict)
    stale: bool = True


class ObservationBoards:
    """Reads boards; an event, a new day or `stale(feed)` makes the next read ask the warehouse again."""

    def __init__(self, registry: Registry) -> None:
        self._memory: dict[str, Memory] = {}
        self.adopt(registry)

    def adopt(self, registry: Registry) -> None:
        """Goes by other promises from the next read on."""
        self._registry = registry
        self._memory.clear()

    def stale(self, feed: str) -> None:
        self._memory.setdefault(feed, Memory()).stale = True

    async def read(self, connection: AsyncConnection[Any], name: str, at: datetime) -> Row:
        """The whole state at `at`, in one snapshot; psycopg.Error where the warehouse does not answer."""
        feed, memory = self._registry.observations[name], self._memory.setdefault(name, Memory())
        day = at.astimezone(ZoneInfo(feed.zone)).date()
        async with connection.transaction():
            position = await read_position(connection, name)
            if (memory.position, memory.day) != (position, day):
                memory.standing = await _observed(connection, feed, day)
                memory.ticker = await arrived(connection, {"feed": name})
                memory.position, memory.day, memory.stale = position, day, True
            if memory.stale:
                await memory.sources.look(connection, name, position)
                memory.seldom = await slow.of_observations(connection, feed, self._registry)
                published = await _observed(connection, feed, day, published=True)
                memory.observed = list(boards(memory.standing, feed, published))
                memory.stale = False
        board: Row = {
            "feed": name,
            "at": instant_text(at),
            "today": day.isoformat(),
            "position": position.text(),
            "definitions": feed.definitions_hash,
            "observed": memory.observed,
            "ticker": memory.ticker,
            "sources": memory.sources.said(at, timedelta(minutes=feed.rhythm_minutes)),
            **memory.seldom,
        }
        if memory.ticker:
            board["newest"] = {k: memory.ticker[0][k] for k in ("occurred_at", "received_at")}
        return board


async def _observed(
    connection: AsyncConnection[Any], feed: ObservationFeed, day: date, *, published: bool = False
) -> pl.DataFrame:
    dimensions = tuple(sorted(feed.dimensions))
    fine = any(one.period in ("day", "week") for one in feed.series.values())
    first = day - FINE if fine else date(day.year - YEARS, 1, 1)
    last = date(day.year, 12, 31)  # of a year that is not over something may be known already
    found = await connection.execute(*asked(feed.feed, dimensions, first, last, published=published))
    return framed(await found.fetchall(), dimensions)


def boards(
    frame: pl.DataFrame, feed: ObservationFeed, published: pl.DataFrame | None = None
) -> Iterator[Row]:
    """A row per series that was ever observed, in the file's order.

    `published`, of the newest period that is: its name, the figure as published, and as it stands now.
    """
    dimensions = tuple(sorted(feed.dimensions))
    for name, one in feed.series.items():
        mine = frame.filter(series=name)
        if not mine.is_empty():
            audited = None if published is None else published.filter(series=name)
            yield {**_board(mine, name, one, dimensions), "published": _stands(mine, audited, name, one)}


def _stands(mine: pl.DataFrame, audited: pl.DataFrame | None, name: str, one: Series) -> Row | None:
    if audited is None or audited.is_empty():
        return None
    how = adding({name: one})
    newest = audited.sort("to").row(-1, named=True)
    days = (newest["from"], newest["to"])
    dimensions = [column for column in mine.columns if column not in OBSERVATIONS]
    said, now = (over_period(told, how, *days, (), dimensions) for told in (audited, mine))
    if said.is_empty():
        return None  # it may not be added up
    return {"period": period_of(one, newest["from"]).name, "value": _value(said), "now": _value(now)}


def period_of(one: Series, day: date) -> NamedPeriod:
    """The series' period that the day lies in."""
    (period,) = touched(one.period, day, day, CALENDAR)
    return period


def _board(mine: pl.DataFrame, name: str, one: Series, dimensions: tuple[str, ...]) -> Row:
    how = adding({name: one})
    newest = mine.sort("to").row(-1, named=True)
    period = period_of(one, newest["from"])

    def of(days: NamedPeriod, by: tuple[str, ...] = ()) -> pl.DataFrame:
        return over_period(mine, how, days.start, days.last, by, dimensions)

    course, days = list[list[Any]](), period
    for _ in range(COURSE):
        course.append([days.name, _value(of(days))])
        days = previous(days)
    while len(course) > 1 and course[-1][1] is None:
        course.pop()
    value, before = course[0][1], course[1][1] if len(course) > 1 else None
    by_all = ("agency", *dimensions)
    parts = {by: _parts(of(period, (by,)), (by,)) for by in by_all}
    if not any(parts.values()):  # what may not be added up is shown as it was observed
        parts = {"each": _parts(of(period, by_all), by_all)}
    return {
        "series": name,
        "period": period.name,
        "value": value,
        "whole": not of(period).is_empty(),
        "before": before,
        "missed": one.missed(value),
        "observations": of(period)["observations"].sum(),
        "course": course[::-1],
        "parts": {by: rows for by, rows in parts.items() if rows},
    }


def _value(found: pl.DataFrame) -> float | None:
    value: float | None = found["value"].item() if found.height else None
    return value


def _parts(found: pl.DataFrame, by: tuple[str, ...]) -> list[list[Any]]:
    """The largest parts: what they are called, and how much."""
    named = found.filter(pl.any_horizontal(pl.col(by).is_not_null()), pl.col("value").is_not_null())
    largest = named.sort("value", descending=True).head(PARTS)
    called = pl.concat_str(pl.col(by), separator=" · ", ignore_nulls=True)
    return [list(row) for row in largest.select(called.alias("called"), "value").rows()]
