"""A case's clocks: reception, limit and pauses, the due date by us beside the source's, outcomes, causes."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from ioc.kernel import clock_flags
from ioc.kernel.clocks import ClockRules
from ioc.kernel.deadline import local_date, local_day
from ioc.kernel.events import INSTANT
from ioc.kernel.limits import REASONS
from ioc.kernel.rules import ENDS, PHASES, CaseRules
from ioc.kernel.states import Step
from ioc.kernel.sums import COUNTED, counted

DUE_CHECKS = ("same", "no-source-due", "no-limit", "pause-not-in-due", "later-calendar", "longer", "shorter")
CAUSES = ("sync-lag", "pause-not-transmitted", "configuration", "agency")


def read(rules: CaseRules, clocks: ClockRules) -> Step:
    """Columns that `found` and the timeline need of each event that counts."""
    counts = pl.col("counts")
    own = ~pl.col("status").is_in(sorted(rules.consults)).fill_null(False)
    return {
        "due": pl.when(counts & own).then(pl.col("due_at").cast(pl.Int64)),
        "apologises": counts & pl.col("status").is_in(sorted(clocks.apologies)).fill_null(False),
        "lag": pl.when(counts).then(
            pl.col("received_at").cast(pl.Int64) - pl.col("occurred_at").cast(pl.Int64)
        ),
    }


def found(rules: CaseRules, clocks: ClockRules) -> Step:
    """What one pass over a case's events finds for its clocks."""
    col, at = pl.col, pl.col("at")
    paused, before = (col("phase") == PHASES.index(name) for name in ("paused", "before-reception"))
    ended = col("phase").is_in([PHASES.index(end) for end in ENDS])
    consulted = col("consult").is_not_null() if rules.consults else False
    told_late = ended & (col("lag") > clocks.told_after)
    return {
        "submitted_first": pl.when(before).then(at).min(),
        "tells": (paused | told_late | col("apologises") | consulted).any(),
        "received_first": col("received").min(),
        "lags": (col("lag").abs() > clocks.backwards).any(),
        "due_least": col("due").min(),
        "due_most": col("due").max(),
    }


def _watching(clocks: ClockRules) -> list[Step]:
    """Of which cases the events must be read in order: `eventful`."""
    col = pl.col
    # A time that runs back so far needs receipts so far apart, and one of them so far from its instant.
    lagging = (col("received_last") - col("received_first") > clocks.backwards) & col("lags")
    moved = col("due_least") != col("due_most")
    return [
        {"lagging": lagging.fill_null(False)},
        {"eventful": col("tells") | moved.fill_null(False) | col("lagging")},
    ]


def limited(clocks: ClockRules) -> list[Step]:
    """The limit in force on the day of reception, the resolving agency's calendar, and `eventful`."""
    online = pl.col("channel").is_in(sorted(clocks.online)).fill_null(False)
    received = pl.coalesce("entered", "submitted_first")
    return [
        *_watching(clocks),
        {
            "row": clocks.limits.row("entered_on"),
            "online": online,
            "key": clocks.worktime.key_at(received, pl.col("agency")),
            "resolved": pl.col("resolved_at").cast(pl.Int64),
        },
        {
            **clocks.limits.said(pl.col("row"), pl.col("online")),
            "newest_key": clocks.worktime.newest(pl.col("key")),
        },
    ]


def watched(cases: pl.LazyFrame, clocks: ClockRules) -> pl.LazyFrame:
    """The cases whose events must be read in order, as timeline.told takes them."""
    policies = (f"pause_{reason}" for reason in REASONS)
    return cases.filter("eventful").select("case_id", "entered", "resolved", "key", "lagging", *policies)


_COUNTS = (
    *("pauses", "supplements", "paused_work", "deducted", "moves", "bare_moves"),
    *("consultations", "late_consultations"),
)
_INSTANTS = {
    "due_by_us_at": "due_by_us",
    "due_766_at": "due_766",
    "paused_at": "paused_from",
    "apology_at": "apology_first",
    "consulting_at": "consulting_from",
    "consult_due_at": "consult_due",
}


