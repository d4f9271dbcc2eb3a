"""The fold of observations: of all that was said of one key, what reached us last."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from ioc.kernel.cases import CASES
from ioc.kernel.events import weighed
from ioc.kernel.period_names import PeriodCalendar, named
from ioc.kernel.texts import text_of

OBSERVED = "observed"  # the phase of such a case; it is in no figure of cases
CALENDAR = PeriodCalendar("CALENDAR", 1, 0, ("day", "week", "month", "quarter", "half", "year"))
SAID = ("series", "period", "value", "n", "reason")
ENDED = pl.Schema(  # value and n: plain decimals, '' where nothing has arisen or was told
    {
        **dict.fromkeys(("observation", "series", "agency", "dimensions", "period"), pl.String()),
        **{"period_from": pl.Date(), "period_to": pl.Date(), "value": pl.String(), "n": pl.String()},
    }
)


@dataclass(frozen=True)
class ObservedRules:
    """A feed's hash of definitions, and the data that name an observation besides series and period."""

    feed: str
    definitions: str
    dimensions: tuple[str, ...]


def observed(events: pl.DataFrame, rules: ObservedRules) -> pl.DataFrame:
    """Frame of EVENTS and `data`, any order, duplicates allowed -> frame of CASES and `attributes`.

    One row per key (`case_id`), phase `observed`. A correction is a later event: the one with the greatest
    (received_at, occurred_at, hash) is the observation, the earlier ones stay among the events. `attributes`
    is a JSON object of texts: series, period with its days `from` and `to` (inclusive), value, n, reason,
    dimensions.
    """
    kept = (*SAID, *rules.dimensions)
    path = {name: text_of("data", name) for name in kept}
    known = weighed(events.lazy()).with_columns(**path)
    counting = known.filter("counts").sort("received_at", "occurred_at", "hash")
    cases = counting.group_by("case_id", maintain_order=True).agg(
        pl.col("source", "agency", *kept).last(),
        events=pl.len().cast(pl.Int32),
        last_occurred_at=pl.col("occurred_at").max(),
        last_received_at=pl.col("received_at").max(),
    )
    conflicts = known.filter("conflicting").select("case_id").unique().with_columns(conflicting=True)
    found = cases.join(conflicts, on="case_id", how="left").collect(engine="in-memory")
    days = {text: named(text, CALENDAR) for text in found.get_column("period").unique()}
    first, last = (
        pl.col("period").replace_strict(said, return_dtype=pl.String)
        for said in ({t: str(d.start) for t, d in days.items()}, {t: str(d.last) for t, d in days.items()})
    )
    flag = pl.lit(["conflicting-id"], pl.List(pl.String))
    whole = found.with_columns(**{"from": first, "to": last}).with_columns(
        attributes=pl.struct(*kept, "from", "to").struct.json_encode(),
        flags=pl.when("conflicting").then(flag).otherwise(pl.lit([], pl.List(pl.String))),
        phase=pl.lit(OBSERVED),
        in_figures=pl.lit(value=False),
        withdrawn=pl.lit(value=False),
        definitions=pl.lit(rules.definitions),
    )
    missing = {name: pl.lit(None, kind) for name, kind in CASES.items() if name not in whole.columns}
    return whole.with_columns(**missing).select(*CASES.names(), "attributes")


def ended(cases: pl.DataFrame, rules: ObservedRules, last: date) -> pl.DataFrame:
    """What `observed` gave -> ENDED: those whose period had ended by `last`, inclusive; sorted by key."""
    said = {
        name: pl.col("attributes").str.json_path_match(f"$.{name}")
        for name in ("series", "period", "from", "to", "value", "n", *rules.dimensions)
    }
    told = cases.select("case_id", "agency", **said).filter(pl.col("to") <= str(last))
    named = pl.struct(rules.dimensions or ["series"]).struct.json_encode()  # there is no struct of nothing
    words = told.select(named).to_series()
    return (
        told.with_columns(
            observation=pl.col("case_id"),
            agency=pl.col("agency").fill_null(""),
            dimensions=_each(words, _named_alone) if rules.dimensions else pl.lit("{}"),
            period_from=pl.col("from").str.to_date(),
            period_to=pl.col("to").str.to_date(),
            value=_each(told.get_column("value"), _plain),
            n=_each(told.get_column("n"), _plain),
        )
        .select(ENDED.names())
        .sort("observation")
    )


def _each(texts: pl.Series, said: Callable[[str], str]) -> pl.Series:
    """Each different text once; what is null becomes ''."""
    known = {text: said(text) for text in texts.unique().drop_nulls()}
    return texts.replace_strict(known, default="", return_dtype=pl.String)


def _named_alone(text: str) -> str:
    named = {name: value for name, value in json.loads(text).items() if value is not None}
    return json.dumps(named, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(text: str) -> str:
    """One number, one text: 1e2, 100.0 and 100 are 100."""
    number = Decimal(text)
    return f"{number.normalize():f}" if number else "0"
