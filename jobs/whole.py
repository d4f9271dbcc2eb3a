"""Months counted by number -> under their names, with their days, and which of them a window holds whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from ioc.kernel.period_names import PeriodCalendar
from jobs import flow_day, runs
from jobs.flow_day import Built
from jobs.window import Window

ROLLED = tuple(zip(flow_day.MONTHLY, (runs.MONTHS, runs.PROCEDURES, runs.HOURS), strict=True))


def whole(built: Built, window: Window, calendars: Sequence[PeriodCalendar]) -> dict[str, pl.DataFrame]:
    """By table's name: the months that the window holds whole, named, with their first and last day.

    Where nothing happened before the window, a month that begins before it is whole too.
    """
    days = built.cells.get_column("day")
    opens = date.min if not len(days) or days[0] >= window.first else window.first
    inside = (pl.col("month_from") >= opens) & (pl.col("month_to") <= window.last)
    return {
        table.name: named(built.months[cells.name], calendars)
        .filter(inside)
        .select(table.columns)
        .sort(tuple(table.keys))
        for cells, table in ROLLED
    }


def named(months: pl.DataFrame, calendars: Sequence[PeriodCalendar]) -> pl.DataFrame:
    """Rows with `calendar` and a month by number -> by name, with month_from and month_to."""
    known = [
        {"calendar": one.name, "number": number, "month": f"{number // 12:04}-{number % 12 + 1:02}"}
        | {"month_from": one.first_of(number), "month_to": one.first_of(number + 1) - timedelta(days=1)}
        for one in calendars
        for number in months.filter(calendar=one.name).get_column("month").unique()
    ]
    names = pl.DataFrame(known, schema=_NAMED)
    return months.rename({"month": "number"}).join(names, on=["calendar", "number"]).drop("number")


_NAMED: dict[str, pl.DataType] = {
    **{"calendar": pl.String(), "number": pl.Int32(), "month": pl.String()},
    **{"month_from": pl.Date(), "month_to": pl.Date()},
}
