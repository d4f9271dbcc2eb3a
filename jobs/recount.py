"""Figures counted again by stored definitions, for a question: the rollup's kernel over stored events.

In this process, some codes at a time; nothing is staged or published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import polars as pl

from ioc.kernel.events import EVENTS
from ioc.kernel.flow import add_up, flow_days
from ioc.kernel.identity import joined
from ioc.kernel.months import MONTH_FIGURES, MONTH_KEYS, Months
from ioc.kernel.period_names import NamedPeriod
from ioc.kernel.rules import CaseRules
from ioc.warehouse.connection import Connection
from ioc.warehouse.known import Ends, below, events_of, of_type, stretches
from ioc.warehouse.months import added_up
from jobs.flow_day import COUNTED, DAYS, MONTHS, NO_MONTHS, folded
from jobs.whole import named
from jobs.window import Window

# As many events are read and folded together: read as text 200 bytes each, folded 470 (jobs.flow_day), so
# some 200 MB whatever the feed holds.
AT_ONCE = 300_000
EVENTS_A_CASE = 10  # more than most have


@dataclass(frozen=True)
class Recount:
    """Frames CELLS of days and MONTH_CELLS of the months asked for; over how many cases, and set aside."""

    cells: pl.DataFrame
    cells_of_months: pl.DataFrame
    counted: Months
    cases: int
    set_aside: int

    def days(self, window: Window, credit: str) -> pl.DataFrame:
        """Frame of FLOW_DAYS, of one credit, as the rollup stages them."""
        days = flow_days(self.cells.lazy(), window.first, window.last)
        return days.filter(pl.col("credit") == credit).collect()

    def months(self, period: NamedPeriod) -> pl.DataFrame:
        """Frame of PERIOD_MONTHS of a period that `counted` holds whole."""
        return added_up(named(self.cells_of_months, self.counted.calendars), period)


def recount(conn: Connection, rules: CaseRules, position: Ends, months: Months = NO_MONTHS) -> Recount:
    """All that was delivered below the position, by these rules; the transaction should see one snapshot."""
    rules = replace(rules, levels=None)  # nothing by procedure is asked for here
    parts = [folded(events.lazy(), rules, months) for events in _slices(conn, rules, position)]
    days, counted = ([part[t.name] for part in parts] for t in (DAYS, COUNTED))
    found = [part[MONTHS.name] for part in parts if MONTHS.name in part]
    cells = add_up(pl.concat([DAYS.schema.to_frame(), *days]).lazy()).collect()
    added = pl.concat([MONTHS.schema.to_frame(), *found])
    summed = added.group_by(MONTH_KEYS).agg(pl.col(MONTH_FIGURES).sum()).select(added.columns)
    cases, aside = pl.concat([COUNTED.schema.to_frame(), *counted]).sum().row(0)
    return Recount(cells, summed, months, int(cases), int(aside))


def _slices(conn: Connection, rules: CaseRules, position: Ends) -> Iterator[pl.DataFrame]:
    """Frames of EVENTS, each under its case, whole cases at a time; joined as these rules join."""
    cases = _crosswalk(conn, rules, position)
    for known in stretches(conn, rules.feed, AT_ONCE):
        alone = below(known, position).filter(~pl.col("case_id").is_in(list(cases)))
        if len(alone):
            yield alone.select(EVENTS.names())
    codes = sorted(cases, key=lambda code: (cases[code], code))
    for part in _whole_cases(codes, cases):
        known = below(events_of(conn, rules.feed, part), position)
        if len(known):
            yield joined(known.select(EVENTS.names()).lazy(), cases).collect()


def _whole_cases(codes: list[str], cases: Mapping[str, str]) -> Iterator[list[str]]:
    """The codes, in order of their cases, some cases at a time."""
    some: list[str] = []
    for code in codes:
        if some and len(some) >= AT_ONCE // EVENTS_A_CASE and cases[code] != cases[some[-1]]:
            yield some
            some = []
        some.append(code)
    if some:
        yield some


def _crosswalk(conn: Connection, rules: CaseRules, position: Ends) -> dict[str, str]:
    """Code -> case of the codes that events below the position join."""
    identity = rules.identity
    if identity is None:
        return {}
    known = below(of_type(conn, rules.feed, identity.type, identity.same_as), position)
    return identity.cases(known.select("case_id", "other").unique().rows())
