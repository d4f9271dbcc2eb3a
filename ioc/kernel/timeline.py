"""What only the order of a case's events tells: pauses, moved due dates, apologies.

Few cases have any, so only these are sorted.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from ioc.kernel.clocks import ClockRules
from ioc.kernel.events import INSTANT
from ioc.kernel.limits import REASONS
from ioc.kernel.rules import ENDS, PHASES

_PAUSED, _NOTE = PHASES.index("paused"), PHASES.index("note")

TOLD = pl.Schema(
    {
        "case_id": pl.String(),
        "pauses": pl.Int32(),
        "supplements": pl.Int32(),
        "paused_work": pl.Int64(),
        "deducted": pl.Int64(),
        "restarted": pl.Int64(),
        "paused_from": pl.Int64(),
        "pause_reason": pl.String(),
        "first_due": pl.Int64(),
        "moves": pl.Int32(),
        "bare_moves": pl.Int32(),
        "apology": pl.Int64(),
        "apology_due": pl.Int64(),
        "told": pl.Int64(),
        "late_supplement": pl.Boolean(),
    }
)


NOTHING = TOLD.to_frame()


def told(facts: pl.LazyFrame, cases: pl.LazyFrame, clocks: ClockRules) -> pl.LazyFrame:
    """Facts of eventful cases, and a row per case with case_id, entered, resolved, key, pause_<reason>;
    all instants Int64 microseconds UTC -> a row of TOLD per case.

    pauses, supplements: how many were asked between reception and end. paused_work: working microseconds of
    pauses that resume, since `restarted` (end of the last pause that restarts). deducted: microseconds waited
    for supplements, working or not. paused_from: since when it waits now. moves: due dates moved without a
    pause since the one before; bare_moves: without an apology either. apology: the first; apology_due: the
    due date it was held against. late_supplement: one was asked within `clocks.near_due` of the due date.
    """
    rows = ordered(facts, cases)
    return _pauses(rows, clocks).join(_dues(rows), on="case_id", how="full", coalesce=True)


def ordered(facts: pl.LazyFrame, cases: pl.LazyFrame) -> pl.LazyFrame:
    """The facts of these cases in the fold's order, each with what was known before it."""
    col = pl.col
    alive = (col("at") >= col("entered")) & (col("at") <= col("resolved")).fill_null(True)
    rows = facts.join(cases, on="case_id").sort("case_id", "order").with_columns(alive=alive.fill_null(False))
    paused = ((col("phase") == _PAUSED) & col("alive")).fill_null(False).cast(pl.Int32).cum_sum()
    sorry = col("apologises").cast(pl.Int32).cum_sum()
    rows = rows.with_columns(
        paused_n=paused.over("case_id"), sorry_n=sorry.over("case_id"), due_now=_lasting("due", "due")
    )
    return rows.with_columns(
        due_before=col("due_now").shift().over("case_id"),
        paused_before=_lasting("paused_n", "due").shift().over("case_id"),
        sorry_before=_lasting("sorry_n", "due").shift().over("case_id"),
    )


def _lasting(name: str, given: str) -> pl.Expr:
    """The value of `name` at the last row up to this one that gives `given`."""
    return pl.when(pl.col(given).is_not_null()).then(name).forward_fill().over("case_id")


def spans(rows: pl.LazyFrame, clocks: ClockRules) -> pl.LazyFrame:
    """From each status that speaks to the next: until, reason and policy of a pause, working microseconds."""
    col = pl.col
    policies = (pl.when(col("reason") == name).then(f"pause_{name}") for name in REASONS)
    return (
        rows.filter(col("alive") & (col("phase") != _NOTE))
        .with_columns(until=col("at").shift(-1).over("case_id"), reason=col("reason").fill_null("stop"))
        .with_columns(
            policy=pl.coalesce(*policies), work=clocks.worktime.between(col("at"), col("until"), col("key"))
        )
    )


def parted(spans: pl.LazyFrame, clocks: ClockRules, at: datetime | None) -> pl.LazyFrame:
    """The spans of one case as fold.intervals gives them; what still lasts, lasts up to `at`."""
    col = pl.col
    reopened = (col("until") > col("at")).fill_null(False)  # no end after all: the clock ran on
    ended = col("phase").is_in([PHASES.index(end) for end in ENDS]) & ~reopened
    waits = (col("phase") == _PAUSED) & (col("policy") != "none")
    now = pl.max_horizontal("at", pl.lit(at).cast(INSTANT).cast(pl.Int64))
    so_far = clocks.worktime.between(col("at"), now, col("key"))
    anew = pl.when((col("phase") == _PAUSED) & (col("policy") == "restart")).then("until").max()
    phase = col("phase").replace_strict(dict(enumerate(PHASES)), return_dtype=pl.String)
    part = pl.when(ended).then(pl.lit("end")).when(waits).then(pl.lit("paused")).otherwise(pl.lit("counted"))
    lasting = col("until").is_null() & ~ended & pl.lit(at is not None)
    return spans.with_columns(
        phase=phase,
        part=part,
        voided=(col("at") < anew).fill_null(False),
        work=pl.when(lasting).then(so_far).otherwise("work"),
    ).select("status", "phase", "at", "until", "reason", "policy", "work", "part", "voided", "key")


def _pauses(rows: pl.LazyFrame, clocks: ClockRules) -> pl.LazyFrame:
    col = pl.col
    paused = (
        spans(rows, clocks)
        .filter(col("phase") == _PAUSED)
        .with_columns(
            restarted=pl.when(col("policy") == "restart").then("until").max().over("case_id"),
            asked=col("reason") == "supplement",
            near=(col("due_before") - col("at")).is_between(0, clocks.near_due).fill_null(False),
        )
    )
    counted = (col("policy") == "resume") & (col("at") >= col("restarted")).fill_null(True)
    return paused.group_by("case_id").agg(
        pauses=pl.len().cast(pl.Int32),
        supplements=col("asked").sum().cast(pl.Int32),
        paused_work=pl.when(counted).then("work").sum(),
        deducted=pl.when("asked").then(col("until") - col("at")).sum(),
        restarted=col("restarted").first(),
        paused_from=pl.when(col("until").is_null()).then("at").max(),
        pause_reason=pl.when(col("until").is_null()).then("reason").drop_nulls().last(),
        late_supplement=(col("asked") & col("near")).any(),
    )


def _dues(rows: pl.LazyFrame) -> pl.LazyFrame:
    col = pl.col
    ended = col("phase").is_in([PHASES.index(end) for end in ENDS])
    moved = (col("alive") & (col("due") != col("due_before"))).fill_null(False)
    unpaused = moved & (col("paused_n") == col("paused_before"))
    return rows.group_by("case_id").agg(
        first_due=col("due").drop_nulls().first(),
        moves=unpaused.sum().cast(pl.Int32),
        bare_moves=(unpaused & (col("sorry_n") == col("sorry_before"))).sum().cast(pl.Int32),
        apology=pl.when("apologises").then("at").min(),
        told=pl.when(ended & (col("at") == col("resolved"))).then(col("received").cast(pl.Int64)).min(),
        apology_due=pl.when("apologises").then(pl.coalesce("due_before", "due")).drop_nulls().first(),
    )
