"""Which days a run covers: what was asked for, joined without a gap to what is published."""

from __future__ import annotations

import calendar
import re
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


def day_of(field: str, text: str, *, end: bool) -> date:
    """`2011-03-05`, or of the month `2011-03` its first or last day; BadInput names the field."""
    try:
        if found := re.fullmatch(r"(\d{4})-(\d{2})", text):
            year, month = int(found[1]), int(found[2])
            return date(year, month, calendar.monthrange(year, month)[1] if end else 1)
        return date.fromisoformat(text)
    except ValueError as exc:
        raise BadInput(field, text, "write a day as 2011-03-05 or a month as 2011-03") from exc


def window_of(first: str, last: str) -> Window:
    """The window that two texts name, both inclusive."""
    return Window(day_of("from", first, end=False), day_of("to", last, end=True))


def last_ended_day(now: datetime, zone: str) -> date:
    """The newest local day that is over."""
    return now.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)


def held_to_clock(window: Window, now: datetime, zone: str) -> Window:
    """The window; BadInput where its last day has not ended by the stack's clock: it has no figures yet."""
    last = last_ended_day(now, zone)
    if window.last > last:
        shown = now.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")
        mend = f"that day has not ended by the stack's clock ({shown}); give {last} or earlier"
        raise BadInput("to", window.last.isoformat(), mend)
    return window
