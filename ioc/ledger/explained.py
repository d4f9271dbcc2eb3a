"""Everything that is told of one published figure, gathered in one snapshot."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from ioc.errors import BadInput
from ioc.kernel.period_names import NamedPeriod
from ioc.ledger import figure
from ioc.ledger.behind import ahead, behind
from ioc.ledger.cell import Cell, held_to
from ioc.ledger.figure import Made, Step
from ioc.rules import case_rules, pauses_of, sectors_of
from ioc.signing.whose import all_under
from ioc.suppressed import refuse_by_agency, told_of_an_entry
from ioc.warehouse.connection import Connection
from ioc.warehouse.months import period_months
from ioc.warehouse.revisions import Published
from schemas import Feed, Registry, near


@dataclass(frozen=True)
class Explained:
    """`value` as published at the revision; `cases`: a frame of behind.BEHIND by what is known now.

    `ahead`: messages taken since the revision's position; `definitions_now`: by which cases are folded now.
    `agencies`: which agencies `value` is the sum of, and what of it is whose; of those that add anything.
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
    agencies: list[tuple[str, int]]


def explained(
    conn: Connection, registry: Registry, feed: Feed, revision: Published, period: NamedPeriod, cell: Cell
) -> Explained:
    """What is told of a cell of a period that the revision covers.

    BadInput names a part of the cell that nobody knows, or an agency where the feed hides small cells; Stop
    where the revision has no months, and as `all_under` has it.
    """
    for part, value in (("agency", cell.agency), ("under", cell.under)):
        if value is not None:
            refuse_by_agency(feed, part, value)
    sectors = sectors_of(registry)
    held_to(cell, known(conn, registry, feed, period))
    cell = rolled_up(conn, registry, feed, revision, period, cell)
    agencies = figure.by_agency(conn, feed.feed, revision, period, cell)
    told = Explained(
        cell=cell,
        period=period,
        revision=revision,
        value=sum(n for _, n in agencies),
        made=figure.made(conn, revision),
        steps=figure.history(conn, feed.feed, revision, period, cell),
        definitions_now=feed.definitions_hash,
        cases=behind(conn, case_rules(feed), cell, period, sectors, pauses_of(feed)),
        ahead=ahead(conn, feed.feed, revision),
        agencies=agencies,
    )
    return told if feed.hide_below is None else _of_no_agency(feed, told)


def _of_no_agency(feed: Feed, told: Explained) -> Explained:
    """The figure of all agencies, without what is whose of it, and of its restatements how many."""
    steps = [
        replace(
            step,
            restatements=tuple({n: one[n] for n in told_of_an_entry(feed, one)} for one in step.restatements),
        )
        for step in told.steps
    ]
    return replace(told, steps=steps, agencies=[], cases=told.cases.drop("agency"))


def rolled_up(
    conn: Connection, registry: Registry, feed: Feed, revision: Published, period: NamedPeriod, cell: Cell
) -> Cell:
    """The cell with the agencies that stand under its own on the period's last day, as form II.06b has them.

    BadInput where the reference data do not know the agency.
    """
    if cell.under is None:
        return cell
    version = registry.history.agency_said(cell.under, period.last)
    if version is None:
        mend = f"no agency of the reference data has this code{near(cell.under, registry.agencies)}"
        raise BadInput("under", cell.under, mend)
    seen = frozenset(period_months(conn, feed.feed, revision, period)["agency"])
    return replace(
        cell, agencies=all_under(registry.history, version, period.last, seen, f"figure {cell.figure}")
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
