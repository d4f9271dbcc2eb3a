"""From a calendar's file to the days the kernel counts: holidays, versions and agencies laid together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ioc.kernel import workdays
from ioc.kernel.worktime import Worktime
from schemas.calendar import WEEKDAYS, AgencyCalendar, Calendar, Hours, Session
from schemas.findings import Finding, Unusable, near

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
At = Callable[[date, time], int]


@dataclass(frozen=True)
class _Known:
    """All that is known with one version."""

    version: str
    known_on: date
    hours: tuple[Hours, ...] = ()
    overrides: dict[date, str] = field(default_factory=dict)
    agencies: dict[str, AgencyCalendar] = field(default_factory=dict)


def worktime(calendar: Calendar) -> Worktime:
    """What `calendars_of` lists, laid out to be searched."""
    return Worktime.of(calendars_of(calendar))


def calendars_of(calendar: Calendar) -> list[workdays.Calendar]:
    """Every version for all agencies and for each that differs in any; takes a while: 0.1 s for each of them.

    Unusable if the `holidays` package does not know the country.
    """
    off, worked = _of_the_country(calendar)
    versions, at = list(_accumulated(calendar)), _instants(calendar.zone)
    codes = ["", *sorted({code for version in versions for code in version.agencies})]
    first, last = calendar.years
    start, end = date(first, 1, 1), date(last + 1, 1, 1)
    dates = [start + timedelta(days=n) for n in range((end - start).days)]
    weekend = {WEEKDAYS.index(day) for day in calendar.weekend}
    found = []
    for code in codes:
        for known in versions:
            kinds = {**dict.fromkeys(off, "off"), **dict.fromkeys(worked, "worked"), **known.overrides}
            own = known.agencies.get(code, AgencyCalendar())
            days = [_day(on, kinds.get(on), on.weekday() in weekend, known, own, at) for on in dates]
            known_at = at(known.known_on, time.min)
            found.append(workdays.Calendar(code, known.version, known_at, days, at(end, time.min)))
    return found


def unlike_their_week(calendar: Calendar) -> frozenset[date]:
    """Days off that are no weekend, and weekend days that are worked, as all versions together say.

    Unusable if the `holidays` package does not know the country.
    """
    off, worked = _of_the_country(calendar)
    *_, known = _accumulated(calendar)
    kinds = {**dict.fromkeys(off, "off"), **dict.fromkeys(worked, "worked"), **known.overrides}
    weekend = {WEEKDAYS.index(day) for day in calendar.weekend}
    return frozenset(on for on, kind in kinds.items() if (kind == "worked") == (on.weekday() in weekend))


def _of_the_country(calendar: Calendar) -> tuple[set[date], set[date]]:
    """Days off, and weekend days worked in place of others.

    The package fills in worked days for the years it is asked for, and a swap may lie across New Year: so the
    years before and after are asked for too (0.109 gives Viet Nam's either way).
    """
    import holidays  # takes 0.4 s, which most commands never need

    first, last = calendar.years
    known = holidays.list_supported_countries(include_aliases=False)
    if calendar.country not in known:
        mend = f"name a country of the `holidays` package{near(calendar.country, known)}"
        raise Unusable([Finding(calendar.file, 0, "country", calendar.country, mend)])
    days = holidays.country_holidays(calendar.country, years=range(first - 1, last + 2))
    return set(days), set(days.weekend_workdays)


def _accumulated(calendar: Calendar) -> Iterator[_Known]:
    """Overrides add up; hours, and what is said of one agency, replace what an earlier version said."""
    known = _Known("", date.min)
    for version in calendar.versions:
        known = _Known(
            version.version,
            version.known_on,
            version.hours or known.hours,
            {**known.overrides, **{override.day: override.kind for override in version.overrides}},
            {**known.agencies, **version.agencies},
        )
        yield known


def _day(
    on: date, kind: str | None, weekend: bool, known: _Known, own: AgencyCalendar, at: At
) -> workdays.Day:
    """Of what is said of a day the first holds: closed here, off or worked by name, open here, the week."""
    start = at(on, time.min)
    if any(closure.holds(on) for closure in own.closes) or kind == "off":
        return workdays.Day(on, start)
    hours = _in_force(own.hours, on) or _in_force(known.hours, on)
    if hours is not None and (kind == "worked" or not weekend):
        return _worked(on, hours.sessions, hours.hand_over_until, at)
    openings = [o for o in own.opens if o.holds(on) and WEEKDAYS[on.weekday()] in o.weekdays]
    if hours is None or not openings:
        return workdays.Day(on, start)
    opening = openings[-1]
    found = _worked(on, opening.sessions, hours.hand_over_until, at)
    return found if opening.counts else workdays.Day(on, start, found.sessions)


def _worked(on: date, sessions: tuple[Session, ...], until: time, at: At) -> workdays.Day:
    latest = max(min(until, sessions[-1][1]), sessions[0][0])  # an opening may close before, or begin after
    times = tuple((at(on, start), at(on, end)) for start, end in sessions)
    return workdays.Day(on, at(on, time.min), times, at(on, latest))


def _in_force(hours: tuple[Hours, ...], on: date) -> Hours | None:
    return next((given for given in reversed(hours) if given.valid_from <= on), None)


def _instants(zone: str) -> At:
    """Local date and time -> microseconds UTC, remembered: agencies and versions share most of their days."""
    local, seen = ZoneInfo(zone), dict[tuple[date, time], int]()

    def at(on: date, clock: time) -> int:
        found = seen.get((on, clock))
        if found is None:
            found = seen[on, clock] = (datetime.combine(on, clock, local) - _EPOCH) // _MICROSECOND
        return found

    return at
