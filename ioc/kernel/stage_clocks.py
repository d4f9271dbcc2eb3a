"""Stages with limits of their own: of each the law of the day it began, its due instant, and how it went."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from ioc.kernel.deadline import in_time, local_day
from ioc.kernel.events import INSTANT, INSTANT_TEXT
from ioc.kernel.rules import ENDS, PHASES, CaseRules
from ioc.kernel.stage_rules import StageLimit, TimedStage
from ioc.kernel.working import UNITS

SAID = (
    *("in_time", "late", "running", "optional", "paused", "lapsed"),
    *("no_limit", "kind_not_known", "law_not_known", "calendar_not_known"),
)
SPANS = pl.Schema(
    {
        "case_id": pl.String(),
        "stage": pl.String(),
        "start": pl.Int64(),
        "until": pl.Int64(),
        "law": pl.Int64(),
        "due": pl.Int64(),
        "said": pl.String(),
    }
)
_PAUSED, _NOTE = PHASES.index("paused"), PHASES.index("note")
_OVER = [PHASES.index(phase) for phase in (*ENDS, "refused")]


def spans(
    facts: pl.DataFrame, cases: pl.DataFrame, rules: CaseRules, at: datetime | None = None
) -> pl.DataFrame:
    """Facts (fold.facts_now), and a row per case with case_id, agency and the attributes that tell kinds
    apart -> SPANS: a row per case and stage begun; instants are Int64 microseconds UTC.

    law: the number of the limit that held when it began, from 1; 0: none. said: of SAID. `running` until it
    is done, or `overdue` where it is past due `at` an instant that is given; `optional`: not done, and need
    not be; `paused`: it waits, and has no due instant until it goes on; `lapsed`: the case ended otherwise
    first. The others tell why it has no limit: the law has none, none is known of cases of this kind, or
    none of this day, or the calendar has no such days. Nothing is taken in its place.
    """
    if rules.timed is None:
        return SPANS.to_frame()
    waits = _waits(facts) if any(stage.stops for stage in rules.timed.stages) else None
    found = [_one(stage, facts, cases, waits, rules, at) for stage in rules.timed.stages]
    return pl.concat(found)


def kept(spans: pl.DataFrame, rules: CaseRules) -> pl.DataFrame:
    """SPANS without `at` -> a row per case, and of each stage as texts what a case keeps of it: <stage>,
    <stage>_due_at, <stage>_due_on; null of one that has not begun.
    """
    due = pl.col("due").cast(INSTANT)
    rows = spans.with_columns(
        at=due.dt.strftime(INSTANT_TEXT), on=local_day("due", rules.zone).cast(pl.String)
    )
    found = rows.select("case_id").unique()
    for stage in rules.timed.stages if rules.timed else ():
        mine = {stage.name: "said", f"{stage.name}_due_at": "at", f"{stage.name}_due_on": "on"}
        own = rows.filter(stage=stage.name).select("case_id", **{k: pl.col(v) for k, v in mine.items()})
        found = found.join(own, on="case_id", how="left")
    return found


def _one(
    stage: TimedStage,
    facts: pl.DataFrame,
    cases: pl.DataFrame,
    waits: pl.DataFrame | None,
    rules: CaseRules,
    at: datetime | None,
) -> pl.DataFrame:
    assert rules.timed is not None
    col, time = pl.col, rules.timed.worktime
    known = _course(stage, facts).join(cases, on="case_id").with_columns(**_law(stage.limits, rules.zone))
    limits = pl.Series([None, *(one.limit for one in stage.limits)], dtype=pl.Int64)
    units = [UNITS.index(one.unit) if one.unit else None for one in stage.limits]
    rows = known.with_columns(
        limit=pl.lit(limits).gather("law"),
        unit=pl.lit(pl.Series([None, *units], dtype=pl.Int64)).gather("law"),
        key=time.key_at(col("start"), col("agency")),
    ).with_columns(due=time.after_limit(col("start"), col("limit"), col("unit"), col("key")))
    rows = rows.with_columns(stood=pl.lit(0), waiting=pl.lit(value=False))
    if stage.stops and waits is not None:
        rows = _later(rows.drop("stood", "waiting"), waits, rules)
    seen = pl.lit(at).cast(INSTANT).cast(pl.Int64)
    return rows.with_columns(seen=pl.coalesce("until", seen), stage=pl.lit(stage.name)).select(
        **{name: col(name) for name in SPANS if name != "said"}, said=_said(stage, rules)
    )


def _course(stage: TimedStage, facts: pl.DataFrame) -> pl.DataFrame:
    """When the stage began of each case, and when it was done, or the case ended without it."""
    at, said, over = pl.col("at"), pl.col("status"), pl.col("phase").is_in(_OVER)
    starts, ends = (said.is_in(sorted(codes)).fill_null(False) for codes in (stage.starts, stage.ends))
    begun = facts.group_by("case_id").agg(
        start=at.filter(starts).min(), done=at.filter(ends), over=at.filter(over & ~ends & ~starts)
    )
    lapsed = (pl.col("over") < pl.col("done")).fill_null(
        pl.col("over").is_not_null() & pl.col("done").is_null()
    )
    return (
        begun.filter(pl.col("start").is_not_null())
        .with_columns(done=_first_after("done"), over=_first_after("over"))
        .with_columns(lapsed=lapsed)
        .select("case_id", "start", "lapsed", until=pl.when("lapsed").then("over").otherwise("done"))
    )


def _first_after(instants: str) -> pl.Expr:
    after = pl.element().filter(pl.element() >= 0).min()
    return (pl.col(instants) - pl.col("start")).list.agg(after) + pl.col("start")


def _law(limits: tuple[StageLimit, ...], zone: str) -> dict[str, pl.Expr]:
    """law: the number of the limit that holds; kind: whether any is known of the case's kind on any day."""
    kinds, laws = [], []
    for i, one in enumerate(limits):
        kind = pl.all_horizontal(
            pl.lit(value=True), *(pl.col(name).is_in(words) for name, words in one.when.items())
        ).fill_null(False)
        day = local_day("start", zone)
        held = (day >= one.valid_from if one.valid_from else True) & kind
        held = (day <= one.valid_to if one.valid_to else True) & held
        kinds.append(kind)
        laws.append(pl.when(held).then(pl.lit(i + 1, pl.Int64)).otherwise(0))
    return {"law": pl.sum_horizontal(laws), "kind": pl.any_horizontal(kinds)}


