"""What the events since a revision did to its months: case by case, added up per cell, with their cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Protocol

import polars as pl

from ioc.kernel.events import EVENTS
from ioc.kernel.fold import fold
from ioc.kernel.identity import joined
from ioc.kernel.levels import LEVEL
from ioc.kernel.months import MONTH_FIGURES, MONTH_KEYS, NEEDED, Months, added
from ioc.kernel.rules import CaseRules
from ioc.ledger.restatements import EVENT_NAME
from ioc.warehouse.known import Ends, below, ends_of
from ioc.warehouse.revisions import Published
from jobs.whole import named

LISTED = 100  # events named in a row of the ledger; all are counted
CELL = ("calendar", "month", "agency", "channel", "sector", "figure")
TOLD = pl.Schema(
    {name: pl.String() for name in CELL}
    | {"change": pl.Int64(), "cause": pl.String(), "events": pl.List(pl.String()), "event_count": pl.Int64()}
)


class Knows(Protocol):
    """What is known of a feed at a position: code -> case of joined codes, and which months are counted."""

    @property
    def rules(self) -> CaseRules: ...
    @property
    def position(self) -> Ends: ...
    @property
    def cases(self) -> Mapping[str, str]: ...
    @property
    def months(self) -> Months: ...


def position_of(before: Published, feed: str) -> dict[int, int]:
    """What a revision knew of the feed's own topic."""
    return {int(partition): end for partition, end in before.position.get(feed, {}).items()}


def told(known: pl.DataFrame, knows: Knows, before: Published) -> pl.DataFrame:
    """Frame of KNOWN, of all cases that got events since the revision -> TOLD: how its months change."""
    old = position_of(before, knows.rules.feed)
    now, then = (_months(part, knows, before.covers_to) for part in (known, below(known, old)))
    parts = [now.with_columns(sign=1), then.with_columns(sign=-1)]
    diff = (
        pl.concat(parts)
        .with_columns(pl.col(MONTH_FIGURES) * pl.col("sign"))
        .with_columns(pl.col("case_id").replace(dict(knows.cases)))
        .unpivot(MONTH_FIGURES, index=["case_id", *MONTH_KEYS], variable_name="figure", value_name="change")
        .group_by("case_id", *MONTH_KEYS, "figure")
        .agg(pl.col("change").sum())
        .filter(pl.col("change") != 0)
    )
    return _by_cell(named(diff, knows.months.calendars), _causes(known, old, knows))


def joined_as_told(known: pl.DataFrame, rules: CaseRules) -> pl.DataFrame:
    """Frame of KNOWN -> frame of EVENTS and `level`, each code under its case as these events join them."""
    cases = dict[str, str]()
    if rules.identity is not None:
        links = known.filter(pl.col("type") == rules.identity.type).select("case_id", "other").rows()
        cases = rules.identity.cases(links)
    return joined(known.select(*EVENTS.names(), LEVEL).lazy(), cases).collect()


def _months(known: pl.DataFrame, knows: Knows, last: date) -> pl.DataFrame:
    events = joined_as_told(known, knows.rules)
    folded = fold(events.lazy(), knows.rules).select(NEEDED).collect(engine="in-memory")
    return added(events, folded, knows.rules, replace(knows.months, last=last))


def _causes(known: pl.DataFrame, old: Ends, knows: Knows) -> pl.DataFrame:
    """Per case what came since: its events, whether any joins codes or all came again, the first day."""
    rules: CaseRules = knows.rules
    alias: Any = False if rules.identity is None else pl.col("type") == rules.identity.type
    day = pl.col("occurred_at").dt.convert_time_zone(rules.zone).dt.date()
    return (
        known.filter(pl.col("offset") >= ends_of(old))
        .with_columns(pl.col("case_id").replace(dict(knows.cases)), alias=alias)
        .sort("partition", "offset")
        .unique(["case_id", "source", "id"], keep="first", maintain_order=True)
        .group_by("case_id", maintain_order=True)
        .agg(
            told=pl.format(EVENT_NAME, "source", "id"),
            joins=pl.col("alias").any(),
            again=pl.col("again").all(),
            since=day.min(),
        )
    )


def _by_cell(diff: pl.DataFrame, causes: pl.DataFrame) -> pl.DataFrame:
    cause = (
        pl.when("joins")
        .then(pl.lit("identity"))
        .when("again")
        .then(pl.lit("replay"))
        .when(pl.col("since") > pl.col("month_to"))
        .then(pl.lit("correction"))
        .otherwise(pl.lit("late-event"))
    )
    events = pl.col("told").list.explode(keep_nulls=False, empty_as_null=False)
    return (
        diff.join(causes, on="case_id")
        .with_columns(cause=cause)
        .group_by(*CELL, "cause")
        .agg(
            change=pl.col("change").sum(),
            events=events.head(LISTED),
            event_count=pl.col("told").list.len().sum().cast(pl.Int64),
        )
        .filter(pl.col("change") != 0)
        .select(TOLD.names())
    )
