"""The one place where a deadline is judged. Working-time clocks and pauses come in here."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from ioc.kernel.events import INSTANT
from ioc.kernel.rules import CaseRules

OUTCOMES = ("early", "on_due_date", "late", "no_due_date")


def local_date(instant: str, zone: str) -> pl.Expr:
    """The calendar date of a UTC instant in the feed's zone."""
    return pl.col(instant).dt.convert_time_zone(zone).dt.date()


def local_day(micros: str, zone: str) -> pl.Expr:
    """The calendar date of Int64 microseconds UTC in the feed's zone."""
    return pl.col(micros).cast(INSTANT).dt.convert_time_zone(zone).dt.date()


def _judged(early: pl.Expr, on_due_date: pl.Expr) -> pl.Expr:
    """Needs resolved_at, resolved_on, due_at, due_on, withdrawn.

    The order says: an open case has no outcome; a withdrawn one is on time; without a due date none is late.
    """
    return (
        pl.when(pl.col("resolved_at").is_null())
        .then(None)
        .when(pl.col("withdrawn"))
        .then(pl.lit("on_due_date"))
        .when(pl.col("due_at").is_null())
        .then(pl.lit("no_due_date"))
        .when(early)
        .then(pl.lit("early"))
        .when(on_due_date)
        .then(pl.lit("on_due_date"))
        .otherwise(pl.lit("late"))
    )


def outcome_by_date() -> pl.Expr:
    """By local dates: resolved_on before, on, or after due_on."""
    return _judged(pl.col("resolved_on") < pl.col("due_on"), pl.col("resolved_on") == pl.col("due_on"))


def outcome_by_instant() -> pl.Expr:
    """By instants: after due_at is late; in time is early on an earlier local date, else on_due_date."""
    in_time = pl.col("resolved_at") <= pl.col("due_at")
    return _judged(in_time & (pl.col("resolved_on") < pl.col("due_on")), in_time)


def in_time(instant: str, due: str, rules: CaseRules) -> pl.Expr:
    """Whether an instant holds a due one by the feed's own comparison; both Int64 microseconds UTC."""
    if rules.compare == "date":
        return local_day(instant, rules.zone) <= local_day(due, rules.zone)
    return pl.col(instant) <= pl.col(due)


def outcome(rules: CaseRules) -> pl.Expr:
    """The feed's own of the two; needs both as columns."""
    return pl.col("outcome_by_date" if rules.compare == "date" else "outcome_by_instant")


def open_at(cases: pl.LazyFrame, end: datetime, zone: str) -> pl.LazyFrame:
    """The open cases of a frame of CASES, judged at the instant `end` (domain 2.5, "still open").

    Adds `standing` by local date in `zone`: `in_time` while it is paused (domain 2.5 and 3.1), without a due
    date and until the due date's day is over, else `overdue`; and `standing_766`, `on_time` or `late`: the
    period's end is the case's end, unless the case waits for a supplement or is stopped, which is its end by
    that index. Null without clocks, and without due date and limit. Open is what was received by `end` and
    has no end: for a past `end` fold the events up to it. `overdue_cause`: what the source's date explains
    only until our own has passed, then the agency.
    ValueError where `end` has no zone.
    """
    if end.tzinfo is None:
        raise ValueError(f"end: {end} has no zone; give an instant")
    col, at = pl.col, pl.lit(end).cast(pl.Datetime("us", "UTC"))
    on = at.dt.convert_time_zone(zone).dt.date()
    over = (col("due_on") < on).fill_null(False) & col("paused_at").is_null()
    by_766 = pl.when(at <= col("due_766_at")).then(pl.lit("on_time"))
    late = by_766.when(at > col("due_766_at")).then(pl.lit("late"))
    explained = col("overdue_cause").is_in(["configuration", "pause-not-transmitted"])
    return cases.filter(
        col("in_figures") & col("resolved_at").is_null() & (col("entered_at") <= at)
    ).with_columns(
        standing=pl.when(over).then(pl.lit("overdue")).otherwise(pl.lit("in_time")),
        standing_766=pl.coalesce("outcome_766", late),
        overdue_cause=pl.when(explained & (at > col("due_by_us_at")).fill_null(False))
        .then(pl.lit("agency"))
        .otherwise("overdue_cause"),
    )