def _waits(facts: pl.DataFrame) -> pl.DataFrame:
    """Of each pause when it was asked and, unless it lasts, when the next status came."""
    spoken = facts.filter(pl.col("at").is_not_null() & (pl.col("phase") != _NOTE)).sort("case_id", "order")
    resumed = spoken.with_columns(resumed=pl.col("at").shift(-1).over("case_id"))
    return resumed.filter(phase=_PAUSED).select("case_id", asked="at", resumed="resumed")


def _later(rows: pl.DataFrame, waits: pl.DataFrame, rules: CaseRules) -> pl.DataFrame:
    """The due instant later by the working time that the stage stood still; none while it waits."""
    assert rules.timed is not None
    col, time = pl.col, rules.timed.worktime
    begin, end = pl.max_horizontal("asked", "start"), pl.min_horizontal("resumed", "until")
    pauses = (
        rows.join(waits, on="case_id")
        .select("case_id", "key", begin=begin, end=end)
        .filter((col("end") > col("begin")).fill_null(True))
        .with_columns(work=time.between(col("begin"), col("end"), col("key")))
        .group_by("case_id")
        .agg(stood=col("work").sum(), waiting=col("end").is_null().any())
    )
    found = rows.join(pauses, on="case_id", how="left").with_columns(
        col("stood").fill_null(0), col("waiting").fill_null(False)
    )
    moved = time.after_hours(col("due"), col("stood"), col("key"))
    due = pl.when("waiting").then(None).when(col("stood") > 0).then(moved).otherwise("due")
    return found.with_columns(due=due)


def _said(stage: TimedStage, rules: CaseRules) -> pl.Expr:
    """Which of SAID, in the order of what must be known first."""
    col, lit, done = pl.col, pl.lit, pl.col("until").is_not_null()
    held = in_time("seen", "due", rules)
    return (
        pl.when(~col("kind"))
        .then(lit("kind_not_known"))
        .when(col("law") == 0)
        .then(lit("law_not_known"))
        .when(col("unit").is_null())
        .then(lit("no_limit"))
        .when("waiting")
        .then(lit("paused"))
        .when(col("due").is_null())
        .then(lit("calendar_not_known"))
        .when("lapsed")
        .then(lit("lapsed"))
        .when(~done & lit(stage.optional))
        .then(lit("optional"))
        .when(~done & held.fill_null(True))
        .then(lit("running"))
        .when(~done)
        .then(lit("overdue"))
        .when(held)
        .then(lit("in_time"))
        .otherwise(lit("late"))
    )
