"""Months of forms when days are closed: those that end with them, and closed ones that events change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from ioc.kernel.closing import Reach
from ioc.kernel.months import MONTH_FIGURES, MONTH_KEYS, Months
from ioc.kernel.period_names import PeriodCalendar
from ioc.warehouse.connection import Connection
from jobs.restate import chained, changed_of, figures_of
from jobs.runs import MONTHS, Rebuild, Rolled
from jobs.told import CELL
from jobs.whole import named

Calendars = Sequence[PeriodCalendar]
_DAY = timedelta(days=1)
_KEY = [name for name in CELL if name != "figure"]
_HELD = """
select {columns} from {table} f
join unnest(%(calendars)s::text[], %(months)s::text[]) a (c, m) on f.calendar = a.c and f.month = a.m
where feed = %(feed)s and to_revision is null
"""
_BEFORE = """
select exists (select from flow_month where feed = %(feed)s and to_revision is null),
    exists (
        select from flow_month where feed = %(feed)s and to_revision is null
            and calendar = any(%(calendars)s) and month_from < %(first)s
    )
"""


def new_months(months: Months, reach: Reach) -> Months:
    """Those of `months` that end within the new days; their first day is the earliest one's."""
    begun = [one.first_of(one.month_of(reach.closed + _DAY)) for one in months.calendars]
    nexts = [one.first_of(one.month_of(reach.closed + _DAY) + 1) for one in months.calendars]
    ended = [first for first, after in zip(begun, nexts, strict=True) if after <= reach.last + _DAY]
    if not ended:
        return replace(months, first=reach.last + _DAY, last=reach.last)
    return replace(months, first=min(ended), last=reach.last)


def closed_months(
    conn: Connection,
    feed: str,
    change: pl.DataFrame,
    new: pl.DataFrame,
    calendars: Calendars,
    reach: Reach,
    opens: date,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Columns of MONTHS of the rows that change, of zeros where one holds no longer; and LEDGER.

    change: TOLD of the closed months. new: MONTH_CELLS of the months that may have ended, to be added up.
    """
    cells = new.group_by(MONTH_KEYS).agg(pl.col(MONTH_FIGURES).sum())
    fresh = named(cells, calendars).filter(pl.col("month_to") > reach.closed).select(MONTHS.columns)
    if (fresh.get_column("month_from") < opens).any():
        raise Rebuild(f"a month has ended that begins before {opens}, where the published days begin")
    months = _dated(change, calendars).filter(pl.col("month_from") >= opens)
    change = change.join(months, on=["calendar", "month"], how="semi")
    old = figures_of(held_months(conn, feed, MONTHS, months), months)
    now = pl.concat([old, change.select(*CELL, value="change")]).group_by(CELL).agg(pl.col("value").sum())
    changed = changed_of(old, now)
    moved = _wide(now.join(changed, on=_KEY, how="semi")).join(months, on=["calendar", "month"])
    return pl.concat([fresh, moved.select(MONTHS.columns)]), chained(changed, change, "unexplained")


def opening(conn: Connection, feed: str, calendars: Calendars, reach: Reach) -> date:
    """From when on whole months are published: from the first day, or where nothing was before it, ever."""
    asked = {"feed": feed, "calendars": [one.name for one in calendars], "first": reach.first}
    row: Any = conn.execute(_BEFORE, asked).fetchone()
    there, before = row
    if not there and any(Months(calendars, reach.first, reach.closed).of(one) for one in calendars):
        raise Rebuild("the revision that holds has no months")
    return date.min if before else reach.first


def _dated(cells: pl.DataFrame, calendars: Calendars) -> pl.DataFrame:
    """The months of these cells: calendar, month, month_from, month_to."""
    known, rows = {one.name: one for one in calendars}, []
    for calendar, month in cells.select("calendar", "month").unique().rows():
        number = 12 * int(month[:4]) + int(month[5:]) - 1
        first, after = (known[calendar].first_of(number + n) for n in (0, 1))
        rows.append((calendar, month, first, after - _DAY))
    kinds = {name: MONTHS.frame[name] for name in ("calendar", "month", "month_from", "month_to")}
    return pl.DataFrame(rows, schema=kinds, orient="row")


def held_months(conn: Connection, feed: str, table: Rolled, months: pl.DataFrame) -> pl.DataFrame:
    """The published rows of a table of months that hold; months: frame with calendar and month, once each."""
    query = _HELD.format(columns=", ".join(table.columns), table=table.name).encode()
    calendars, names = (months.get_column(name).to_list() for name in ("calendar", "month"))
    rows = conn.execute(query, {"feed": feed, "calendars": calendars, "months": names})
    return pl.DataFrame(rows.fetchall(), schema=table.frame, orient="row")


def _wide(cells: pl.DataFrame) -> pl.DataFrame:
    """CELL and value -> a row per month, agency, channel and sector."""
    figure = pl.col("figure")
    return cells.group_by(_KEY).agg(
        **{name: pl.col("value").filter(figure == name).sum() for name in MONTH_FIGURES}
    )
