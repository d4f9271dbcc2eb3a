"""Everything that is told of one published figure, gathered in one snapshot."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ioc.kernel.period_names import NamedPeriod
from ioc.ledger import figure
from ioc.ledger.behind import ahead, behind
from ioc.ledger.cell import Cell, held_to
from ioc.ledger.figure import Made, Step
from ioc.rules import case_rules, pauses_of, sectors_of
from ioc.warehouse.connection import Connection
from ioc.warehouse.revisions import Published
from schemas import Feed, Registry


@dataclass(frozen=True)
class Explained:
    """`value` as published at the revision; `cases`: a frame of behind.BEHIND by what is known now.

    `ahead`: messages taken since the revision's position; `definitions_now`: by which cases are folded now.
    """

    cell: Cell
    period: NamedPeriod
    revision: Published
    value: int
    made: Made
    steps: list[Step]
    definitions_now: str
    cases: pl.DataFrame
    ahead: int


def explained(
    conn: Connection, registry: Registry, feed: Feed, revision: Published, period: NamedPeriod, cell: Cell
) -> Explained:
    """What is told of a cell of a period that the revision covers.

    BadInput names a part of the cell that nobody knows; Stop where the revision has no months.
    """
    sectors = sectors_of(registry)
    held_to(cell, known(conn, registry, feed, period))
    return Explained(
        cell=cell,
        period=period,
        revision=revision,
        value=figure.value(conn, feed.feed, revision, period, cell),
        made=figure.made(conn, revision),
        steps=figure.history(conn, feed.feed, revision, period, cell),
        definitions_now=feed.definitions_hash,
        cases=behind(conn, case_rules(feed), cell, period, sectors, pauses_of(feed)),
        ahead=ahead(conn, feed.feed, revision),
    )


def known(conn: Connection, registry: Registry, feed: Feed, period: NamedPeriod) -> dict[str, set[str]]:
    """The names each part of a cell may have: of reference data, of the feed, and of the period's rows."""
    registered = conn.execute("select code from agency").fetchall()
    promised = {
        "agency": {*registry.agencies, *(str(code) for (code,) in registered)},
        "channel": set(feed.channels),
        "sector": set(sectors_of(registry).values()),
    }
    found = figure.known(conn, feed.feed, period)
    return {part: {*names, *found[part], ""} for part, names in promised.items()}
