"""Months of detail when days are closed: what events add to or take from closed ones, and those that end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from ioc.kernel.closing import Reach
from ioc.kernel.period_names import PeriodCalendar
from ioc.warehouse.connection import Connection
from jobs.close_months import held_months
from jobs.runs import Rolled
from jobs.whole import named

_MONTH = ["calendar", "month"]


def closed_details(
    conn: Connection,
    feed: str,
    table: Rolled,
    cells: tuple[pl.DataFrame, pl.DataFrame, Sequence[pl.DataFrame]],
    calendars: Sequence[PeriodCalendar],
    reach: Reach,
    opens: date,
) -> pl.DataFrame:
    """The table's rows that change, of zeros where one holds no longer.

    cells: by month, of the cases that changed, now and then, and of all others that the new days may hold.
    """
    now, then, rest = cells
    away = then.with_columns(-pl.col(table.figures))
    inside = pl.col("month_from") >= opens
    moved = named(pl.concat([now, away]), calendars).filter(inside, pl.col("month_to") <= reach.closed)
    fresh = named(pl.concat([now, *rest]), calendars).filter(
        inside, pl.col("month_to").is_between(reach.closed, reach.last, "right")
    )
    change = _summed(moved, table).filter(pl.any_horizontal(pl.col(table.figures) != 0))
    held = held_months(conn, feed, table, change.select(_MONTH).unique())
    mine = held.join(change, on=list(table.keys), how="semi")
    return pl.concat([_summed(fresh, table), _summed(pl.concat([mine, change]), table)])


def _summed(rows: pl.DataFrame, table: Rolled) -> pl.DataFrame:
    return rows.group_by(list(table.keys)).agg(pl.col(table.figures).sum()).select(table.columns)
