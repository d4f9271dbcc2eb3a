"""The fold: the events of a case -> its state. Every figure of the product starts here."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from ioc.kernel import authority, clocked, consultations, timeline
from ioc.kernel.cases import CASES as CASES
from ioc.kernel.cases import CLOCKED
from ioc.kernel.clock_flags import CLOCK_FLAGS
from ioc.kernel.events import EVENTS, weighed
from ioc.kernel.flag_bits import spoken
from ioc.kernel.plan import last, plan_of
from ioc.kernel.rules import CaseRules
from ioc.kernel.states import FLAGS


def fold(events: pl.LazyFrame, rules: CaseRules) -> pl.LazyFrame:
    """Frame of EVENTS, any order, duplicates allowed -> frame of CASES, a row per case_id in no set order.

    Events count in the order (occurred_at, received_at, hash); attributes are the last given, but for the
    agencies (domain 2.3, 6). `agency`, which resolves, is the last given at or before resolved_at, or where
    none was given by then the first after it; of an open case the last given: who delivers later gets no
    credit. `receiving_agency`, where it was handed in, is the first given. `status` is the last that is no
    note. A status after one whose `next` does not name it is flagged `unexpected-transition`, notes and
    repeats left out; a code below may say more of the same.
    `events` counts those that count: one per (source, id). Statuses speak by their instant, and of those at
    one and the same instant an end comes after anything open. Told by the ten national codes; any feed's
    codes act by their phases:

    2               entered_at is the first. A later one ends a pause, but neither moves the reception nor
                    re-opens the case: a clock may be wrong. After an end, flagged `received-after-resolved`.
    4 without 2     in no figure, flagged `no-reception`. So are 9 and 10 without 2.
    1 after 2       no effect, flagged `registered-after-received`.
    3 after 2       in no figure while it is the last phase, flagged `refused-after-received`.
    9 then 4        open again, flagged `reopened`. 9, 4, 9: an end counts only when nothing open or paused
                    (but a 2) comes after it; so after the last re-opening the first 9 gives the time.
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
    two systems     where the rules have an authority: see authority.heard. Flagged `systems-disagree`.

    Only resolved cases in the figures have outcomes.
    """
    # Named caches: polars does not see that two plans are the same where functions of ours are in them.
    return of_facts(facts_of(events, rules).cache(), rules)


def of_facts(facts: pl.LazyFrame, rules: CaseRules) -> pl.LazyFrame:
    """The fold of events whose facts are worked out, and cached: they are read several times."""
    cases = _states(facts, rules).cache()
    cases = _limited(_credited(cases, _resolving(facts, cases)), rules)
    if rules.clocks is None:
        return _without_clocks(cases)
    cases = cases.cache()
    rows = timeline.ordered(facts, clocked.watched(cases, rules.clocks), rules).cache()
    said = timeline.told(rows, rules.clocks)
    return _with_clocks(cases, said, consultations.held(rows) if rules.consults else None, rules)


def fold_now(events: pl.DataFrame, rules: CaseRules) -> pl.DataFrame:
    """The fold of one small batch at once, in memory and as written: planning costs more than it saves."""
    return fold_facts(facts_now(events, rules), rules)


def facts_now(events: pl.DataFrame, rules: CaseRules) -> pl.DataFrame:
    """`facts_of` a small batch."""
    return _now(facts_of(events.lazy(), rules))


def fold_facts(facts: pl.DataFrame, rules: CaseRules) -> pl.DataFrame:
    """The fold of a small batch whose facts are worked out."""
    cases = _now(_states(facts.lazy(), rules))
    if cases.get_column("renamed").any():
        cases = _now(_credited(cases.lazy(), _now(_resolving(facts.lazy(), cases.lazy())).lazy()))
    cases = _now(_limited(cases.lazy(), rules))
    if rules.clocks is None:
        return _now(_without_clocks(cases.lazy()))
    said, held = timeline.NOTHING.lazy(), None
    if cases.get_column("eventful").any():
        watched = clocked.watched(cases.lazy(), rules.clocks)
        rows = _now(timeline.ordered(facts.lazy(), watched, rules))
        lagging = bool(rows.get_column("lagging").any())
        said = _now(timeline.told(rows.lazy(), rules.clocks, lagging)).lazy()
        if rules.consults and rows.get_column("consult").is_not_null().any():
            held = consultations.held(rows.lazy())
    return _now(_with_clocks(cases.lazy(), said, held, rules))


def intervals(events: pl.DataFrame, rules: CaseRules, at: datetime | None = None) -> pl.DataFrame:
    """The spans of one case between reception and end, in order; empty where it was not received.

    Columns status, phase, at, until (Int64 microseconds UTC; null: still), reason, policy, work (working
    microseconds; of what still lasts, up to `at`), part (`counted`, `paused`, `end`), voided (whether the
    limit began anew after it), key. ValueError where the feed has no clocks.
    """
    if rules.clocks is None:
        raise ValueError(f"{rules.feed} has no clocks; name a calendar and `clocks` in its feed.yaml")
    facts = _now(facts_of(events.lazy(), rules)).lazy()
    cases = _states(facts, rules)
    cases = _limited(_credited(cases, _resolving(facts, cases)), rules)
    cases = clocked.watched(cases.with_columns(eventful=pl.lit(value=True)), rules.clocks)
    spans = timeline.spans(timeline.ordered(facts, cases, rules), rules.clocks)
    return _now(timeline.parted(spans, rules.clocks, at))


def counting(events: pl.DataFrame, rules: CaseRules) -> pl.DataFrame:
    """The events of cases, rows as given, with `counts`: false where another content of the same identity, or
    the word of a more believed system, counts instead.
    """
    return _now(facts_of(events.lazy(), rules).select(*EVENTS.names(), "counts"))


def _now(frame: pl.LazyFrame) -> pl.DataFrame:
    return frame.collect(engine="in-memory", optimizations=pl.QueryOptFlags.none())


def facts_of(events: pl.LazyFrame, rules: CaseRules) -> pl.LazyFrame:
    """The events with `counts`, `order` and what the plan reads of them; further columns stay."""
    plan, known = plan_of(rules), weighed(events)
    if rules.authority is not None:
        known = authority.heard(known, rules.authority, rules)
    return known.with_columns(**plan.read).with_columns(order=plan.order)


def _states(facts: pl.LazyFrame, rules: CaseRules) -> pl.LazyFrame:
    plan = plan_of(rules)
    cases = facts.group_by("case_id").agg(**plan.found)
    for step in plan.steps:
        cases = cases.with_columns(**step)
    return cases


def _resolving(facts: pl.LazyFrame, cases: pl.LazyFrame) -> pl.LazyFrame:
    """Who resolves the few cases that were given an agency after their end, and when that was said."""
    named = facts.filter(pl.col("named") & pl.col("at").is_not_null())
    ended = cases.filter("renamed").select("case_id", end=pl.col("resolved_at").cast(pl.Int64))
    at, in_time = pl.col("at"), pl.col("at") <= pl.col("end")
    by_then, first = last(pl.col("agency"), in_time), pl.col("agency").min_by("order")
    return (
        named.join(ended, on="case_id")
        .group_by("case_id")
        .agg(
            credited=pl.coalesce(by_then, first),
            credited_at=pl.coalesce(pl.when(in_time).then(at).max(), at.min()),
        )
    )


def _credited(cases: pl.LazyFrame, resolving: pl.LazyFrame) -> pl.LazyFrame:
    return cases.join(resolving, on="case_id", how="left").with_columns(
        agency=pl.coalesce("credited", "agency"), agency_at=pl.coalesce("credited_at", "agency_at")
    )


def _limited(cases: pl.LazyFrame, rules: CaseRules) -> pl.LazyFrame:
    for step in plan_of(rules).limits:
        cases = cases.with_columns(**step)
    return cases


def _with_clocks(
    cases: pl.LazyFrame, said: pl.LazyFrame, held: pl.LazyFrame | None, rules: CaseRules
) -> pl.LazyFrame:
    cases = cases.join(said, on="case_id", how="left")
    none = cases.with_columns(**consultations.NONE)
    cases = none if held is None else cases.join(held, on="case_id", how="left")
    for step in plan_of(rules).clocks:
        cases = cases.with_columns(**step)
    return _spoken(cases)


def _without_clocks(cases: pl.LazyFrame) -> pl.LazyFrame:
    return _spoken(cases.with_columns(**{name: pl.lit(None, kind) for name, kind in CLOCKED.items()}))


def _spoken(cases: pl.LazyFrame) -> pl.LazyFrame:
    return cases.with_columns(flags=spoken("flag_bits", (*FLAGS, *CLOCK_FLAGS))).select(CASES.names())
