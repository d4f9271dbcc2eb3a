"""Whether published figures are out of date, by the warehouse alone: no log is read, no Spark started."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from ioc.warehouse.connection import Connection
from ioc.warehouse.known import touched
from ioc.warehouse.observations import any_ended
from ioc.warehouse.offsets import ends
from ioc.warehouse.revisions import Published, published
from jobs.house import Asked, House
from jobs.told import position_of
from jobs.window import last_ended_day
from schemas import AnyFeed, ObservationFeed


def wanted(home: House, conn: Connection, feed: AnyFeed, asked: Asked) -> bool:
    """Whether a run is to roll this feed up: asked for by name, published and to be rebuilt, or due."""
    if asked.until is None and asked.feed:
        return True
    if asked.full and published(conn, feed.feed) is not None:
        return True
    return due(conn, feed, home.now, home.until(asked))


def due(conn: Connection, feed: AnyFeed, now: datetime, until: datetime | None = None) -> bool:
    """True where a day has ended since, the rules changed, or a covered day had a late event.

    What happened after the covered days waits until its day has ended. until: where the run is made for an
    earlier instant, only days that had ended by then count: those that are covered are left alone.
    """
    begun = conn.execute(
        "select from topic_partition where topic = %s and next_offset > 0 limit 1", [feed.feed]
    ).fetchone()
    if begun is None:
        return False
    today, ended = (last_ended_day(at, feed.zone) for at in (now, until or now))
    before = published(conn, feed.feed)
    if before is None:
        return ended == today or _began(conn, feed, ended)
    if before.covers_to < ended:
        return True
    if ended < today:  # what came since is for the run of the present
        return False
    return before.definitions != feed.definitions_hash or _late(conn, feed, before)


def _midnight(day: date, zone: str) -> datetime:
    """When the local day is over."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))


def _began(conn: Connection, feed: AnyFeed, last: date) -> bool:
    """Whether anything happened up to the day: figures begin with the first event, not with a day before."""
    found = conn.execute(
        "select from event where feed = %s and occurred_at < %s limit 1",
        [feed.feed, _midnight(last, feed.zone)],
    ).fetchone()
    return found is not None


def _late(conn: Connection, feed: AnyFeed, before: Published) -> bool:
    """Whether an event at or above the published position lies on a covered day.

    Of observations: whether one is of a period that ended on a covered day.
    """
    if isinstance(feed, ObservationFeed):
        news = touched(conn, feed.feed, position_of(before, feed.feed), ends(conn, feed.feed))
        return any_ended(conn, feed.feed, news, before.covers_to)
    midnight = _midnight(before.covers_to, feed.zone)
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
