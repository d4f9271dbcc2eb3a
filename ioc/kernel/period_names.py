"""Named periods: a name and a calendar say which days, a day and a calendar say which period."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Period = Literal["day", "week", "month", "quarter", "half", "year", "6m", "9m", "ytd", "range"]
YEARS = (1900, 2199)  # of names; instants outside are refused at the door
_DAY = timedelta(days=1)
_MONTHS: dict[Period, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12, "6m": 6, "9m": 9, "ytd": 12}
_CUMULATIVE = ("6m", "9m", "ytd")  # from the year's first day
_TEXT: dict[Period, str] = {
    "month": "{year:04}-{nth:02}",
    "quarter": "{year:04}-Q{nth}",
    "half": "{year:04}-H{nth}",
    "year": "{year:04}",
    "6m": "{year:04}-6M",
    "9m": "{year:04}-9M",
}
_A_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_NAMES: dict[Period, tuple[str, str]] = {  # how it is written, an example
    "day": (f"({_A_DAY})", "2011-03-05"),
    "week": (r"([0-9]{4})-W([0-9]{2})", "2011-W09"),
    "month": (r"([0-9]{4})-([0-9]{2})", "2011-03"),
    "quarter": (r"([0-9]{4})-Q([0-9])", "2011-Q1"),
    "half": (r"([0-9]{4})-H([0-9])", "2011-H1"),
    "year": (r"([0-9]{4})", "2011"),
    "6m": (r"([0-9]{4})-6M", "2011-6M"),
    "9m": (r"([0-9]{4})-9M", "2011-9M"),
    "ytd": (rf"[0-9]{{4}}-YTD\.\.({_A_DAY})", "2011-YTD..2011-03-05"),
    "range": (rf"({_A_DAY})\.\.({_A_DAY})", "2010-12-20..2011-03-05"),
}


class NoSuchPeriod(ValueError):
    """What was given is no period of the calendar; `value` is what was given, `mend` what to give instead."""

    def __init__(self, value: str, mend: str) -> None:
        super().__init__(f"period: {value!r} cannot be used; {mend}")
        self.value = value
        self.mend = mend


@dataclass(frozen=True)
class PeriodCalendar:
    """Months begin on `first_day` (1..28) of the month `month_shift` from the one they are named after."""

    name: str
    first_day: int
    month_shift: int
    reported: tuple[Period, ...]

    @property
    def kinds(self) -> tuple[Period, ...]:
        """What `period` may be: a free range is nobody's and everybody's."""
        return (*self.reported, "range")

    def month_of(self, day: date) -> int:
        """The month that holds the day, counted from year 0 on: 12 * year + month - 1."""
        begun = day - (self.first_day - 1) * _DAY
        return 12 * begun.year + begun.month - 1 - self.month_shift

    def first_of(self, month: int) -> date:
        """The first day of such a month."""
        year, before = divmod(month + self.month_shift, 12)
        return date(year, before + 1, self.first_day)


@dataclass(frozen=True)
class NamedPeriod:
    """The days `start` <= day < `until`; forms print `start` and `last`, both inclusive."""

    name: str
    kind: Period
    calendar: PeriodCalendar
    start: date
    until: date

    @property
    def last(self) -> date:
        return self.until - _DAY


def named(text: str, calendar: PeriodCalendar) -> NamedPeriod:
    """The period of that name. NoSuchPeriod says what is wrong and what the calendar's names look like.

    2011-03-05, 2011-W09 (ISO), 2011-03, 2011-Q1, 2011-H1, 2011, from the year's first day on 2011-6M, 2011-9M
    and 2011-YTD..2011-03-05, any days 2010-12-20..2011-03-05; days in names are inclusive.
    """
    for kind, (pattern, _) in _NAMES.items():
        if said := re.fullmatch(pattern, text):
            return _checked(text, kind, said.groups(), calendar)
    forms = ", ".join(f"{_NAMES[kind][1]} ({kind})" for kind in calendar.kinds)
    raise NoSuchPeriod(text, f"write a period of {calendar.name} as {forms}")


def previous(period: NamedPeriod) -> NamedPeriod:
    """The period before, of the same kind.

    Of a cumulative one that of the year before (to the same day and month, 29/2 to 28/2), which does not end
    where this one starts: what it carried over is the stock of the day before `start`. Of a range as many
    days, up to that day.
    """
    kind, calendar, eve = period.kind, period.calendar, period.start - _DAY
    if kind == "range":
        return touched(kind, period.start - (period.until - period.start), eve, calendar)[0]
    if kind == "ytd":
        eve = _a_year_before(period.last)
    elif kind in _CUMULATIVE:
        eve = calendar.first_of(calendar.month_of(period.start) - 12)
    return touched(kind, eve, eve, calendar)[0]


def touched(kind: Period, start: date, end: date, calendar: PeriodCalendar) -> list[NamedPeriod]:
    """Every period of the kind with a day in start..end (inclusive), whole, in order; disjoint.

    Year-to-date goes up to `end`, in years before that to their last day; a range is exactly start..end.
    NoSuchPeriod where the calendar has no such kind, ValueError where start is after end.
    """
    _reported(kind, kind, calendar)
    if start > end:
        raise ValueError(f"from: {start} comes after {end}; give a day up to it")
    if kind == "range":
        return [NamedPeriod(f"{start}..{end}", kind, calendar, start, end + _DAY)]
    if kind in ("day", "week"):
        return list(_of_days(kind, start, end, calendar))
    step = 12 if kind in _CUMULATIVE else _MONTHS[kind]
    blocks = range(calendar.month_of(start) // step, calendar.month_of(end) // step + 1)
    found = [_of_months(kind, block * step, end, calendar) for block in blocks]
    return [period for period in found if start < period.until]


def _of_days(kind: Period, start: date, end: date, calendar: PeriodCalendar) -> Iterator[NamedPeriod]:
    length, day = _DAY, start
    if kind == "week":
        length, day = 7 * _DAY, start - start.weekday() * _DAY
    while day <= end:
        name = day.strftime("%G-W%V") if kind == "week" else day.isoformat()
        yield NamedPeriod(name, kind, calendar, day, day + length)
        day += length


def _of_months(kind: Period, month: int, end: date, calendar: PeriodCalendar) -> NamedPeriod:
    length = _MONTHS[kind]
    start, until = calendar.first_of(month), calendar.first_of(month + length)
    year, before = divmod(month, 12)
    if kind == "ytd":
        until = min(until, end + _DAY)
        return NamedPeriod(f"{year:04}-YTD..{until - _DAY}", kind, calendar, start, until)
    name = _TEXT[kind].format(year=year, nth=before // length + 1)
    return NamedPeriod(name, kind, calendar, start, until)


def _checked(text: str, kind: Period, said: tuple[str, ...], calendar: PeriodCalendar) -> NamedPeriod:
    _reported(text, kind, calendar)
    if not all(YEARS[0] <= int(year) <= YEARS[1] for year in re.findall(r"[0-9]{4}", text)):
        raise NoSuchPeriod(text, f"give a year from {YEARS[0]} to {YEARS[1]}")
    try:
        start, end = _days_within(kind, said, calendar)
        (found,) = touched(kind, start, end, calendar)
    except ValueError as exc:
        raise NoSuchPeriod(text, f"{calendar.name} has no such {kind}: {exc}") from exc
    if found.name != text:
        raise NoSuchPeriod(text, f"{calendar.name} has no such {kind}; the nearest is {found.name}")
    return found


def _days_within(kind: Period, said: tuple[str, ...], calendar: PeriodCalendar) -> tuple[date, date]:
    """First and last of the days that the parts of a name say. ValueError where there are none."""
    if kind in ("day", "ytd", "range"):
        return date.fromisoformat(said[0]), date.fromisoformat(said[-1])
    if kind == "week":
        monday = date.fromisocalendar(int(said[0]), int(said[1]), 1)
        return monday, monday
    nth = int(said[1]) if len(said) > 1 else 1
    first = calendar.first_of(12 * int(said[0]) + (nth - 1) * _MONTHS[kind])
    return first, first


def _reported(value: str, kind: Period, calendar: PeriodCalendar) -> None:
    if kind not in calendar.kinds:
        what = "" if value == kind else f"its kind is {kind}; "
        raise NoSuchPeriod(value, f"{what}{calendar.name} has {', '.join(calendar.kinds)}")


def _a_year_before(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)
