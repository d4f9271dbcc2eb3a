"""Keeps watched boards true: woken by the warehouse and by the clock, held to half of the time."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any

import psycopg

from ioc.errors import IocError
from screens.hub import Hub

log = logging.getLogger("screens")

SHARE = 1 / 2  # of the time at most goes into reading boards; the rest is the warehouse's for its writers
GAP_SECONDS = 0.025  # faster than the eye needs, slow enough to gather what arrives together
SCREEN_SECONDS = 0.0001  # one frame to one screen; with a thousand screens ten frames a second
CLOCK_SECONDS = 2.0  # a case becomes overdue, and a pipeline stale, without any event
LISTEN = ("ioc_live", "ioc_published")

Read = Callable[[str], Awaitable[dict[str, Any]]]


def rest_seconds(spent: float, screens: int) -> float:
    """How long to leave the warehouse alone after `spent` seconds of reading, for so many screens."""
    return max(spent * (1 / SHARE - 1), GAP_SECONDS - spent, screens * SCREEN_SECONDS)


class Watch:
    """One per process; `read` gives a feed's state, `stale` asks for its seldom-changing part too."""

    def __init__(self, feeds: Iterable[str], read: Read, stale: Callable[[str], None]) -> None:
        self.hubs = {feed: Hub() for feed in feeds}
        self._read, self._stale = read, stale
        self._dirty: set[str] = set()
        self._wake = asyncio.Event()

    def adopt(self, feeds: Iterable[str]) -> None:
        """Feeds come and go; the streams of one that went are closed."""
        promised = set(feeds)
        for feed in self.hubs.keys() - promised:
            self.hubs.pop(feed).close()
        self.hubs |= {feed: Hub() for feed in promised - self.hubs.keys()}

    def wake(self, channel: str, payload: str) -> None:
        """A NOTIFY, or a screen that joined: `payload` names feeds; without a known one all are meant."""
        named = set(re.findall(r"[\w-]+", payload)) & self.hubs.keys()
        feeds = named or set(self.hubs)
        if channel == "ioc_published":
            for feed in feeds:
                self._stale(feed)
        self._dirty |= feeds
        self._wake.set()

    async def run(self) -> None:
        """Reads dirty feeds that somebody watches; every CLOCK_SECONDS all of them."""
        clock = time.monotonic()
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), max(0.0, clock + CLOCK_SECONDS - time.monotonic()))
            self._wake.clear()
            if time.monotonic() >= clock + CLOCK_SECONDS:
                clock = time.monotonic()
                for feed in self.hubs:
                    self._stale(feed)
                self._dirty |= set(self.hubs)
            began = time.monotonic()
            dirty, self._dirty = sorted(self._dirty), set()
            for feed in dirty:
                await self._refresh(feed)
            screens = sum(len(hub.screens) for hub in self.hubs.values())
            await asyncio.sleep(rest_seconds(time.monotonic() - began, screens))

    async def _refresh(self, feed: str) -> None:
        hub = self.hubs.get(feed)
        if hub is None:
            return
        if not hub.screens:
            hub.state = (
                None  # nobody looks: the next screen waits for a true state instead of getting an old one
            )
            return
        try:
            hub.publish(await self._read(feed))
        except (psycopg.Error, OSError, IocError) as error:
            log.warning("%s: the board could not be read: %s", feed, error)
            self._stale(feed)
            hub.trouble("warehouse")

    def close(self) -> None:
        for hub in self.hubs.values():
            hub.close()


async def listen(
    connect: Callable[[], Awaitable[psycopg.AsyncConnection[Any]]], wake: Callable[[str, str], None]
) -> None:
    """Turns the warehouse's NOTIFY into wake-ups; after a lost connection everything is read anew."""
    while True:
        try:
            async with await connect() as connection:
                for channel in LISTEN:
                    await connection.execute(f"listen {channel}")
                wake("ioc_published", "")
                async for notice in connection.notifies():
                    wake(notice.channel, notice.payload)
        except (psycopg.Error, OSError) as error:
            log.warning("not listening to the warehouse: %s", error)
            await asyncio.sleep(1)
