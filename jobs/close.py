"""Closing days without reading history: out of the warehouse, on top of the revision that holds (ADR 0074).

Read are the events since that revision, the cases that they touch, and those that are open or ended since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from ioc.kernel.closing import Reach, closed_days, moved, since
from ioc.kernel.events import EVENTS
from ioc.kernel.flow import FLOW_DAYS, GROUP
from ioc.kernel.identity import joined
from ioc.kernel.months import Months
from ioc.kernel.rules import CaseRules
from ioc.rules import case_rules
from ioc.warehouse.connection import Connection
from ioc.warehouse.known import Ends, below, crosswalk_of, events_of, touched
from ioc.warehouse.offsets import standings
from ioc.warehouse.revisions import Published, published
from jobs.close_months import closed_months, new_months
from jobs.flow_day import COUNTED, DAYS, MONTHS, NO_MONTHS, folded
from jobs.runs import Rebuild, find
from jobs.told import TOLD, joined_as_told, position_of, told
from schemas import Feed

_DAY = timedelta(days=1)
TOUCHED = 200_000  # codes; where more were delivered since, the log is read instead
AT_ONCE = 50_000  # codes read and folded together: some 300,000 events, 150 MB
_STANDING = """
select case_id from cases where feed = %(feed)s and in_figures
    and (resolved_on is null or resolved_on >= %(since)s or entered_on >= %(since)s)
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
    days: pl.DataFrame
    months: pl.DataFrame
    ledger: pl.DataFrame
    cases: int
    set_aside: int


def close(conn: Connection, feed: Feed, months: Months, last: date) -> Closed:
    """Days up to `last` as the warehouse knows them now, in one snapshot; Rebuild where it cannot be done.

    months: all that are counted. The connection must be within no transaction.
    """
    conn.execute("set transaction isolation level repeatable read")
    before = published(conn, feed.feed)
    if before is None:
        raise Rebuild("nothing is published yet")
    base = _base(conn, feed, before)
    reach = Reach(before.covers_from, before.covers_to, max(last, before.covers_to))
    ended = new_months(months, reach)
    ends = {partition: s.next_offset for (_, partition), s in standings(conn, [feed.feed]).items()}
    codes = touched(conn, feed.feed, position_of(before, feed.feed), ends)
    if len(codes) > TOUCHED:
        raise Rebuild(f"{len(codes)} codes have new events: the log is read sooner")
    begins = min(ended.first, reach.closed + _DAY)
    rows = conn.execute(_STANDING, {"feed": feed.feed, "since": begins}).fetchall()
    standing = {str(case) for (case,) in rows}
    known = Known(case_rules(feed), ends, crosswalk_of(conn, feed.feed, standing | set(codes)), months)
    changed = _changed(conn, known, before, {known.cases.get(code, code) for code in codes}, ended)
    rest = _rest(conn, known, sorted(standing - changed.cases), ended)
    days, months_changed, ledger = _rows(conn, changed, rest, known, reach)
    return Closed(known, before, reach.last, days, months_changed, ledger, *_counts(changed, base))


def _base(conn: Connection, feed: Feed, before: Published) -> tuple[int, int]:
    """Over how many cases the revision that holds was made, and how many were set aside."""
    if before.definitions != feed.definitions_hash:
        raise Rebuild("the definitions changed")
    if conn.execute(_STALE, {"feed": feed.feed, "hash": feed.definitions_hash}).fetchall():
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
    now, then = _folded(_joined(events, known), known, ended), _folded(earlier, known, NO_MONTHS)
    restated = told(events, known, before) if len(events) else TOLD.to_frame()
    return _Changed(cases, now, then, restated)


def _rest(conn: Connection, known: Known, cases: list[str], ended: Months) -> list[Parts]:
    """Cases without later events, some at a time."""
    some = (set(cases[start : start + AT_ONCE]) for start in range(0, len(cases), AT_ONCE))
    return [_folded(_joined(_events(conn, known, part), known), known, ended) for part in some]


def _rows(
    conn: Connection, of: _Changed, rest: list[Parts], known: Known, reach: Reach
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """What changes of days and of months, and the ledger."""
    feed, parts = known.rules.feed, [of.now, *rest]
    change = moved(of.now[DAYS.name], of.then[DAYS.name], reach.closed)
    if not change.filter(pl.col("day") < reach.first).is_empty():
        raise Rebuild(f"something changed before {reach.first}, where the published days begin")
    fresh = pl.concat([part[DAYS.name] for part in parts]).filter(pl.col("day") > reach.closed)
    days = closed_days(_held(conn, feed, change, reach), change, fresh, reach)
    new = pl.concat([part[MONTHS.name] for part in parts])
    return days, *closed_months(conn, of.restated, new, known.months.calendars, reach, feed)


def _counts(of: _Changed, base: tuple[int, int]) -> tuple[int, int]:
    """Over how many cases by now, and how many of them are set aside."""
    now, then = (one[COUNTED.name].sum().row(0) for one in (of.now, of.then))
    return base[0] + now[0] - then[0], base[1] + now[1] - then[1]


def _events(conn: Connection, known: Known, cases: set[str]) -> pl.DataFrame:
    """All events of these cases, under all their codes; a frame of KNOWN."""
    identity = known.rules.identity
    codes = cases | {code for code, case in known.cases.items() if case in cases}
    return events_of(conn, known.rules.feed, codes, "" if identity is None else identity.same_as)


def _joined(events: pl.DataFrame, known: Known) -> pl.DataFrame:
    return joined(events.select(EVENTS.names()).lazy(), known.cases).collect()


def _folded(events: pl.DataFrame, known: Known, months: Months) -> Parts:
    nothing = {table.name: table.schema.to_frame() for table in (DAYS, MONTHS, COUNTED)}
    return nothing if events.is_empty() else nothing | folded(events.lazy(), known.rules, months)


def _held(conn: Connection, feed: str, change: pl.DataFrame, reach: Reach) -> pl.DataFrame:
    """The published days that closing looks at."""
    groups = change.select(GROUP).unique()
    asked: dict[str, Any] = {name: groups.get_column(name).to_list() for name in GROUP}
    asked |= {"feed": feed, "closed": reach.closed, "since": since(change, reach) - _DAY}
    return pl.DataFrame(conn.execute(_HELD.encode(), asked).fetchall(), schema=FLOW_DAYS, orient="row")
