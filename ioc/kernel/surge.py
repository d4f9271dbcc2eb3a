"""An hour's receptions against the usual hour: which hours are compared, and what is made of their counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Literal
from zoneinfo import ZoneInfo

REACH = 2  # how many times as far back as the weeks that are wanted, in place of those left out
TOP = 3  # values that are named of the attribute by which it is told where a surge lies
_HOUR = timedelta(hours=1)
Left = Literal["before", "clocks", "holiday", "silent"]


@dataclass(frozen=True)
class Hour:
    """The instants from `start` until before `end` at which local clocks show this hour of this day.

    Where clocks are put forward it may be empty, where they are put back twice as long.
    """

    day: date
    hour: int
    start: datetime
    end: datetime

    @classmethod
    def of(cls, day: date, hour: int, zone: ZoneInfo) -> Hour:
        after = (day, hour + 1) if hour < 23 else (day + timedelta(days=1), 0)
        start, end = (datetime.combine(on, time(n), zone).astimezone(UTC) for on, n in ((day, hour), after))
        return cls(day, hour, start, end)

    @property
    def whole(self) -> bool:
        return self.end - self.start == _HOUR


def running(at: datetime, zone: ZoneInfo) -> Hour:
    """The local hour in which `at` lies."""
    local = at.astimezone(zone)
    return Hour.of(local.date(), local.hour, zone)


def ended(at: datetime, zone: ZoneInfo) -> Hour:
    """The last local hour that is over at `at`."""
    return running(running(at, zone).start - timedelta(microseconds=1), zone)


def earlier(hour: Hour, weeks: int, zone: ZoneInfo) -> list[Hour]:
    """This hour of this weekday in earlier weeks, the newest first, as far back as a usual may reach."""
    days = (hour.day - timedelta(weeks=n) for n in range(1, REACH * weeks + 1))
    return [Hour.of(day, hour.hour, zone) for day in days]


@dataclass(frozen=True)
class Known:
    """What tells whether a week may count: the feed's first reception, its days with a sign, its holidays."""

    first: datetime | None
    told: frozenset[date]
    holidays: frozenset[date]

    def left(self, hour: Hour) -> Left | None:
        """Why the hour makes no usual, None where it does; before the first reception there is no history."""
        if not hour.whole:
            return "clocks"
        if self.first is None or hour.start < self.first:
            return "before"
        if hour.day in self.holidays:
            return "holiday"
        return None if hour.day in self.told else "silent"


@dataclass(frozen=True)
class Week:
    """An earlier week's hour: its cases by value of the attribute ('': none), and why it is left out."""

    day: date
    counts: Mapping[str, int]
    left: Left | None = None

    @property
    def n(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Part:
    """Cases of the hour with one value of the attribute, and their usual number."""

    value: str
    n: int
    usual: float


@dataclass(frozen=True)
class Compared:
    """An hour and its usual, None: not yet; `weeks` are those that make it and those left out between."""

    hour: Hour
    n: int
    usual: float | None
    weeks: tuple[Week, ...]
    surges: bool
    top: tuple[Part, ...]

    @property
    def times(self) -> float | None:
        """How many times the usual it is; None where nothing can be divided by."""
        return self.n / self.usual if self.usual else None


def asked_for(weeks: Iterable[Week], wanted: int) -> tuple[tuple[Week, ...], bool]:
    """The newest weeks until so many of them count, and whether there are so many."""
    taken = list[Week]()
    for week in weeks:
        taken.append(week)
        if sum(one.left is None for one in taken) == wanted:
            return tuple(taken), True
    return tuple(taken), False


def compared(
    hour: Hour, counts: Mapping[str, int], weeks: Sequence[Week], wanted: int, factor: float, at_least: int
) -> Compared:
    """The hour against the median of its weeks, which one earlier surge does not move as it would a mean."""
    taken, enough = asked_for(weeks, wanted)
    n, counting = sum(counts.values()), [week for week in taken if week.left is None]
    if not enough:
        return Compared(hour, n, None, taken, surges=False, top=())
    usual = float(median(week.n for week in counting))
    parts = [
        Part(value, count, float(median(week.counts.get(value, 0) for week in counting)))
        for value, count in counts.items()
    ]
    above = sorted((part for part in parts if part.n > part.usual), key=lambda p: (p.usual - p.n, p.value))
    least = max(at_least, round(factor * usual, 9))  # 1.1 times 50 is 55
    return Compared(hour, n, usual, taken, n >= least, tuple(above[:TOP]))
