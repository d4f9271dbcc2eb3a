"""The expressions of one feed's fold: built once, since the live path folds many times a second."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import polars as pl

from ioc.kernel import clocked, transitions
from ioc.kernel.rules import CONSULTS, ENDS, PHASES, CaseRules
from ioc.kernel.states import Step, steps

ATTRIBUTES = ("due_at", "agency", "channel", "procedure")
SOLE = ("open", "paused", "refused", "note", "before-reception")


@dataclass(frozen=True)
class Plan:
    """The expressions of one feed's fold: built once, since the live path folds many times a second."""

    read: Step
    order: pl.Expr
    found: Step
    steps: list[Step]
    limits: list[Step]
    clocks: list[Step]


@functools.lru_cache(maxsize=256)
def plan_of(rules: CaseRules) -> Plan:
    codes = {status: PHASES.index(phase) for status, phase in rules.phases.items()}
    phase = pl.col("status").replace_strict(codes, default=None, return_dtype=pl.Int8)
    aside = pl.col("status").is_in(sorted(rules.consults)).fill_null(False)
    read: Step = {
        "phase": pl.when("counts").then(phase),
        "at": pl.when("counts").then(pl.col("occurred_at").cast(pl.Int64)),
        "received": pl.when("counts").then(pl.col("received_at").cast(pl.Int64)),
        "enters": pl.col("status").is_in(sorted(rules.enters)).fill_null(False),
        "named": pl.col("agency").is_not_null() & ~aside,
    }
    if rules.consults:
        said = {status: CONSULTS.index(said) for status, said in rules.consults.items()}
        read["consult"] = pl.col("status").replace_strict(said, default=None, return_dtype=pl.Int8)
    order = pl.col("at").cast(pl.Int128) * 2**32 + pl.col("tie")
    found, then = _found(rules) | transitions.found(rules), steps(rules)
    if rules.authority is not None:
        found["disagreed"] = pl.col("disagrees").any()
    if rules.clocks is None:
        return Plan(read, order, found, then, [], [])
    read |= clocked.read(rules, rules.clocks)
    found |= clocked.found(rules, rules.clocks)
    limits, clocks = clocked.limited(rules.clocks), clocked.steps(rules, rules.clocks)
    return Plan(read, order, found, then, limits, clocks)


def _found(rules: CaseRules) -> Step:
    """What one pass finds. A row that does not count has no `at`, `order`, `phase`; instants are integers."""
    at, phase, order = pl.col("at"), pl.col("phase"), pl.col("order")
    is_open, paused, refused, note, before = (phase == PHASES.index(name) for name in SOLE)
    speaks = phase.is_not_null() & ~note
    ends = phase.is_in([PHASES.index(end) for end in ENDS])
    own = pl.col("consult").is_null() if rules.consults else True
    receives = pl.col("receiving_agency").is_not_null() & own
    of_case = pl.col("status").is_not_null() & ~note.fill_null(False)  # one that the feed does not know shows
    return {
        **{name: last(pl.col(name), pl.col(name).is_not_null() & own) for name in ATTRIBUTES},
        "status": last(pl.col("status"), of_case),
        "receiving_agency": pl.col("receiving_agency").min_by(pl.when(receives).then(order)),
        "agency_at": pl.when("named").then(at).max(),
        "source": pl.col("source").max_by(order),
        "last_any": last(phase, speaks),
        "last_going": last(phase, speaks & ~before),
        "entered": pl.when("enters").then(at).min(),
        "entered_last": pl.when("enters").then(at).max(),
        "going": pl.when((is_open | paused) & ~pl.col("enters")).then(at).max(),
        "before": pl.when(before).then(at).max(),
        "refused": pl.when(refused).then(at).max(),
        "ends": pl.when(ends).then(at * 8 + phase).drop_nulls().implode(),
        "opened": is_open.any(),
        "unknown": (at.is_not_null() & phase.is_null() & pl.col("status").is_not_null()).any(),
        "conflicting": pl.col("conflicting").any(),
        "events": at.count().cast(pl.Int32),
        "last_at": at.max(),
        "received_last": pl.col("received").max(),
    }


def last(value: pl.Expr, given: pl.Expr) -> pl.Expr:
    return value.max_by(pl.when(given).then("order"))
