"""Closing days without reading history: out of the warehouse, on top of the revision that holds (ADR 0074).

Read are the events since that revision, the cases that they touch, and those that are open or ended since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from ioc.kernel.closing import Reach, closed_days, moved, since
from ioc.kernel.events import EVENTS
from ioc.kernel.flow import FLOW_DAYS, GROUP
from ioc.kernel.identity import joined
from ioc.kernel.levels import LEVEL
from ioc.kernel.months import Months
from ioc.kernel.rules import CaseRules
from ioc.warehouse.connection import Connection
from ioc.warehouse.known import Ends, below, crosswalk_of, events_of, touched
from ioc.warehouse.offsets import ends
from ioc.warehouse.revisions import Published, published
from jobs import runs
from jobs.close_details import closed_details
from jobs.close_months import closed_months, new_months, opening
from jobs.flow_day import COUNTED, DAYS, MONTHLY, MONTHS, folded
from jobs.runs import Rebuild, find
from jobs.told import TOLD, joined_as_told, position_of, told
from jobs.whole import ROLLED

_DAY = timedelta(days=1)
TOUCHED = 200_000  # codes; where more were delivered since, the log is read instead
AT_ONCE = 50_000  # codes read and folded together: some 300,000 events, 150 MB
_STANDING = """
select case_id from cases where feed = %(feed)s and in_figures
    and (resolved_on is null or resolved_on >= %(since)s or entered_on >= %(since)s)
