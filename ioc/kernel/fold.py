"""The fold: the events of a case -> its state. Every figure of the product starts here."""

from __future__ import annotations

import polars as pl

from ioc.kernel import deadline
from ioc.kernel.events import INSTANT, effective
from ioc.kernel.rules import ENDS, GOING, CaseRules

CASES = pl.Schema(
    {
        "case_id": pl.String(),
        "source": pl.String(),
        "phase": pl.String(),
        "status": pl.String(),
        "in_figures": pl.Boolean(),
        "entered_at": INSTANT,
        "entered_on": pl.Date(),
        "due_at": INSTANT,
        "due_on": pl.Date(),
        "resolved_at": INSTANT,
        "resolved_on": pl.Date(),
        "delivered_at": INSTANT,
        "withdrawn": pl.Boolean(),
        "outcome": pl.String(),
        "outcome_by_date": pl.String(),
        "outcome_by_instant": pl.String(),
        "agency": pl.String(),
        "receiving_agency": pl.String(),
        "channel": pl.String(),
        "procedure": pl.String(),
        "set_aside": pl.String(),
        "flags": pl.List(pl.String()),
        "events": pl.Int32(),
        "last_occurred_at": INSTANT,
        "last_received_at": INSTANT,
        "definitions": pl.String(),
    }
)
ATTRIBUTES = ("due_at", "agency", "receiving_agency", "channel", "procedure")


def fold(events: pl.LazyFrame, rules: CaseRules) -> pl.LazyFrame:
    """Frame of EVENTS, any order, duplicates allowed -> frame of CASES, a row per case_id in no set order.

    Events count in the order (occurred_at, received_at, hash); attributes and `status` are the last given.
    `events` counts those that count: one per (source, id). Statuses speak by their instant, and of those at
    one and the same instant an end comes after anything open. Told by the ten national codes; any feed's codes
    act by their phases:

    2               entered_at is the first. A 2 again changes nothing.
    4 without 2     in no figure, flagged `no-reception`. So are 9 and 10 without 2.
    1 after 2       no effect, flagged `registered-after-received`.
    3 after 2       in no figure while it is the last phase, flagged `refused-after-received`.
    9 then 4        open again, flagged `reopened`. 9, 4, 9: an end counts only when nothing open or paused
                    comes after it, so after the last re-opening the first 9 gives the time.
    9 then 9        the first counts, flagged `resolved-twice`. 9 then 10: the 9 gives the time.
    10 without 9    resolved at the first 10, flagged `delivered-without-resolved`.
    7               withdrawn, resolved at its time, outcome on_due_date.
    7 after 9, 10   stays as resolved, flagged `withdrawn-after-resolved`.
    9, 10 after 7   stays withdrawn, flagged `resolved-after-withdrawn`.
    9 before 2      set aside as `resolved-before-received`, in no figure: while all its 9s lie before its
                    first 2 (a 10 or 7 mends nothing), or, without any 9, all its 10s and 7s do. An earlier 2
                    or a 9 after the 2 brings it back. Flagged `end-before-received`, then too.
    same id again   with other content: flagged `conflicting-id`; see events.effective.
    unknown status  acts like a note, flagged `unknown-status`.

    Only resolved cases in the figures have outcomes.
    """
    phase = pl.col("status").replace_strict(rules.phases, default=None, return_dtype=pl.String)
    spoken = effective(events).sort("occurred_at", "received_at", "hash").with_columns(phase=phase)
    at = pl.col("occurred_at")
    entered = at.filter(pl.col("status").is_in(list(rules.enters))).min()
    counted = spoken.with_columns(entered_at=entered.over("case_id"))
    before = pl.col("phase") == "before-reception"
    going = pl.col("phase").is_in(GOING) | (before & pl.col("entered_at").is_null())
    since = pl.max_horizontal(at.filter(going).max().over("case_id"), pl.col("entered_at"))
    counted = counted.with_columns(going=going, since=since)
    return _states(counted.group_by("case_id").agg(*_facts(rules)), rules)


