"""A feed's map: the cases of one tile by cells of a grid and by how they stand, with points where few lie."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any

from psycopg import AsyncConnection

from ioc.errors import BadInput
from ioc.event import instant_text
from schemas import Feed, Registry
from schemas.outlines import Corner
from screens import tiles
from screens.position import Position

MOST = 2_000  # cases on a map with points; of more only the cells are told
FEW = 4  # cases of a cell that are drawn one by one
CLOSE = 4  # points nearer than a cell's fourth would cover each other
ROWS, COLUMNS = 24, 40  # of the grid at most, so that what is sent stays small
STEPS = tuple(Decimal(n).scaleb(k) for k in range(-3, 2) for n in (1, 2, 5))  # degrees of a cell
STANDS = ("late", "soon", "paused", "no_due_date", "in_time")
NOWHERE, BEYOND = "none", "beyond:"
MEND = "take it from a link of the map: none, or south,west,north,east in degrees"
DEGREES = re.compile(r"-?\d{1,3}(\.\d{1,3})?")
# Of an attribute's text, which an older promise may not have bounded: what is no such number is no place.
NUMBER = r"^-?\d{1,3}(\.\d{1,20})?([eE]-\d{1,2})?$"
READ = "case when attributes->>'{0}' ~ '{1}' then (attributes->>'{0}')::numeric end"
INSIDE = "({lat} >= %(south)s and {lat} < %(north)s and {lon} >= %(west)s and {lon} < %(east)s)"
# Materialized: a coordinate is read out of its text once, not at each mention.
LOCATED = """
with placed as materialized (
    select case_id, {lat} as lat, {lon} as lon, {stand} as stand
    from cases where feed = %(feed)s and ({shows})
), located as (
    select *, case when lat is not null and lon is not null then {inside} end as inside,
        div(lat - %(south)s, %(step)s)::int as y, div(lon - %(west)s, %(step)s)::int as x
    from placed
)
"""
CELLS = """
select inside, case when inside then y end, case when inside then x end, stand, count(*) from located
group by 1, 2, 3, 4
"""
POINTS = f"""
select y, x, case_id, lat::float8, lon::float8, stand
from (select *, count(*) over (partition by y, x) n from located where inside) counted
where n <= {FEW} order by case_id
"""
EXTENT = """
select min(lat), min(lon), max(lat), max(lon) from (
    select {lat} as lat, {lon} as lon from cases where feed = %(feed)s and ({shows})) placed
where lat is not null and lon is not null
"""

Row = dict[str, Any]
Cell = tuple[bool | None, int | None, int | None, str, int]  # inside, row, column, stand, cases
Point = tuple[int, int, str, float, float, str]  # row, column, case, latitude, longitude, stand


@dataclass(frozen=True)
class Box:
    """Degrees. What lies on the south or west edge is inside, on the others outside."""

    south: Decimal
    west: Decimal
    north: Decimal
    east: Decimal

    @classmethod
    def parse(cls, text: str) -> Box:
        parts = text.split(",")
        if len(parts) != 4 or not all(map(DEGREES.fullmatch, parts)):
            raise BadInput("place", text, MEND)
        return cls(*map(Decimal, parts))

    def told(self) -> list[str]:
        return [format(value, "f") for value in vars(self).values()]


@dataclass(frozen=True)
class Grid:
    """A frame whose edges lie on the cells of a step."""

    frame: Box
    step: Decimal

    @classmethod
    def over(cls, southwest: Corner, northeast: Corner) -> Grid:
        """The finest grid of at most ROWS by COLUMNS cells with both corners inside."""
        for step in STEPS:
            south, west = (math.floor(value / step) for value in southwest)
            north, east = (math.floor(value / step) + 1 for value in northeast)
            if north - south <= ROWS and east - west <= COLUMNS:
                break
        return cls(Box(south * step, west * step, north * step, east * step), step)

    @property
    def names(self) -> Row:
        return {**vars(self.frame), "step": self.step}


@dataclass(frozen=True)
class Map:
    """A feed's map as SQL; without outlines there is no `grid`, and the cases make the frame."""

    shows: str
    located: str
    extent: str
    grid: Grid | None

    @classmethod
    def of(cls, feed: Feed, registry: Registry) -> Map | None:
        if feed.place is None:
            return None
        lat, lon = coordinates(feed)
        words = {"lat": lat, "lon": lon, "shows": tiles.listed(feed, feed.place.shows)}
        located = LOCATED.format(**words, stand=standing(feed), inside=INSIDE.format(lat="lat", lon="lon"))
        grid = Grid.over(*registry.outlines.corners()) if registry.outlines else None
        return cls(feed.place.shows, located, EXTENT.format(**words), grid)

    async def read(self, connection: AsyncConnection[Any], names: Row, position: Position) -> Row:
        """The map of this snapshot, as every screen is sent it; names: what a measure may use."""
        grid = self.grid or await self._framed(connection, names)
        asked = {**names, **grid.names}
        cells = await (await connection.execute((self.located + CELLS).encode(), asked)).fetchall()
        points = None
        if sum(n for inside, *_, n in cells if inside) <= MOST:
            points = await (await connection.execute((self.located + POINTS).encode(), asked)).fetchall()
        at = {"at": instant_text(names["at"]), "position": position.text()}
        return {"shows": self.shows, **at, **assembled(grid, cells, points)}

    async def _framed(self, connection: AsyncConnection[Any], names: Row) -> Grid:
        found = await (await connection.execute(self.extent.encode(), names)).fetchone()
        south, west, north, east = found if found and found[0] is not None else [Decimal(0)] * 4
        return Grid.over((south, west), (north, east))


