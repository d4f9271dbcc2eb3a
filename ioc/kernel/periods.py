"""Periods of a calendar: flow per day -> flow per day, week, month, quarter or year, as a form prints it."""

from __future__ import annotations

from datetime import date
from typing import Literal, get_args

import polars as pl

from ioc.kernel.deadline import OUTCOMES

Period = Literal["day", "week", "month", "quarter", "year"]
By = Literal["agency", "receiving-agency", "channel", "none"]
_EVERY: dict[str, str] = {"day": "1d", "week": "1w", "month": "1mo", "quarter": "1q", "year": "1y"}
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


def periods(flow_days: pl.LazyFrame, period: Period, by: By, start: date, end: date) -> pl.LazyFrame:
    """Frame of FLOW_DAYS covering start..end (inclusive) -> frame of PERIOD_ROWS, sorted by from, group.

    Every period that start..end touches, cut to it (`from`, `to` say how), times every group among the rows
    of that window; zeros included; `group` is null when by is none. By `agency` credits who resolves, by
    `receiving-agency` the intake (domain 2.3); sums over the groups are the same. Texts: 2011-03-05,
    2011-W09 (ISO), 2011-03, 2011-Q1, 2011.
    """
    if period not in get_args(Period):
        raise ValueError(f"period: {period!r} cannot be used; take one of {', '.join(get_args(Period))}")
    if by not in get_args(By):
        raise ValueError(f"by: {by!r} cannot be used; take one of {', '.join(get_args(By))}")
    calendar = _calendar(period, start, end)
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
        rows.join(calendar, on="day")
        .group_by("period", "group")
        .agg(
            pl.col(_FLOWS).sum(),
            pl.col("carried_over").filter(pl.col("day") == pl.col("from")).sum(),
            pl.col("open_end", "open_end_overdue").filter(pl.col("day") == pl.col("to")).sum(),
        )
        .with_columns(received_total=pl.col("carried_over") + pl.col("new"))
    )
    return (
        calendar.select("period", "from", "to")
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


def _calendar(period: Period, start: date, end: date) -> pl.LazyFrame:
    """A row per day of start..end: day, and its period's text, first and last day within start..end."""
    first = pl.col("day").dt.truncate(_EVERY[period])
    text = {
        "day": first.dt.strftime("%Y-%m-%d"),
        "week": first.dt.strftime("%G-W%V"),
        "month": first.dt.strftime("%Y-%m"),
        "quarter": pl.format("{}-Q{}", first.dt.year(), first.dt.quarter()),
        "year": first.dt.strftime("%Y"),
    }[period]
    days = pl.LazyFrame({"day": pl.date_range(start, end, eager=True)}).with_columns(period=text)
    return days.with_columns(
        pl.col("day").min().over("period").alias("from"), pl.col("day").max().over("period").alias("to")
    )
