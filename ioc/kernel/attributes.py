"""What a case keeps of its events' data besides what every case has: each attribute as it was given last."""

from __future__ import annotations

import polars as pl

from ioc.kernel import stage_clocks
from ioc.kernel.fold import facts_now, fold_facts, fold_now
from ioc.kernel.plan import last
from ioc.kernel.rules import CaseRules

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
    own = ~pl.col("status").is_in(sorted(rules.consults)).fill_null(False)
    said = {name: pl.col(DATA).str.json_path_match(f"$.{name}") for name in rules.attributes}
    kept = {name: last(pl.col(name), pl.col(name).is_not_null() & pl.col("counts") & own) for name in said}
    found = facts.select("case_id", "counts", "status", "order", **said).group_by("case_id").agg(**kept)
    if rules.timed is not None:
        spans = stage_clocks.spans(facts, cases.select("case_id", "agency").join(found, on="case_id"), rules)
        found = found.join(stage_clocks.kept(spans, rules), on="case_id", how="left")
    whole = found.select("case_id", attributes=pl.struct(pl.exclude("case_id")).struct.json_encode())
    return cases.join(whole, on="case_id", how="left")
