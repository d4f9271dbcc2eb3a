"""What a step was called with, and what every step needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ioc.admit import registry_for
from ioc.clock import Clock
from ioc.named import one_of
from ioc.settings import Settings, load
from ioc.warehouse import connect
from ioc.warehouse.connection import Connection
from schemas import AnyFeed, Registry


@dataclass(frozen=True)
class Asked:
    """What a step was called with; without a feed it means all, without days up to the last ended one."""

    trigger: str
    feed: str | None = None
    first: date | None = None
    last: date | None = None
    due: bool = False  # only feeds whose published figures are out of date
    full: bool = False  # read the whole log, though days could be closed on top of what is published
    kind: str | None = None  # of feeds: case | observation; both without
    until: datetime | None = None  # the machine's instant that the run was made for: no day that ended later


@dataclass(frozen=True)
class House:
    """What every step needs: settings, promises, the present instant, the warehouse."""

    settings: Settings
    registry: Registry
    now: datetime

    def warehouse(self) -> Connection:
        return connect(self.settings, name="ioc jobs")

    def until(self, asked: Asked) -> datetime:
        """The stack's instant up to which days are to be closed: the present one, or that of the run."""
        if asked.until is None:
            return self.now
        return min(Clock.parse(self.settings.clock).at(asked.until), self.now)

    def feeds(self, asked: Asked) -> list[AnyFeed]:
        """The feed asked for, or every one of the kind; BadInput names the known ones."""
        every = sorted(self.registry.every.items())
        known = {name: feed for name, feed in every if asked.kind in (None, feed.kind)}
        return list(known.values()) if asked.feed is None else [one_of(known, asked.feed, "feed")]


def house() -> House:
    settings = load()
    return House(settings, registry_for(settings), Clock.parse(settings.clock).now())
