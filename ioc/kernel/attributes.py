"""What a case keeps of its events' data besides what every case has: each attribute as it was given last."""

from __future__ import annotations

import polars as pl

from ioc.kernel import stage_clocks
from ioc.kernel.fold import facts_now, facts_of, fold, fold_facts, fold_now, of_facts
from ioc.kernel.levels import LEVEL
from ioc.kernel.plan import last
from ioc.kernel.rules import CaseRules
from ioc.kernel.texts import text_of

DATA = "data"  # of an event: a JSON object, as text


def fold_whole(events: pl.DataFrame, rules: CaseRules) -> pl.DataFrame:
    """Frame of EVENTS and `data` -> frame of CASES and `attributes`: a JSON object of texts, null where the
    feed has none. Events count in the fold's order; one that speaks of another agency's opinion says nothing.
    How the feed's stages with limits of their own went is told there too (stage_clocks.kept).
    """
    if not rules.attributes and rules.timed is None:
        return fold_now(events.drop(DATA), rules).with_columns(attributes=pl.lit(None, pl.String))
    facts = facts_now(events, rules)
    cases = fold_facts(facts.drop(DATA), rules)
    said = {name: text_of(DATA, name) for name in rules.attributes}
    kept = {name: last(pl.col(name), _tells(name, rules)) for name in said}
    found = facts.select("case_id", "counts", "status", "order", **said).group_by("case_id").agg(**kept)
    if rules.timed is not None:
        spans = stage_clocks.spans(facts, cases.select("case_id", "agency").join(found, on="case_id"), rules)
        found = found.join(stage_clocks.kept(spans, rules), on="case_id", how="left")
    whole = found.select("case_id", attributes=pl.struct(pl.exclude("case_id")).struct.json_encode())
    return cases.join(whole, on="case_id", how="left")


def fold_levelled(events: pl.LazyFrame, rules: CaseRules) -> pl.LazyFrame:
    """Frame of EVENTS, and `level` where the rules have levels -> frame of CASES and `level`, as levels.py
    has both. The word that counts is the one that `attributes` would keep.
    """
    if rules.levels is None:
        return fold(events, rules).with_columns(pl.lit(None, pl.String).alias(LEVEL))
    facts = facts_of(events, rules).cache()
    said = facts.filter(_tells(LEVEL, rules)).select("case_id", "order", LEVEL)  # few events say it
    word = said.group_by("case_id").agg(last(pl.col(LEVEL), pl.lit(value=True)))
    cases = of_facts(facts, rules).join(word, on="case_id", how="left")
    return cases.with_columns(rules.levels.counted(pl.col(LEVEL)))


def _tells(name: str, rules: CaseRules) -> pl.Expr:
    """Whether an event's word on it is one of its case."""
    own = ~pl.col("status").is_in(sorted(rules.consults)).fill_null(False)
    return pl.col(name).is_not_null() & pl.col("counts") & own
