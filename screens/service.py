"""What the application stands on: registry, clock, warehouse, hubs, and the tasks that keep them going."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import psycopg
from starlette.applications import Starlette

from ioc.clock import Clock
from ioc.heartbeat import Heartbeat
from ioc.kernel.rules import CaseRules
from ioc.rules import case_rules
from ioc.story import Story
from schemas import Registry
from schemas.feed import Feed
from screens.assets import Assets
from screens.board import TICKER_SECONDS, Boards
from screens.cases import Terms
from screens.desk import Connection, Desk, connect, listening
from screens.exchanges import Exchanges
from screens.observing import ObservationBoards
from screens.watch import Watch, listen

BOARD_TIMEOUT_MS = 5_000
BEAT_SECONDS = 1.0


def rules_of(registry: Registry) -> dict[str, CaseRules]:
    return {name: case_rules(feed, registry) for name, feed in registry.feeds.items()}


class Service:
    """One per process. The boards have a connection of their own, so that no list can make a tile wait."""

    def __init__(
        self,
        registry: Registry,
        clock: Clock,
        url: str,
        assets: Assets,
        beat: Heartbeat,
        follow: Callable[[], Registry | None] = lambda: None,
    ) -> None:
        """`follow` gives new promises once their files have changed."""
        self.registry, self.clock, self.assets, self._follow = registry, clock, assets, follow
        self.desk = Desk(url)
        self.boards, self.observing = Boards(registry), ObservationBoards(registry)
        self.exchanges = Exchanges()
        self.watch = Watch(registry.every, self.read, self.stale)
        self.warehouse_answers = False
        self._url, self._beat = url, beat
        self._rules = rules_of(registry)
        self._connection: Connection | None = None
        self._turn = asyncio.Lock()
        self._owed: set[str] = set()  # feeds whose ticker is behind and will be read again soon

    def rules(self, feed: Feed) -> CaseRules:
        return self._rules[feed.feed]

    async def adopt(self, registry: Registry) -> None:
        """Goes by other promises: boards, lists and cases alike; building a calendar takes a second."""
        rules = await asyncio.to_thread(rules_of, registry)
        async with self._turn:
            self.registry, self._rules = registry, rules
            self.boards.adopt(registry)
            self.observing.adopt(registry)
            self.watch.adopt(registry.every)
        self.watch.wake("ioc_published", "")

    def stale(self, feed: str) -> None:
        """The next read of the feed's board asks for what changes seldom, too."""
        (self.observing if feed in self.registry.observations else self.boards).stale(feed)

    def terms(self, feed: Feed) -> Terms:
        """What a list of the feed goes by, as of now."""
        return Terms(feed, self.rules(feed), self.registry.history, self.clock.now())

    def story(self, feed: Feed) -> Story:
        return Story(self.registry, self.rules(feed))

    async def read(self, feed: str) -> dict[str, Any]:
        """The feed's board now; raises psycopg.Error where the warehouse does not answer."""
        async with self._turn:
            try:
                if self._connection is None or self._connection.closed:
                    self._connection = await connect(self._url, BOARD_TIMEOUT_MS)
                observed = feed in self.registry.observations
                boards, now = self.observing if observed else self.boards, self.clock.now()
                state = await boards.read(self._connection, feed, now)
                state |= await self.exchanges.told(self._connection, self.registry, now)
            except (psycopg.Error, OSError):
                self.warehouse_answers = False
                if self._connection is not None:
                    await self._connection.close()
                raise
            self.warehouse_answers = True
        if not observed and feed not in self._owed and self.boards.owes_ticker(feed, state["position"]):
            self._owed.add(feed)
            asyncio.get_running_loop().call_later(TICKER_SECONDS, self._ticker, feed)
        return state

    def _ticker(self, feed: str) -> None:
        self._owed.discard(feed)
        self.watch.wake("ioc_ticker", feed)

    async def beat(self) -> None:
        """The part's heartbeat, and whether the warehouse answers while nobody watches."""
        while True:
            with suppress(psycopg.Error, OSError):
                async with self.desk.snapshot() as connection:
                    await connection.execute("select 1")
                    self.warehouse_answers = True
            screens = sum(len(hub.screens) for hub in self.watch.hubs.values())
            self._beat.beat(self.clock.now(), detail={"screens": screens})
            if (registry := await asyncio.to_thread(self._follow)) is not None:
                await self.adopt(registry)
            await asyncio.sleep(BEAT_SECONDS)

    @asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        """Runs the tasks; at the end every stream is closed."""
        tasks = [
            asyncio.create_task(self.watch.run()),
            asyncio.create_task(listen(lambda: listening(self._url), self.watch.wake)),
            asyncio.create_task(self.beat()),
        ]
        try:
            yield
        finally:
            self.watch.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.desk.close()
            if self._connection is not None:
                await self._connection.close()
