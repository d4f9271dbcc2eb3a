"""How fresh the exchanges between systems are, by the feeds that tell it: a line of every board."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection

from ioc.event import instant_text
from ioc.kernel.observations import OBSERVED
from schemas import ObservationFeed, Registry

SECONDS = 30.0  # between two looks into the warehouse
MOST = 10 * 366 * 24 * 60  # minutes; beyond all years a number would break every board
DAYS = 7  # an exchange that told nothing for longer is no longer one
NAMED = 10  # late ones that are named
# The newest word on an exchange's newest day, and when it was last heard of; null: nothing has arisen.
NEWEST = """
select distinct on (exchange) exchange, last_occurred_at - minutes * interval '1 minute' from (
    select attributes->>%(by)s exchange, attributes->>'to' as day, last_occurred_at,
        case when attributes->>'value' is not null
            then greatest(least((attributes->>'value')::float8, %(most)s), 0) end as minutes
    from cases where feed = %(feed)s and phase = %(phase)s and attributes->>'series' = %(series)s
        and (attributes->>'to')::date between %(first)s and %(last)s
) told where exchange is not null order by exchange, day desc, last_occurred_at desc
"""
Row = dict[str, Any]
Newest = dict[str, datetime | None]


@dataclass
class Exchanges:
    """What was read last; `at` is held against it at each telling."""

    due: float = 0.0
    newest: dict[str, Newest] = field(default_factory=dict)

    async def told(self, connection: AsyncConnection[Any], registry: Registry, at: datetime) -> Row:
        """{exchanges: a row per feed that tells of any}; nothing where none does."""
        feeds = {name: feed for name, feed in registry.observations.items() if feed.freshness}
        if time.monotonic() >= self.due or feeds.keys() - self.newest.keys():
            self.newest = {name: await newest(connection, feed, at) for name, feed in feeds.items()}
            self.due = time.monotonic() + SECONDS
        rows = [said(feed, self.newest[name], at) for name, feed in feeds.items() if self.newest[name]]
        return {"exchanges": rows} if rows else {}


async def newest(connection: AsyncConnection[Any], feed: ObservationFeed, at: datetime) -> Newest:
    """Exchange -> when the newest one was, None where none was known."""
    assert feed.freshness is not None
    today = at.astimezone(ZoneInfo(feed.zone)).date()
    asked = {"feed": feed.feed, "phase": OBSERVED, "first": today - timedelta(days=DAYS), "last": today}
    asked |= {"series": feed.freshness.series, "by": feed.freshness.by, "most": MOST}
    return dict(await (await connection.execute(NEWEST, asked)).fetchall())


def said(feed: ObservationFeed, known: Newest, at: datetime) -> Row:
    """How many exchanges there are, how many are late at `at`, and which, the longest silent first."""
    assert feed.freshness is not None
    limit, words = timedelta(minutes=feed.freshness.late_after), feed.dimensions[feed.freshness.by].values
    late = [(since, name) for name, since in known.items() if since is None or at - since > limit]
    late.sort(key=lambda one: (one[0] is not None, one[0] or at, one[1]))
    return {
        "feed": feed.feed,
        "label": feed.label.model_dump(),
        "of": len(known),
        "current": len(known) - len(late),
        "late": [
            {"name": words[name].model_dump() if name in words else {"vi": name, "en": name}}
            | ({} if since is None else {"since": instant_text(since)})
            for since, name in late[:NAMED]
        ],
    }
