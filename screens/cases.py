"""The list behind a number: the tile's WHERE at the tile's instant and position, so that the counts agree."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from ioc.agencies import adopted, successors
from ioc.errors import BadInput
from ioc.event import instant_text
from ioc.kernel.rules import CaseRules
from ioc.warehouse import surge
from schemas.feed import Feed
from schemas.flags import flags
from schemas.history import History
from screens import board, places, tiles
from screens.asof import known
from screens.hiding import NAMING, refuse, unnamed
from screens.position import Position
from screens.slow import texts

PAGE = 100
CSV_ROWS = 5_000  # fetched at a time
COLUMNS = (
    "case_id", "status", "phase", "agency", "receiving_agency", "channel", "procedure", "entered_at",
    "due_at", "due_on", "resolved_at", "outcome", "withdrawn", "set_aside", "last_occurred_at",
    "submitted_at", "reception_due_at",
)  # fmt: skip
CALLED = """select case_id from alias where feed = %(feed)s and code >= %({0})s
    and starts_with(code, %({0})s)"""
SORTABLE = {*COLUMNS} - {"due_on"}


@dataclass(frozen=True)
class Asked:
    """A list as its link asks for it. `at` and `position` None: of now."""

    measure: str
    role: str = "where"
    at: datetime | None = None
    position: Position | None = None
    agency: str | None = None
    flag: str | None = None
    stand: str | None = None
    place: str | None = None
    search: str | None = None
    sort: str = "due_at"
    descending: bool = False
    page: int = 1

    def checked(self) -> Asked:
        if self.sort not in SORTABLE:
            raise BadInput("sort", self.sort, f"sort by one of {', '.join(sorted(SORTABLE))}")
        if self.flag is not None and self.flag not in flags():
            raise BadInput("flag", self.flag, f"name one of {', '.join(flags())}")
        if self.page < 1:
            raise BadInput("page", self.page, "pages count from 1")
        return self


@dataclass(frozen=True)
class Terms:
    """What a list goes by: its feed, the rules of the fold, who succeeded whom, and the instant of `now`."""

    feed: Feed
    rules: CaseRules
    history: History
    now: datetime


Row = dict[str, Any]
Query = tuple[str, Row]


async def select(connection: AsyncConnection[Any], terms: Terms, asked: Asked) -> tuple[Query, Asked]:
    """The list as a SELECT of whole cases, and what was asked with its instant and position filled in.

    Of an agency the cases that its number counts: where the measure adopts, also of whom it took over from.
    """
    feed, at = terms.feed, asked.at or terms.now
    refuse(feed, "agency", asked.agency)
    refuse(feed, "sort", asked.sort if asked.sort in NAMING else None)  # an order by agency tells agencies
    there = await known(connection, terms.rules, asked.position)
    asked = replace(asked.checked(), at=at, position=there.position)
    names = {**board.bound(feed, at), **there.names}
    wheres = ["feed = %(feed)s", f"({tiles.listed(feed, asked.measure, asked.role)})"]
    if asked.measure == tiles.SURGE:
        names |= surge.names(feed, asked.role, at)
    if asked.agency is not None:
        credit = tiles.credit(feed, asked.measure)
        codes = {} if credit == "resolving" else successors(terms.history, names["at_date"])
        wheres.append(f"{tiles.WHOSE[credit]} = any(%(agencies)s)")
        names["agencies"] = adopted(codes, asked.agency)
    if asked.flag is not None:
        wheres.append("flags @> array[%(flag)s]")
        names["flag"] = asked.flag
    on_map, its_names = places.wheres(feed, asked.stand, asked.place)
    wheres, names = wheres + on_map, names | its_names
    if asked.search:
        wheres.append(f"(starts_with(case_id, %(search)s) or case_id in ({CALLED.format('search')}))")
        names["search"] = asked.search
    return (f"select * from {there.source} known where {' and '.join(wheres)}", names), asked


def ordered(query: Query, asked: Asked) -> str:
    direction = "desc" if asked.descending else "asc"
    columns = ", ".join(COLUMNS)
    return f"select {columns} from ({query[0]}) listed order by {asked.sort} {direction} nulls last, case_id"


async def page(connection: AsyncConnection[Any], terms: Terms, asked: Asked) -> Row:
    """One page of the list, its whole length, and the instant, position and definitions it holds for."""
    query, asked = await select(connection, terms, asked)
    names = {**query[1], "limit": PAGE, "offset": PAGE * (asked.page - 1)}
    count = await (await connection.execute(f"select count(*) from ({query[0]}) listed", names)).fetchone()
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(f"{ordered(query, asked)} limit %(limit)s offset %(offset)s", names)
        rows = [texts(unnamed(terms.feed, row)) for row in await cursor.fetchall()]
    assert count is not None
    assert asked.at is not None
    assert asked.position is not None
    return {
        "count": count[0],
        "page": asked.page,
        "pages": max(1, -(-count[0] // PAGE)),
        "at": instant_text(asked.at),
        "position": asked.position.text(),
        "definitions": terms.feed.definitions_hash,
        "rows": rows,
    }


async def every_row(connection: AsyncConnection[Any], terms: Terms, asked: Asked) -> AsyncIterator[list[Row]]:
    """All rows of the list in its order, in portions, from a server-side cursor."""
    query, asked = await select(connection, terms, asked)
    async with connection.cursor("list", row_factory=dict_row) as cursor:
        await cursor.execute(ordered(query, asked), query[1])
        while rows := await cursor.fetchmany(CSV_ROWS):
            yield [texts(unnamed(terms.feed, row)) for row in rows]


async def search(connection: AsyncConnection[Any], feed: Feed, text: str) -> list[Row]:
    """Up to twenty cases one of whose codes is, or begins with, what was typed."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "select case_id, status, phase, agency from cases where feed = %(feed)s and case_id >= %(text)s "
            "and starts_with(case_id, %(text)s) union select case_id, status, phase, agency from cases "
            f"where feed = %(feed)s and case_id in ({CALLED.format('text')}) order by case_id limit 20",
            {"feed": feed.feed, "text": text},
        )
        return [texts(unnamed(feed, row)) for row in await cursor.fetchall()]
