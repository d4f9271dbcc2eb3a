"""Every check of every feed, in order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ioc.settings import Settings
from ioc.verify.check import Check
from ioc.verify.observations import check_observations
from ioc.verify.offsets import check_offsets
from ioc.verify.raw import RAW, check_raw
from ioc.verify.revision import check_revision
from ioc.verify.tiles import check_tiles
from ioc.warehouse import connect
from schemas import Feed, ObservationFeed, Registry


def verify(settings: Settings, registry: Registry, at: datetime) -> Iterator[Check]:
    """Checks each feed that has delivered anything; a feed that never did has nothing to be wrong."""
    with connect(settings, name="ioc verify") as conn:
        rows = conn.execute("select distinct topic from topic_partition where next_offset > 0").fetchall()
        conn.rollback()
        begun = {str(topic).removesuffix(".quarantine").removesuffix(RAW) for (topic,) in rows}
        for name, feed in sorted(registry.every.items()):
            if name not in begun:
                continue
            if isinstance(feed, Feed):
                yield from check_tiles(conn, feed, registry, at)
                yield from check_revision(conn, name)
            if isinstance(feed, ObservationFeed):
                yield from check_observations(conn, feed)
            yield from check_offsets(conn, settings, name)
            yield from check_raw(conn, settings, name)
        for name in sorted(begun - registry.every.keys()):  # what named no known feed was quarantined too
            yield from check_offsets(conn, settings, name)