def coordinates(feed: Feed) -> tuple[str, str]:
    """Latitude and longitude of a case in SQL, null where it has none."""
    assert feed.place is not None
    lat, lon = (READ.format(name, NUMBER) for name in (feed.place.lat, feed.place.lon))
    return lat, lon


def standing(feed: Feed) -> str:
    """How a case stands, in SQL: the first that is true of it, by the feed's own measures."""
    assert feed.place is not None
    asked = {"late": feed.place.late, "soon": feed.place.soon}
    whens = [f"when ({tiles.listed(feed, one)}) then '{name}'" for name, one in asked.items() if one]
    rest = "when phase = 'paused' then 'paused' when due_at is null then 'no_due_date' else 'in_time'"
    return f"case {' '.join(whens)} {rest} end"


def wheres(feed: Feed, stand: str | None, place: str | None) -> tuple[list[str], Row]:
    """The terms and names of a list that a mark of the map opens: the same text that counted it."""
    if stand is None and place is None:
        return [], {}
    if feed.place is None:
        field, value = ("stand", stand) if place is None else ("place", place)
        raise BadInput(field, value, "this feed has no map; leave it out")
    found, names = list[str](), Row()
    if stand is not None:
        if stand not in STANDS:
            raise BadInput("stand", stand, f"name one of {', '.join(STANDS)}")
        found.append(f"{standing(feed)} = %(stand)s")
        names["stand"] = stand
    if place is not None:
        lat, lon = coordinates(feed)
        if place == NOWHERE:
            return [*found, f"({lat} is null or {lon} is null)"], names
        inside = INSIDE.format(lat=f"({lat})", lon=f"({lon})")
        names |= vars(Box.parse(place.removeprefix(BEYOND)))
        found.append(f"not {inside}" if place.startswith(BEYOND) else inside)
    return found, names


def assembled(grid: Grid, cells: Iterable[Cell], points: Sequence[Point] | None) -> Row:
    """Cells by `row:column` from the south-west, each with its cases by stand; points in the cells of few.

    `none`: cases without a place; `beyond`: with one outside the frame. Neither is dropped in silence.
    """
    found: Row = {"frame": grid.frame.told(), "step": format(grid.step, "f"), "none": 0, "beyond": 0}
    counted: dict[str, dict[str, int]] = {}
    for inside, y, x, stands, n in cells:
        if inside:
            counted.setdefault(f"{y}:{x}", {})[stands] = n
        else:
            found["none" if inside is None else "beyond"] += n
    told: dict[str, dict[str, list[Any]]] = {}
    for y, x, case, lat, lon, stands in points or ():
        told.setdefault(f"{y}:{x}", {})[case] = [lat, lon, stands]
    apart = {cell: cases for cell, cases in told.items() if not crowded(cases, float(grid.step) / CLOSE)}
    return {**found, "cells": counted, "points": apart, **({"gathered": MOST} if points is None else {})}


def crowded(cases: dict[str, list[Any]], near: float) -> bool:
    """Whether two of them would be drawn on each other."""
    pairs = combinations(cases.values(), 2)
    return any(abs(a[0] - b[0]) < near and abs(a[1] - b[1]) < near for a, b in pairs)
