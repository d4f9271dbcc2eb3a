"""Flow per day -> flow per period of a calendar, as a form prints it: `from` and `to` inclusive."""

from __future__ import annotations

from datetime import date
from typing import Literal, get_args

import polars as pl

from ioc.kernel.deadline import OUTCOMES
from ioc.kernel.period_names import Period, PeriodCalendar, touched

By = Literal["agency", "receiving-agency", "channel", "none"]
_FLOWS = ("new", "resolved", *OUTCOMES, "withdrawn")
PERIOD_ROWS = pl.Schema(
    {"period": pl.String(), "from": pl.Date(), "to": pl.Date(), "group": pl.String()}
    | {
        name: pl.Int64()
        for name in (
            "carried_over",
            "new",
            "received_total",
            "resolved",
            *OUTCOMES,
            "open_end",
            "open_end_overdue",
            "withdrawn",
        )
    }
)


def periods(
    flow_days: pl.LazyFrame, period: Period, by: By, start: date, end: date, calendar: PeriodCalendar
) -> pl.LazyFrame:
    """Frame of FLOW_DAYS covering start..end (inclusive) -> frame of PERIOD_ROWS, sorted by from, group.

    Every period that start..end touches, cut to it (`from`, `to` say how), times every group among the rows
    of that window; zeros included; `group` is null when by is none. By `agency` credits who resolves, by
    `receiving-agency` the intake (domain 2.3); sums over the groups are the same. Texts are the names of
    period_names. Days of no period (after the sixth month, by 6m) are not counted. ValueError names a period
    or group that does not exist.
    """
    if by not in get_args(By):
        raise ValueError(f"by: {by!r} cannot be used; take one of {', '.join(get_args(By))}")
    days = days_of(period, start, end, calendar)
    group = pl.lit(None, pl.String) if by == "none" else pl.col("channel" if by == "channel" else "agency")
    rows = flow_days.filter(
        pl.col("day").is_between(start, end), pl.col("credit") == credit_of(by)
    ).with_columns(group=group)
    groups = (
        pl.LazyFrame({"group": [None]}, schema={"group": pl.String})
        if by == "none"
        else rows.select("group").unique()
    )
    sums = (
        rows.join(days, on="day")
        .group_by("period", "group")
        .agg(
            pl.col(_FLOWS).sum(),
            pl.col("carried_over").filter(pl.col("day") == pl.col("from")).sum(),
            pl.col("open_end", "open_end_overdue").filter(pl.col("day") == pl.col("to")).sum(),
        )
        .with_columns(received_total=pl.col("carried_over") + pl.col("new"))
    )
    return (
        days.select("period", "from", "to")
        .unique()
        .join(groups, how="cross")
        .join(sums, on=["period", "group"], how="left", nulls_equal=True)
        .with_columns(pl.exclude("period", "from", "to", "group").fill_null(0))
        .select(PERIOD_ROWS.names())
        .sort("from", "group")
    )


def credit_of(by: By) -> str:
    """Which rows of FLOW_DAYS are counted: those of the other credit are the same cases again."""
    return "receiving" if by == "receiving-agency" else "resolving"


def days_of(period: Period, start: date, end: date, calendar: PeriodCalendar) -> pl.LazyFrame:
    """A row per day of start..end that has a period: day; the period's text, and from, to as `periods`."""
    found = touched(period, start, end, calendar)
    columns = {
        "period": [one.name for one in found],
        "from": [max(one.start, start) for one in found],
        "to": [min(one.last, end) for one in found],
    }
    frame = pl.LazyFrame(columns, schema={"period": pl.String, "from": pl.Date, "to": pl.Date})
    return frame.with_columns(day=pl.date_ranges("from", "to")).explode("day", empty_as_null=False)