def steps(rules: CaseRules, clocks: ClockRules) -> list[Step]:
    """Columns to add in turn to a case with facts, limit, key and what its events told (timeline.TOLD)."""
    col = pl.col
    return [
        {
            **{name: col(name).fill_null(0) for name in _COUNTS},
            "apology_first": col("apology"),
            "submitted": _submitted(),
        },
        {"owed": _reception_is_owed()},
        {"counted": counted(clocks)},
        {name: col("counted").struct.field(name) for name in COUNTED},
        {"due_766": _due_766()},
        {
            "submitted_at": col("submitted").cast(INSTANT),
            "reception_due_at": col("reception_due").cast(INSTANT),
            **{name: col(given).cast(INSTANT) for name, given in _INSTANTS.items()},
            "paused_seconds": (col("paused_work") // 1_000_000).cast(pl.Int32),
            "worked_seconds": (col("worked") // 1_000_000).cast(pl.Int32),
            "breach_at": (col("due_at").cast(pl.Int64) - clocks.breach).cast(INSTANT),
            **{f"{name}_on": local_day(name, rules.zone) for name in ("unpaused", "newest")},
            "outcome_766": _by_766(),
        },
        {"due_by_us_on": local_date("due_by_us_at", rules.zone)},
        {"due_check": _check(), "apology": _apology(rules, clocks)},
        {
            "overdue_cause": _cause(clocks),
            "flag_bits": col("flag_bits") + clock_flags.raised(rules.zone, clocks),
        },
    ]


def _submitted() -> pl.Expr:
    """The submission whose reception is awaited: after a payment asked before reception, the next one."""
    again = (pl.col("fee_asked") < pl.col("before")) & (
        (pl.col("before") <= pl.col("entered")) | pl.col("entered").is_null()
    )
    return pl.when(again.fill_null(False)).then("before").otherwise("submitted_first")


def _reception_is_owed() -> pl.Expr:
    """While the citizen is to pay or supplement, nobody is late in receiving."""
    col = pl.col
    waits = col("entered").is_null() & (col("last_asked") > col("submitted")).fill_null(False)
    return col("online") & ~waits & (col("submitted") <= col("entered")).fill_null(True)


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
        .when(clock_flags.without_limit())
        .then(lit("no-limit"))
        .when(col("due_on").is_null())
        .then(lit("no-source-due"))
        .when(col("due_on") == ours)
        .then(lit("same"))
        .when(col("due_on") == col("unpaused_on"))  # told only where time was paused
        .then(lit("pause-not-in-due"))
        .when(col("due_on") == col("newest_on"))
        .then(lit("later-calendar"))
        .when(col("due_on") > ours)
        .then(lit("longer"))
        .when(col("due_on") < ours)
        .then(lit("shorter"))
    )


def _apology(rules: CaseRules, clocks: ClockRules) -> pl.Expr:
    """`in_time` where issued so many days before the due date it was held against as the rule of the day of
    reception asks; `missing` where a case ended late without any.
    """
    col, lit = pl.col, pl.lit
    before = (local_day("apology_due", rules.zone) - local_day("apology_first", rules.zone)).dt.total_days()
    said: Any = pl.when((col("outcome") == "late") & col("apology_first").is_null()).then(lit("missing"))
    for first, last, days in clocks.apology_rules:
        within = col("entered_on").is_between(lit(first or date.min), lit(last or date.max))
        judged = within & col("apology_first").is_not_null()
        said = said.when(judged & (before < days)).then(lit("late")).when(judged).then(lit("in_time"))
    return pl.coalesce(said)


def _cause(clocks: ClockRules) -> pl.Expr:
    """For a case that was ever overdue on a screen; of an open one it holds while `at` <= due_by_us_at.

    `sync-lag` only where the end was told so late that it is noticed, whatever else befell the case.
    """
    col, lit = pl.col, pl.lit
    due = col("due_at").cast(pl.Int64)
    lagged = col("told") - col("resolved") > clocks.told_after
    told_after = (col("resolved") <= due) & (col("told") > due) & lagged
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
