"""The part of a board that changes seldom: words, names, sources, what was set aside, what was published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from ioc.event import instant_text
from schemas import AnyFeed, ObservationFeed, Registry
from schemas.feed import Feed
from schemas.flags import flags
from screens import surge, tiles
from screens.position import Position

ASIDE = """
select (select count(*) from cases where feed = %(feed)s and set_aside is not null) as cases,
       (select count(*) from quarantine where feed = %(feed)s and redriven_at is null) as messages
"""
# Three looks into the index: nothing is counted, since a province has a million cases.
REFOLDING = """
select exists (select from cases where feed = %(feed)s and definitions < %(hash)s)
    or exists (select from cases where feed = %(feed)s and definitions > %(hash)s)
    or exists (select from cases where feed = %(feed)s and definitions is null) as refolding
"""
PUBLISHED = """
select revision, covers_from, covers_to, published_at, definitions,
       (select count(*) from audit a where a.run_id = r.run_id) as checks,
       (select count(*) from audit a where a.run_id = r.run_id and not ok) as warnings
from revision r where feed = %(feed)s order by revision desc limit 1
"""
REFUSED = """
select run_id, state, coalesce(reason, '') as reason, covers_from, covers_to,
       coalesce(ended_at, started_at) as at
from run where feed = %(feed)s and state in ('refused', 'failed')
and started_at > coalesce(
    (select max(started_at) from run where feed = %(feed)s and state = 'published'), '-infinity')
