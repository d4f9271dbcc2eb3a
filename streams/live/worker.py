"""One worker: poll, decode, commit to the warehouse, and say what is known; see docs/adr/0020."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import datetime

import polars as pl
import psycopg

from ioc.admit import UNKNOWN_FEED
from ioc.clock import Clock
from ioc.heartbeat import Heartbeat
from ioc.kernel.attributes import fold_whole
from ioc.kernel.observations import observed
from ioc.rules import case_rules, observed_rules
from ioc.warehouse import definitions, live
from ioc.warehouse.connection import Connection
from schemas import Registry
from streams.live.decode import QUARANTINE, batch
from streams.process import Warehouse
from streams.promises import Promises
from streams.reader import Polled, Reader

log = logging.getLogger(__name__)

POLL_MS = 500
KNOW_EVERY_SECONDS = 1.0
# A transaction costs about the same for one event as for fifty, so a small one is followed by a rest in which
# company gathers: as long as itself, at most what a person would not notice.
SMALL, LONGEST_REST = 200, 0.010


def kernel(registry: Registry) -> live.Kernel:
    """The fold of every feed with its rules."""
    rules = {name: case_rules(feed, registry) for name, feed in registry.feeds.items()}
    observing = {name: observed_rules(feed) for name, feed in registry.observations.items()}

    def fold(feed: str, events: pl.DataFrame) -> pl.DataFrame:
        if feed in observing:
            return observed(events, observing[feed])
        return fold_whole(events, rules[feed])

    return live.Kernel(
        fold,
        {name: feed.definitions_hash for name, feed in registry.every.items()},
        {f: r.identity for f, r in rules.items() if r.identity},
    )


def topics_of(registry: Registry) -> list[str]:
    """What the live workers read: the accepted events of every feed, and everything refused."""
    feeds = sorted(registry.every)
    return [*feeds, *(feed + QUARANTINE for feed in [*feeds, UNKNOWN_FEED])]


class Worker:
    """The loop's body; its state is nothing that the warehouse does not know better."""

    def __init__(
        self, reader: Reader, warehouse: Warehouse, promises: Promises, clock: Clock, heartbeat: Heartbeat
    ) -> None:
        self._reader = reader
        self._warehouse = warehouse
        self._promises = promises
        self._clock = clock
        self._heartbeat = heartbeat
        self._kernel = kernel(promises.registry)
        self._agencies = live.Agencies(set())
        self._unknown: set[str] = set()  # feeds whose position moved since it was last written down
        self._knew = -KNOW_EVERY_SECONDS
        self._stale = True  # some cases may still be folded by other definitions

    def prepare(self, conn: Connection) -> None:
        """On each new connection: temporary tables, and the promises as the warehouse should know them."""
        live.prepare(conn)
        self._agencies = live.Agencies(definitions.publish(conn, self._promises.registry, self._clock.now()))

    def step(self) -> None:
        """One round; the warehouse going away costs a round, never an event."""
        if self._promises.refresh():
            self._kernel = kernel(self._promises.registry)
            self._reader.want(topics_of(self._promises.registry))
            self._warehouse.drop()
            self._stale = True
        try:
            polled = self._reader.poll(POLL_MS)
            began = time.monotonic()
            newest = self._take(polled) if polled else None
            self._know()
            if self._stale and _records(polled) < SMALL:
                self._stale = definitions.refold_some(self._warehouse.conn(), self._kernel)
        except live.Lost:
            log.warning(
                "another worker moved a partition of this poll: taken up again where the warehouse stands"
            )
            self._reader.seek_all()
            newest = None
        except (psycopg.OperationalError, psycopg.InterfaceError) as exc:
            log.warning("the warehouse failed, nothing was committed: %s", exc)
            self._warehouse.drop()
            self._reader.seek_all()
            newest = None
        else:
            if 0 < _records(polled) < SMALL:
                time.sleep(min(time.monotonic() - began, LONGEST_REST))
        self._heartbeat.beat(self._clock.now(), newest, self._detail())

    def _take(self, polled: Sequence[Polled]) -> datetime | None:
        taken = batch(polled, self._promises.admission)
        outcome = live.take(self._warehouse.conn(), taken, self._kernel, self._agencies)
        self._reader.moved(polled)
        for delivery in outcome.poison:
            log.error("quarantined %s/%d@%d: data-error", delivery.topic, delivery.partition, delivery.offset)
        self._unknown |= {d.event.feed for d in taken.deliveries} | {r.feed for r in taken.refused}
        return max((d.event.receipt.received_at for d in taken.deliveries), default=None)

    def _know(self) -> None:
        """Writes the position down at most once a second, the last one of a burst included."""
        if not self._unknown or time.monotonic() - self._knew < KNOW_EVERY_SECONDS:
            return
        feeds = {feed: [feed, f"{feed}.quarantine"] for feed in self._unknown}
        live.know(self._warehouse.conn(), feeds, self._clock.now())
        self._knew = time.monotonic()
        self._unknown = set()

    def _detail(self) -> dict[str, object]:
        detail = self._reader.detail()
        return detail if self._promises.problem is None else {**detail, "schemas": self._promises.problem}


def _records(polled: Sequence[Polled]) -> int:
    return sum(len(part.records) for part in polled)
