"""A case's clocks: reception, limit and pauses, the due date by us beside the source's, outcomes, causes."""

from __future__ import annotations

import polars as pl

from ioc.kernel.clocks import ClockRules
from ioc.kernel.deadline import local_date
from ioc.kernel.events import INSTANT
from ioc.kernel.limits import REASONS
from ioc.kernel.rules import ENDS, PHASES, CaseRules
from ioc.kernel.states import Step, held
from ioc.kernel.worktime import HOUR

CLOCK_FLAGS = (
    "due-before-received",
    "due-moved-without-cause",
    "reappointed-twice",
    "resolved-at-due-told-later",
    "supplement-near-due",
    "limit-not-known",
)
DUE_CHECKS = ("same", "no-source-due", "no-limit", "pause-not-in-due", "later-calendar", "longer", "shorter")
CAUSES = ("sync-lag", "pause-not-transmitted", "configuration", "agency")


def read(clocks: ClockRules) -> Step:
    """Columns that `found` and the timeline need of each event that counts."""
    counts = pl.col("counts")
    return {
        "due": pl.when(counts).then(pl.col("due_at").cast(pl.Int64)),
        "apologises": counts & pl.col("status").is_in(sorted(clocks.apologies)).fill_null(False),
        "reason": pl.when(counts).then(
            pl.col("status").replace_strict(dict(clocks.reasons), default=None, return_dtype=pl.String)
        ),
    }


def found(clocks: ClockRules) -> Step:
    """What one pass over a case's events finds for its clocks."""
    col, at = pl.col, pl.col("at")
    paused, before = (col("phase") == PHASES.index(name) for name in ("paused", "before-reception"))
    ended = col("phase").is_in([PHASES.index(end) for end in ENDS])
    told_late = ended & (col("received").cast(pl.Int64) - at > clocks.told_after)
    return {
        "submitted_first": pl.when(before).then(at).min(),
        "fee_asked": pl.when(col("reason") == "fee").then(at).min(),
        "last_asked": pl.when(col("reason").is_in(["fee", "supplement"])).then(at).max(),
        "eventful": (
            paused.any() | told_late.any() | col("apologises").any() | (col("due").min() != col("due").max())
        ).fill_null(False),
    }


def limited(clocks: ClockRules) -> Step:
    """The limit in force on the day of reception, and the calendar of the agency that resolves."""
    online = pl.col("channel").is_in(sorted(clocks.online)).fill_null(False)
    received = pl.coalesce("entered", "submitted_first")
    newest = pl.lit(clocks.worktime.known[-1], pl.Int64)
    return {
        **clocks.limits.of("entered_on", online),
        "key": clocks.worktime.key_at(received, pl.col("agency")),
        "newest_key": clocks.worktime.key_at(newest, pl.col("agency")),
        "resolved": pl.col("resolved_at").cast(pl.Int64),
    }


def watched(cases: pl.LazyFrame, clocks: ClockRules) -> pl.LazyFrame:
    """The cases whose events must be read in order, as timeline.told takes them."""
    policies = (f"pause_{reason}" for reason in REASONS)
    return cases.filter("eventful").select("case_id", "entered", "resolved", "key", *policies)


