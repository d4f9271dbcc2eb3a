"""Which days a run covers: what was asked for, joined without a gap to what is published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ioc.errors import BadInput


@dataclass(frozen=True)
class Window:
    """Local days of a feed, both inclusive."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise BadInput("from", self.first.isoformat(), f"give a day up to the last one, {self.last}")

    def joined(self, first: date, last: date) -> Window:
        """The shortest stretch without a gap that holds both."""
        return Window(min(self.first, first), max(self.last, last))


def last_ended_day(now: datetime, zone: str) -> date:
    """The newest local day that is over."""
    return now.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)


def held_to_clock(window: Window, now: datetime, zone: str) -> Window:
    """The window, BadInput where its last day has not ended by the stack's clock: its figures do not exist yet."""
    last = last_ended_day(now, zone)
    if window.last > last:
        shown = now.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")
        mend = f"that day has not ended by the stack's clock ({shown}); give {last} or earlier"
        raise BadInput("to", window.last.isoformat(), mend)
    return window
