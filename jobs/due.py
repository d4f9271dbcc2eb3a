"""Whether published figures are out of date, by the warehouse alone: no log is read, no Spark started."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from ioc.warehouse.connection import Connection
from ioc.warehouse.revisions import Published, published
from jobs.window import last_ended_day
from schemas import Feed


def due(conn: Connection, feed: Feed, now: datetime) -> bool:
    """True where a day has ended since, the rules changed, or a covered day had a late event.

    What happened after the covered days waits until its day has ended.
    """
    begun = conn.execute(
        "select from topic_partition where topic = %s and next_offset > 0 limit 1", [feed.feed]
    ).fetchone()
    if begun is None:
        return False
    before = published(conn, feed.feed)
    if before is None or before.definitions != feed.definitions_hash:
        return True
    return before.covers_to < last_ended_day(now, feed.zone) or _late(conn, feed, before)


def _late(conn: Connection, feed: Feed, before: Published) -> bool:
    """Whether an event at or above the published position lies on a covered day."""
    midnight = datetime.combine(before.covers_to + timedelta(days=1), time(), ZoneInfo(feed.zone))
    found = conn.execute(
        """
        select from jsonb_each_text(%s) place (partition, next)
        join event e on e.topic = %s and e.partition = place.partition::int
            and e."offset" >= place.next::bigint
        where e.occurred_at < %s limit 1
        """,
        [Jsonb(before.position.get(feed.feed, {})), feed.feed, midnight],
    ).fetchone()
    return found is not None
