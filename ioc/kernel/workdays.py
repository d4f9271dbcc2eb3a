"""Days of one or many working calendars, laid end to end into the sorted arrays that worktime.py searches."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[np.int64]
MOST = 2**62  # above every place, and with room for a sum


@dataclass(frozen=True)
class Day:
    """One local day; instants in microseconds UTC.

    hand_over: of a working day, one of the n of a limit: what is received until then is handed over the
    same day. None on any other day, even one on which sessions are worked.
    """

    on: date
    start: int
    sessions: tuple[tuple[int, int], ...] = ()
    hand_over: int | None = None


@dataclass(frozen=True)
class Calendar:
    """One version of one agency's days ('' is every agency without its own), unbroken, until `end`.

    known: the instant from which on the version is known, in microseconds UTC, as all instants.
    """

    agency: str
    version: str
    known: int
    days: Sequence[Day]
    end: int


@dataclass(frozen=True)
class Arrays:
    """The calendars laid end to end, calendar k in the places from k * width on.

    Sessions, the first of each calendar an empty one: where it begins, lag = begins less what was worked
    before it (in all calendars before, too), worked = what is worked once it has ended. Working days: day =
    their midnight, opens, cut (the last reception for the same day), closes. All days: midnights, month,
    in_month (from 0). Months: month_first (the number of its first day), month_length,
    which a calendar that ends within the month does not shorten.
    """

    begins: Column
    lag: Column
    worked: Column
    day: Column
    opens: Column
    cut: Column
    closes: Column
    midnights: Column
    month: Column
    in_month: Column
    month_first: Column
    month_length: Column


def grid(calendars: Sequence[Calendar]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[int, ...]]:
    """Agencies, versions and when each became known, having checked that they agree.

    ValueError unless every agency has every version, agency by agency, over one and the same span.
    """
    agencies = tuple(dict.fromkeys(calendar.agency for calendar in calendars))
    versions = tuple(dict.fromkeys((calendar.version, calendar.known) for calendar in calendars))
    if not calendars or agencies[0] != "":
        raise ValueError("calendars: begin with the one of agency '', which holds for all others")
    given = [(calendar.agency, calendar.version, calendar.known) for calendar in calendars]
    if given != [(agency, *version) for agency in agencies for version in versions]:
        raise ValueError("calendars: give every agency every version once, agency by agency")
    if any(later <= earlier for (_, earlier), (_, later) in pairwise(versions)):
        raise ValueError("calendars: list the versions as they became known, each once")
    for calendar in calendars:
        _check(calendar)
    if len({(calendar.days[0].start, calendar.end) for calendar in calendars}) > 1:
        raise ValueError("calendars: they begin and end at different instants; give all the same years")
    return agencies, tuple(name for name, _ in versions), tuple(known for _, known in versions)


def _check(calendar: Calendar) -> None:
    which, days = f"calendar {calendar.agency!r} {calendar.version!r}", calendar.days
    if not days:
        raise ValueError(f"{which}: has no days; give at least one")
    if days[0].on.day != 1:
        raise ValueError(f"{which}: begins on {days[0].on}; begin on the first day of a month")
    for day, following in pairwise(days):
        if following.on != day.on + timedelta(days=1):
            raise ValueError(f"{which}: {following.on} follows {day.on}; leave no day out")
    ends = [*(day.start for day in days[1:]), calendar.end]
    for day, end in zip(days, ends, strict=True):
        bounds = [day.start, *(bound for session in day.sessions for bound in session), end - 1]
        if any(later < earlier for earlier, later in pairwise(bounds)):
            raise ValueError(f"{which}: the sessions of {day.on} overlap or leave the day; mend them")
        if day.hand_over is not None and not (day.sessions and bounds[1] <= day.hand_over <= bounds[-2]):
            raise ValueError(f"{which}: hand_over of {day.on} lies outside its sessions; mend either")


def combined(calendars: Sequence[Calendar], width: int) -> Arrays:
    """The arrays of all calendars, each shifted by its place times `width` (microseconds, above any span).

    The last of each array lies beyond all calendars: an index past the end is cut to it, and gives no answer.
    """
    laid = [(key * width - calendar.days[0].start, calendar.days) for key, calendar in enumerate(calendars)]
    beyond, sessions, days, months = len(laid) * width, [*_sessions(laid)], [*_days(laid)], [*_months(laid)]
    sessions.append((beyond, beyond - sessions[-1][2], MOST))
    return Arrays(
        **_columns(("begins", "lag", "worked"), sessions),
        **_columns(("day", "opens", "cut", "closes"), [*_working_days(laid), (beyond,) * 4]),
        **_columns(("midnights", "month", "in_month"), [*days, (beyond, len(months), 0)]),
        **_columns(("month_first", "month_length"), [*months, (len(days), 1)]),
    )


_Laid = Iterable[tuple[int, Sequence[Day]]]


def _sessions(laid: _Laid) -> Iterator[tuple[int, int, int]]:
    worked = 0
    for shift, days in laid:
        yield shift + days[0].start, shift + days[0].start - worked, worked
        for start, end in (session for day in days for session in day.sessions):
            lag, worked = shift + start - worked, worked + end - start
            yield shift + start, lag, worked


def _working_days(laid: _Laid) -> Iterator[tuple[int, int, int, int]]:
    for shift, days in laid:
        for day in days:
            if day.hand_over is not None:
                opens, closes = day.sessions[0][0], day.sessions[-1][1]
                yield shift + day.start, shift + opens, shift + day.hand_over, shift + closes


def _days(laid: _Laid) -> Iterator[tuple[int, int, int]]:
    for month, (shift, days) in enumerate(_by_month(laid)):
        for place, day in enumerate(days):
            yield shift + day.start, month, place


def _months(laid: _Laid) -> Iterator[tuple[int, int]]:
    first = 0
    for _, days in _by_month(laid):
        yield first, monthrange(days[0].on.year, days[0].on.month)[1]
        first += len(days)


def _by_month(laid: _Laid) -> Iterator[tuple[int, list[Day]]]:
    for shift, days in laid:
        for _, group in groupby(days, key=lambda day: (day.on.year, day.on.month)):
            yield shift, list(group)


def _columns(names: tuple[str, ...], rows: Sequence[tuple[int, ...]]) -> dict[str, Column]:
    return dict(zip(names, np.ascontiguousarray(np.array(rows, dtype=np.int64).T), strict=True))
