"""A published figure down to what made it: its value, its revision's run and audit, its earlier values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from ioc.kernel.period_names import NamedPeriod
from ioc.ledger.cell import Cell, asked, where
from ioc.ledger.restatements import Row, listed
from ioc.warehouse.connection import Connection
from ioc.warehouse.months import STOCKS, months_of, period_months
from ioc.warehouse.revisions import Published, holds

MADE = """
select revision.audit, run.code, run.started_at, run.cases, run.set_aside
from revision left join run using (run_id) where revision = %s
"""
KNOWN = """
select distinct agency, channel, sector from flow_month where feed = %(feed)s and calendar = %(calendar)s
    and month = any(%(months)s)
"""
# Turns: revisions that changed the cell, and the first that published the whole period in months.
STEPS = f"""
with cell as (
    select from_revision, to_revision, {{figure}} as n from flow_month
    where feed = %(feed)s and calendar = %(calendar)s and month = any(%(months)s) and {where()}
), turn as (
    select from_revision as revision from cell union select to_revision from cell
    union select min(revision) from revision where feed = %(feed)s and revision >= (
        select min(from_revision) from flow_month where feed = %(feed)s and calendar = %(calendar)s
    ) and covers_from <= %(first)s and covers_to >= %(last)s
)
select r.revision, r.published_at, coalesce(sum(c.n), 0)::bigint
from turn join revision r using (revision) left join cell c on {holds("r.revision", "c.")}
where r.covers_from <= %(first)s and r.covers_to >= %(last)s and r.revision <= %(revision)s
group by r.revision, r.published_at order by r.revision
"""


@dataclass(frozen=True)
class Step:
    """From this revision on the cell had this value; the restatements are what its change is made of."""

    revision: int
    published_at: datetime
    value: int
    change: int | None  # None: the first
    restatements: tuple[Row, ...]


@dataclass(frozen=True)
class Made:
    """`audit`: check, severity, ok, observed. `code`: None where the run did not keep it."""

    audit: list[Row]
    code: str | None
    started_at: datetime | None
    cases: int | None
    set_aside: int | None


def months_for(figure: str, period: NamedPeriod) -> list[NamedPeriod]:
    """The months of the period that the figure is of: the first, all, or the last."""
    months = months_of(period)
    if figure == "carried_over":
        return months[:1]
    return months[-1:] if figure in STOCKS else months


def by_agency(
    conn: Connection, feed: str, revision: Published, period: NamedPeriod, cell: Cell
) -> list[tuple[str, int]]:
    """What each agency adds to the cell as published at the revision, by code; without those that add 0.

    Stop where it has no such months.
    """
    rows = period_months(conn, feed, revision, period)
    wanted = [pl.col(part) == said for part, said in cell.group.items() if said is not None]
    if cell.agencies is not None:
        wanted.append(pl.col("agency").is_in(sorted(cell.agencies)))
    mine = rows.filter(pl.lit(value=True), *wanted).group_by("agency").agg(pl.col(cell.figure).sum())
    return mine.filter(pl.col(cell.figure) != 0).sort("agency").rows()


def made(conn: Connection, revision: Published) -> Made:
    row: Any = conn.execute(MADE, [revision.revision]).fetchone()
    return Made(*row)


def known(conn: Connection, feed: str, period: NamedPeriod) -> dict[str, set[str]]:
    """Agencies, channels and sectors of the period's rows, at whichever revision."""
    names = {"feed": feed, "calendar": period.calendar.name, "months": [m.name for m in months_of(period)]}
    rows: Any = conn.execute(KNOWN, names).fetchall()
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return {part: set(said) for part, said in zip(("agency", "channel", "sector"), columns, strict=True)}


def history(conn: Connection, feed: str, revision: Published, period: NamedPeriod, cell: Cell) -> list[Step]:
    """Every value that the cell has had up to the revision, since the whole period was first published."""
    months = [month.name for month in months_for(cell.figure, period)]
    names = {
        **{"feed": feed, "calendar": period.calendar.name, "months": months, "revision": revision.revision},
        **{"first": period.start, "last": period.last},
        **asked(cell),
    }
    turns: Any = conn.execute(STEPS.format(figure=cell.figure).encode(), names).fetchall()
    entries = listed(
        conn,
        feed,
        period.calendar.name,
        months,
        cell=asked(cell),
        figure=cell.figure,
        revision=revision.revision,
    )
    steps = list[Step]()
    for turn, at, n in turns:
        mine = tuple(entry for entry in entries if entry["revision"] == turn)
        if not steps or n != steps[-1].value or mine:
            steps.append(Step(turn, at, n, n - steps[-1].value if steps else None, mine))
    return steps