def steps(rules: CaseRules, clocks: ClockRules) -> list[Step]:
    """Columns to add in turn to a case with facts, limit, key and what its events told (timeline.TOLD)."""
    col, time = pl.col, clocks.worktime
    start = pl.coalesce("restarted", "entered")
    counted = {name: col(name).fill_null(0) for name in ("pauses", "supplements", "paused_work", "deducted",
                                                         "moves", "bare_moves")}  # fmt: skip
    dues = {
        "statutory": _due(clocks, col("entered"), col("key")),
        "unpaused": _due(clocks, start, col("key")),
        "newest": _due(clocks, start, col("newest_key")),
    }
    worked = time.between(start, col("resolved"), col("key")) - col("paused_work")
    at = {"due_by_us_at": "due_by_us", "paused_at": "paused_from", "apology_at": "apology_first",
          "due_766_at": "due_766"}  # fmt: skip
    return [
        {**counted, **dues, "apology_first": col("apology"), "submitted": _submitted()},
        {
            "due_by_us": pl.when(col("paused_from").is_null()).then(
                time.after_hours(col("unpaused"), col("paused_work"), col("key"))
            ),
            "reception_due": _reception(clocks),
            "due_766": _due_766(),
        },
        {
            "submitted_at": col("submitted").cast(INSTANT),
            "reception_due_at": col("reception_due").cast(INSTANT),
            **{name: col(given).cast(INSTANT) for name, given in at.items()},
            "paused_seconds": (col("paused_work") // 1_000_000).cast(pl.Int32),
            "worked_seconds": (worked // 1_000_000).cast(pl.Int32),
            "breach_at": (col("due_at").cast(pl.Int64) - clocks.breach).cast(INSTANT),
            **{f"{name}_on": local_day(name, rules.zone) for name in ("unpaused", "newest")},
            "outcome_766": _by_766(),
        },
        {"due_by_us_on": local_date("due_by_us_at", rules.zone)},
        {"due_check": _check(), "apology": _apology(rules, clocks)},
        {"overdue_cause": _cause(), "flags": _flags(clocks)},
    ]


def local_day(name: str, zone: str) -> pl.Expr:
    return pl.col(name).cast(INSTANT).dt.convert_time_zone(zone).dt.date()


def _due(clocks: ClockRules, start: pl.Expr, key: pl.Expr) -> pl.Expr:
    """The end of the limit, by its unit; null where limit or unit is not known."""
    time, unit, limit = clocks.worktime, pl.col("unit"), pl.col("limit")
    return (
        pl.when(unit == "working_days")
        .then(time.nth_close(start, limit, key))
        .when(unit == "days")
        .then(time.after_days(start, limit, key))
        .when(unit == "months")
        .then(time.after_months(start, limit, key))
        .when(unit == "working_hours")
        .then(time.after_hours(start, limit * HOUR, key))
        .when(unit == "same_day")
        .then(time.same_day(start, key))
    )


def _submitted() -> pl.Expr:
    """The submission whose reception is awaited: after a payment asked before reception, the next one."""
    again = (pl.col("fee_asked") < pl.col("before")) & (
        (pl.col("before") <= pl.col("entered")) | pl.col("entered").is_null()
    )
    return pl.when(again.fill_null(False)).then("before").otherwise("submitted_first")


def _reception(clocks: ClockRules) -> pl.Expr:
    """While the citizen is to pay or supplement, nobody is late in receiving."""
    col = pl.col
    waits = col("entered").is_null() & (col("last_asked") > col("submitted")).fill_null(False)
    online = col("channel").is_in(sorted(clocks.online)).fill_null(False)
    due = clocks.worktime.after_hours(col("submitted"), pl.lit(clocks.reception, pl.Int64), col("key"))
    return pl.when(online & ~waits & (col("submitted") <= col("entered")).fill_null(True)).then(due)


def _due_766() -> pl.Expr:
    """Up to when an end is in time by index 766, 2.1: the due date, or without one the statutory maximum.

    Time waited for supplements is deducted from what has passed, so it is added here; once: not where the
    source already moved the due date.
    """
    due = pl.col("due_at").cast(pl.Int64)
    extended = (due != pl.col("first_due")).fill_null(False)
    return pl.coalesce(due, "statutory") + pl.when(extended).then(0).otherwise("deducted")


def _by_766() -> pl.Expr:
    """Index 766, 2.1, by instants; other open cases have none here: a period's end decides them (domain 2.5,
    deadline.open_at).
    """
    col = pl.col
    stands = col("pause_reason").is_in(["supplement", "stop"])
    ended = pl.coalesce("resolved", pl.when(stands).then("paused_from"))
    in_time = ended <= col("due_766")
    asked_again = (
        col("resolved").is_null() & (col("pause_reason") == "supplement") & (col("supplements") > 1)
    ).fill_null(False)
    judged = pl.when(asked_again).then(pl.lit("late")).when(in_time).then(pl.lit("on_time")).when(~in_time)
    return pl.when(col("in_figures") & ended.is_not_null()).then(judged.then(pl.lit("late")))


def _check() -> pl.Expr:
    """How the source's due date compares with ours by local date, and the likeliest reason if it differs."""
    col, lit = pl.col, pl.lit
    ours = col("due_by_us_on")
    return (
        pl.when(col("entered").is_null() | col("paused_from").is_not_null())
        .then(None)
        .when(col("limit").is_null() | col("unit").is_null())
        .then(lit("no-limit"))
        .when(col("due_on").is_null())
        .then(lit("no-source-due"))
        .when(col("due_on") == ours)
        .then(lit("same"))
        .when((col("paused_work") > 0) & (col("due_on") == col("unpaused_on")))
        .then(lit("pause-not-in-due"))
        .when(col("due_on") == col("newest_on"))
        .then(lit("later-calendar"))
        .when(col("due_on") > ours)
        .then(lit("longer"))
        .when(col("due_on") < ours)
        .then(lit("shorter"))
    )


def _apology(rules: CaseRules, clocks: ClockRules) -> pl.Expr:
    """`in_time` where issued at least so many days before the due date it was held against."""
    issued = local_day("apology_first", rules.zone)
    last = local_day("apology_due", rules.zone).dt.offset_by(f"-{clocks.apology_days}d")
    said = pl.when((issued <= last).fill_null(True)).then(pl.lit("in_time")).otherwise(pl.lit("late"))
    return pl.when(pl.col("apology_first").is_not_null()).then(said)


def _cause() -> pl.Expr:
    """For a case that was ever overdue on a screen; of an open one it holds while `at` <= due_by_us_at."""
    col, lit = pl.col, pl.lit
    due = col("due_at").cast(pl.Int64)
    told_after = (col("resolved") <= due) & (col("told") > due)
    late = (col("outcome") == "late") | (col("resolved").is_null() & due.is_not_null())
    in_ours = (col("resolved") <= col("due_by_us")).fill_null(True)
    sooner = (col("due_on") < col("due_by_us_on")) & in_ours
    waits = col("pause_reason").is_in(["supplement", "fee"])
    return (
        pl.when(~col("in_figures"))
        .then(None)
        .when(told_after)
        .then(lit("sync-lag"))
        .when(~late)
        .then(None)
        .when(waits | (sooner & (col("paused_work") > 0)))
        .then(lit("pause-not-transmitted"))
        .when(sooner)
        .then(lit("configuration"))
        .when(late)
        .then(lit("agency"))
    )


def _flags(clocks: ClockRules) -> pl.Expr:
    col = pl.col
    due = col("due_at").cast(pl.Int64)
    conditions = (
        due < col("entered"),
        col("bare_moves") > 0,
        col("moves") > 1,
        (col("resolved") == due) & (col("told") - col("resolved") > clocks.told_after),
        col("late_supplement"),
        col("entered").is_not_null() & (col("limit").is_null() | col("unit").is_null()),
    )
    return pl.concat_list("flags", held(CLOCK_FLAGS, conditions))