union all
select case_id from cases where feed = %(feed)s and set_aside is not null and entered_on >= %(since)s
"""
_STALE = """
select from cases where feed = %(feed)s and (definitions < %(hash)s or definitions > %(hash)s) limit 1
"""
_HELD = f"""
select {", ".join(FLOW_DAYS)} from flow_day where feed = %(feed)s and to_revision is null and (
    day = %(closed)s or day >= %(since)s and (credit, agency, channel) in (
        select * from unnest(%(credit)s::text[], %(agency)s::text[], %(channel)s::text[])
    )
)
"""
DETAILS = [(cells, table) for cells, table in ROLLED if table is not runs.MONTHS]
Parts = dict[str, pl.DataFrame]  # of jobs.flow_day.folded


@dataclass(frozen=True)
class Known:
    """What the warehouse knows of a feed at one position. `cases`: code -> case, of the joined codes read."""

    rules: CaseRules
    position: Ends
    cases: Mapping[str, str]
    months: Months


@dataclass(frozen=True)
class Closed:
    """The rows that change, of zeros where one holds no longer; the ledger; how many cases there are."""

    known: Known
    before: Published
    last: date
    rows: Mapping[str, pl.DataFrame]  # by the name of the table
    ledger: pl.DataFrame
    cases: int
    set_aside: int


def close(conn: Connection, rules: CaseRules, months: Months, last: date) -> Closed:
    """Days up to `last` as the warehouse knows them now, in one snapshot; Rebuild where it cannot be done.

    rules: of the feed, with its clocks. months: all that are counted. `conn` must be within no transaction.
    """
    conn.execute("set transaction isolation level repeatable read")
    before = published(conn, rules.feed)
    if before is None:
        raise Rebuild("nothing is published yet")
    base = _base(conn, rules, before)
    reach = Reach(before.covers_from, before.covers_to, max(last, before.covers_to))
    ended = new_months(months, reach)
    reached = ends(conn, rules.feed)
    codes = touched(conn, rules.feed, position_of(before, rules.feed), reached)
    if len(codes) > TOUCHED:
        raise Rebuild(f"{len(codes)} codes have new events: the log is read sooner")
    begins = min(ended.first, reach.closed + _DAY)
    rows = conn.execute(_STANDING, {"feed": rules.feed, "since": begins}).fetchall()
    standing = {str(case) for (case,) in rows}
    known = Known(rules, reached, crosswalk_of(conn, rules.feed, standing | set(codes)), months)
    changed = _changed(conn, known, before, {known.cases.get(code, code) for code in codes}, ended)
    rest = _rest(conn, known, sorted(standing - changed.cases), ended)
    changes, ledger = _rows(conn, changed, rest, known, reach)
    return Closed(known, before, reach.last, changes, ledger, *_counts(changed, base))


def _base(conn: Connection, rules: CaseRules, before: Published) -> tuple[int, int]:
    """Over how many cases the revision that holds was made, and how many were set aside."""
    if before.definitions != rules.definitions:
        raise Rebuild("the definitions changed")
    if conn.execute(_STALE, {"feed": rules.feed, "hash": rules.definitions}).fetchall():
        raise Rebuild("live is still folding cases by these definitions")
    run = find(conn, before.run_id)
    if run is None or run.cases is None or run.set_aside is None:
        raise Rebuild(f"run {before.run_id} does not say how many cases it counted")
    return run.cases, run.set_aside


@dataclass(frozen=True)
class _Changed:
    """The cases that got events since the revision, now and as then, and what that did to closed months."""

    cases: set[str]
    now: Parts
    then: Parts
    restated: pl.DataFrame


def _changed(conn: Connection, known: Known, before: Published, cases: set[str], ended: Months) -> _Changed:
    events = _events(conn, known, cases)
    earlier = joined_as_told(below(events, position_of(before, known.rules.feed)), known.rules)
    now, then = (_folded(some, known, ended) for some in (_joined(events, known), earlier))
    plain = replace(known, rules=replace(known.rules, clocks=None))  # months need no clocks
    restated = told(events, plain, before) if len(events) else TOLD.to_frame()
    return _Changed(cases, now, then, restated)


def _rest(conn: Connection, known: Known, cases: list[str], ended: Months) -> list[Parts]:
    """Cases without later events, some at a time; no clock of theirs is asked for until a month ends."""
    if ended.first > ended.last:
        known = replace(known, rules=replace(known.rules, clocks=None))
    some = (set(cases[start : start + AT_ONCE]) for start in range(0, len(cases), AT_ONCE))
    return [_folded(_joined(_events(conn, known, part), known), known, ended) for part in some]


def _rows(
    conn: Connection, of: _Changed, rest: list[Parts], known: Known, reach: Reach
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """What changes of every table, and the ledger."""
    feed, calendars, parts = known.rules.feed, known.months.calendars, [of.now, *rest]
    change = moved(of.now[DAYS.name], of.then[DAYS.name], reach.closed)
    if not change.filter(pl.col("day") < reach.first).is_empty():
        raise Rebuild(f"something changed before {reach.first}, where the published days begin")
    fresh = pl.concat([part[DAYS.name] for part in parts]).filter(pl.col("day") > reach.closed)
    days = closed_days(_held(conn, feed, change, reach), change, fresh, reach)
    opens, new = opening(conn, feed, calendars, reach), pl.concat([part[MONTHS.name] for part in parts])
    months, ledger = closed_months(conn, feed, of.restated, new, calendars, reach, opens)
    rows = {runs.DAYS.name: days, runs.MONTHS.name: months}
    for cells, table in DETAILS:
        name = cells.name
        of_cases = (of.now[name], of.then[name], [part[name] for part in rest])
        rows[table.name] = closed_details(conn, feed, table, of_cases, calendars, reach, opens)
    return rows, ledger


def _counts(of: _Changed, base: tuple[int, int]) -> tuple[int, int]:
    """Over how many cases by now, and how many of them are set aside."""
    now, then = (one[COUNTED.name].sum().row(0) for one in (of.now, of.then))
    return base[0] + now[0] - then[0], base[1] + now[1] - then[1]


def _events(conn: Connection, known: Known, cases: set[str]) -> pl.DataFrame:
    """All events of these cases, under all their codes; a frame of KNOWN."""
    identity, levels = known.rules.identity, known.rules.levels
    codes = cases | {code for code, case in known.cases.items() if case in cases}
    same_as, level = identity.same_as if identity else "", levels.attribute if levels else ""
    return events_of(conn, known.rules.feed, codes, same_as, level)


def _joined(events: pl.DataFrame, known: Known) -> pl.DataFrame:
    return joined(events.select(*EVENTS.names(), LEVEL).lazy(), known.cases).collect()


def _folded(events: pl.DataFrame, known: Known, months: Months) -> Parts:
    nothing = {table.name: table.schema.to_frame() for table in (DAYS, *MONTHLY, COUNTED)}
    return nothing if events.is_empty() else nothing | folded(events.lazy(), known.rules, months)


def _held(conn: Connection, feed: str, change: pl.DataFrame, reach: Reach) -> pl.DataFrame:
    """The published days that closing looks at."""
    groups = change.select(GROUP).unique()
    asked: dict[str, Any] = {name: groups.get_column(name).to_list() for name in GROUP}
    asked |= {"feed": feed, "closed": reach.closed, "since": since(change, reach) - _DAY}
    return pl.DataFrame(conn.execute(_HELD.encode(), asked).fetchall(), schema=FLOW_DAYS, orient="row")