def _facts(rules: CaseRules) -> list[pl.Expr]:
    """What one pass over the ordered events of a case finds; `since`: the last open or paused instant."""
    at, phase = pl.col("occurred_at"), pl.col("phase")
    entered, since = pl.col("entered_at"), pl.col("since")
    final = since.is_null() | (at >= since)
    speaks = phase.is_not_null() & (phase != "note")
    unentered = entered.is_null()
    firsts = [at.filter((phase == end) & final).min().alias(f"{end}_final") for end in ENDS]
    lone = [at.filter(phase == end).min().alias(f"{end}_any") for end in ENDS]
    return [
        *(pl.col(name).drop_nulls().last() for name in ATTRIBUTES),
        pl.col("source").last(),
        pl.col("status").drop_nulls().last(),
        entered.first(),
        phase.filter(speaks & (unentered | (phase != "before-reception"))).last().alias("last_phase"),
        *firsts,
        *lone,
        at.filter(phase == "resolved").max().alias("resolved_max"),
        at.filter(phase.is_in(ENDS)).max().alias("end_max"),
        at.filter(phase.is_in(ENDS) & (unentered | (at >= entered))).min().alias("end_entered"),
        ((phase == "resolved") & final).sum().alias("resolved_times"),
        ((phase == "withdrawn") & final).sum().alias("withdrawn_times"),
        since.first(),
        ((phase == "refused") & (at >= entered)).any().alias("refused_after"),
        ((phase == "before-reception") & (at > entered)).any().alias("registered_after"),
        (phase.is_in(["open", "resolved", "delivered"]) & unentered).any().alias("no_reception"),
        (pl.col("status").is_not_null() & phase.is_null()).any().alias("unknown"),
        pl.col("conflicting").any(),
        pl.len().cast(pl.Int32).alias("events"),
        at.max().alias("last_occurred_at"),
        pl.col("received_at").max().alias("last_received_at"),
    ]


def _states(facts: pl.LazyFrame, rules: CaseRules) -> pl.LazyFrame:
    """Facts of a case -> its row."""
    col = pl.col
    entered = col("entered_at")
    no_resolved_since = col("resolved_max") < entered
    no_end_since = col("resolved_any").is_null() & (col("end_max") < entered)
    aside = (no_resolved_since | no_end_since).fill_null(False)
    ends = {f"{end}_first": pl.when(aside).then(f"{end}_any").otherwise(f"{end}_final") for end in ENDS}
    staged = facts.with_columns(aside=aside, **ends)
    processed = pl.min_horizontal("resolved_first", "delivered_first")
    gone = col("withdrawn_first")
    withdrawn = (gone.is_not_null() & (processed.is_null() | (gone < processed))) & ~(
        col("aside") & col("resolved_first").is_not_null()
    )
    staged = staged.with_columns(
        withdrawn=withdrawn.fill_null(False),
        delivered_at=col("delivered_first"),
        refused=(col("last_phase") == "refused").fill_null(False),
    ).with_columns(
        resolved_at=pl.when("withdrawn")
        .then(gone)
        .otherwise(pl.coalesce("resolved_first", "delivered_first")),
    )
    staged = staged.with_columns(
        phase=_phase(),
        set_aside=pl.when("aside").then(pl.lit("resolved-before-received")),
        in_figures=entered.is_not_null() & ~col("aside") & ~col("refused"),
        flags=_flags(),
        definitions=pl.lit(rules.definitions),
        **{
            f"{name}_on": deadline.local_date(f"{name}_at", rules.zone)
            for name in ("entered", "due", "resolved")
        },
    )
    judged = staged.with_columns(
        outcome_by_date=pl.when("in_figures").then(deadline.outcome_by_date()),
        outcome_by_instant=pl.when("in_figures").then(deadline.outcome_by_instant()),
    ).with_columns(outcome=deadline.outcome(rules))
    return judged.select(CASES.names())


def _phase() -> pl.Expr:
    live = pl.col("refused") | pl.col("aside") | pl.col("resolved_at").is_null()
    return (
        pl.when(live)
        .then("last_phase")
        .when("withdrawn")
        .then(pl.lit("withdrawn"))
        .when(pl.col("delivered_at").is_not_null())
        .then(pl.lit("delivered"))
        .otherwise(pl.lit("resolved"))
    )


def _flags() -> pl.Expr:
    """Closed list, always in this order."""
    col = pl.col
    ended_since = col("end_entered")
    flags = {
        "conflicting-id": col("conflicting"),
        "no-reception": col("no_reception"),
        "reopened": ended_since < col("since"),
        "resolved-twice": col("resolved_times") > 1,
        "delivered-without-resolved": col("delivered_first").is_not_null() & col("resolved_first").is_null(),
        "refused-after-received": col("refused_after"),
        "registered-after-received": col("registered_after"),
        "withdrawn-after-resolved": (col("withdrawn_times") > 0) & ~col("withdrawn"),
        "resolved-after-withdrawn": col("withdrawn")
        & pl.any_horizontal(col("resolved_first").is_not_null(), col("delivered_first").is_not_null()),
        "end-before-received": pl.min_horizontal(*(f"{end}_any" for end in ENDS)) < col("entered_at"),
        "unknown-status": col("unknown"),
    }
    given = [pl.when(condition.fill_null(False)).then(pl.lit(flag)) for flag, condition in flags.items()]
    return pl.concat_list(given).list.drop_nulls()