order by started_at desc limit 1
"""
CHECKS = """
select "check", observed from audit where run_id = %s and severity = 'fail' and not ok order by "check"
"""
ALERTS = """
select dag, task, run, what, at from alert
where ended_at is null and (feed is null or feed = %(feed)s) order by at desc limit 5
"""
FIRST_SOURCES = (
    "select source, max(last_received_at) from cases where feed = %s and source is not null group by 1"
)
NEW_SOURCES = """
select source, max(received_at) from event
where topic = %s and partition = %s and "offset" >= %s and feed = %s group by 1
"""
Row = dict[str, Any]


class Sources:
    """Newest receipt of each system that ever sent; after the first look only new events are read."""

    def __init__(self) -> None:
        self._newest: dict[str, datetime] = {}
        self._seen: Position | None = None

    async def look(self, connection: AsyncConnection[Any], feed: str, position: Position) -> None:
        if self._seen is None:
            rows = await connection.execute(FIRST_SOURCES, (feed,))
            self._newest = {source: at for source, at in await rows.fetchall() if at is not None}
        else:
            since = dict(self._seen.offsets)
            for partition, offset in position.offsets:
                if offset != since.get(partition, 0):
                    args = (feed, partition, since.get(partition, 0), feed)
                    rows = await connection.execute(NEW_SOURCES, args)
                    for source, at in await rows.fetchall():
                        self._newest[source] = max(at, self._newest.get(source, at))
        self._seen = position

    def said(self, at: datetime, rhythm: timedelta) -> Row:
        """How many are current at `at`, and since when the others are silent, longest first."""
        silent = sorted((newest, source) for source, newest in self._newest.items() if at - newest > rhythm)
        return {
            "of": len(self._newest),
            "current": len(self._newest) - len(silent),
            "silent": [{"source": source, "newest": instant_text(newest)} for newest, source in silent[:20]],
        }


async def read(connection: AsyncConnection[Any], feed: Feed, registry: Registry) -> Row:
    """What is in no figure, the published revision, the run refused after it, and other tasks that failed."""
    return {**await _state(connection, feed), "meta": await words(connection, feed, registry)}


async def _state(connection: AsyncConnection[Any], feed: AnyFeed) -> Row:
    names = {"feed": feed.feed, "hash": feed.definitions_hash}
    found: Row = {}
    async with connection.cursor(row_factory=dict_row) as cursor:
        found["aside"] = await (await cursor.execute(ASIDE, names)).fetchone()
        if (stand := await (await cursor.execute(REFOLDING, names)).fetchone()) and stand["refolding"]:
            found["refolding"] = True
        if published := await (await cursor.execute(PUBLISHED, names)).fetchone():
            found["published"] = texts(published)
        if refused := await (await cursor.execute(REFUSED, names)).fetchone():
            checks = await (await cursor.execute(CHECKS, (refused["run_id"],))).fetchall()
            found["refused"] = {**texts(refused), "checks": checks}
        alerts = await (await cursor.execute(ALERTS, names)).fetchall()
    told = refused["run_id"] if refused else ""  # the banner of a refused run says what its alert says
    if alerts := [texts(alert) for alert in alerts if not told.endswith(alert["run"])]:
        found["alerts"] = alerts
    return found


async def words(connection: AsyncConnection[Any], feed: Feed, registry: Registry) -> Row:
    """What the page says: labels of statuses, channels and tiles, agency names, and the other feeds."""
    statuses = feed.lifecycle.statuses
    return {
        "kind": feed.kind,
        **await _common(connection, feed, registry),
        "compare": feed.deadline.compare,
        "tiles": tiles.described(feed, feed.tiles),
        "rates": tiles.described(feed, feed.rates),
        "statuses": {c: {"phase": s.phase, **s.label.model_dump()} for c, s in statuses.items()},
        "channels": {code: label.model_dump() for code, label in feed.channels.items()},
        "flags": {code: flag.model_dump() for code, flag in flags().items()},
        **({} if feed.hide_below is None else {"hide_below": feed.hide_below}),
        **surge.described(feed),
    }


async def of_observations(connection: AsyncConnection[Any], feed: ObservationFeed, registry: Registry) -> Row:
    """The same of a feed of observations, and what its page says."""
    series = {
        name: one.model_dump(include={"label", "explain", "unit", "good", "target", "decimals", "period"})
        | {"over": [one.over_time, one.over_agencies, one.over_dimensions]}
        for name, one in feed.series.items()
    }
    meta = {
        "kind": feed.kind,
        "manual": feed.manual,
        **await _common(connection, feed, registry),
        "series": series,
        "tiles": list(feed.tiles),
        "dimensions": {name: label.model_dump() for name, label in feed.dimensions.items()},
    }
    return {**await _state(connection, feed), "meta": meta}


async def _common(connection: AsyncConnection[Any], feed: AnyFeed, registry: Registry) -> Row:
    """Words that a page of either kind needs."""
    active = await with_cases(connection, registry)
    return {
        "label": feed.label.model_dump(),
        "owner": feed.owner,
        "zone": feed.zone,
        "rhythm_minutes": feed.rhythm_minutes,
        "example": feed.example,
        "agencies": await agency_names(connection, registry),
        "feeds": [{"feed": name, "label": registry.every[name].label.model_dump()} for name in active],
    }


async def agency_names(connection: AsyncConnection[Any], registry: Registry) -> dict[str, str]:
    """Names by code: reference data, and what a source registered for itself."""
    rows = await connection.execute("select code, name from agency")
    return {code: agency.name for code, agency in registry.agencies.items()} | dict(await rows.fetchall())


async def with_cases(connection: AsyncConnection[Any], registry: Registry) -> list[str]:
    """The feeds that have cases or observations, the busiest lately first; else one that is no example."""
    rows = await connection.execute(
        "with there as (select f, (select max(at) from knowledge where feed = f) newest "
        "from unnest(%s::text[]) f where exists (select from cases where feed = f)) "
        "select f, (select count(*) from knowledge where feed = f and at > ("
        "select max(newest) - interval '1 day' from there)) from there order by 2 desc, 1",
        (list(registry.every),),
    )
    active = [feed for feed, _ in await rows.fetchall()]
    if active:
        return active
    # Of an empty warehouse first the feed that official forms are filled from.
    return sorted(registry.feeds, key=lambda name: _rank(registry.feeds[name]))[:1]


def _rank(feed: Feed) -> tuple[bool, bool]:
    return feed.example, not feed.channel_kinds


def texts(row: Mapping[str, Any]) -> Row:
    """Dates and instants as text; absent instead of null, so that a delta can say what went away."""
    shown = {k: instant_text(v) if isinstance(v, datetime) else v for k, v in row.items() if v is not None}
    return {k: v if isinstance(v, (str, int, bool, list, dict)) else v.isoformat() for k, v in shown.items()}
