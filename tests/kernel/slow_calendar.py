"""Working time once more, slow and obvious: day by day, with datetime and nothing of the kernel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from schemas import Calendar
from schemas.calendar import Hours

ONE = timedelta(days=1)
NONE = timedelta(0)


@cache
def by_country(country: str, year: int) -> tuple[set[date], set[date]]:
    days = holidays.country_holidays(country, years=[year - 1, year, year + 1])
    return set(days), set(days.weekend_workdays)


class SlowCalendar:
    """One version as one agency sees it. Every answer is None where the calendar ends before it."""

    def __init__(self, calendar: Calendar, version: str, agency: str = "") -> None:
        self.calendar, self.agency, self.zone = calendar, agency, ZoneInfo(calendar.zone)
        names = [given.version for given in calendar.versions]
        self.told = calendar.versions[: names.index(version) + 1]

    def knows(self, at: datetime) -> bool:
        return self.calendar.years[0] <= at.astimezone(self.zone).year <= self.calendar.years[1]

    def hours(self, day: date) -> Hours:
        everybody = next(version.hours for version in reversed(self.told) if version.hours)
        mine = next(
            (v.agencies[self.agency].hours for v in reversed(self.told) if self.agency in v.agencies), ()
        )
        found = [h for h in everybody if h.valid_from <= day]
        own = [h for h in mine if h.valid_from <= day]
        return max(own or found, key=lambda h: h.valid_from)

    @cache  # noqa: B019 (a test's calendar lives as long as the test)
    def day(self, day: date) -> tuple[list[tuple[datetime, datetime]], bool]:
        """What is worked on a day, and whether it is one of the working days of a limit."""
        off, worked = by_country(self.calendar.country, day.year)
        mine = next((v.agencies[self.agency] for v in reversed(self.told) if self.agency in v.agencies), None)
        weekday = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"][day.weekday()]
        said = [o.kind for v in self.told for o in v.overrides if o.day == day]
        on = weekday not in self.calendar.weekend and day not in off
        if day in worked:
            on = True
        if said:
            on = said[-1] == "worked"
        free_weekend = weekday in self.calendar.weekend and (day not in off or day in worked) and not said
        sessions, counts = (self.hours(day).sessions if on else ()), on
        for opening in mine.opens if mine else ():
            lasts = opening.valid_from <= day <= (opening.valid_to or date.max)
            if not on and free_weekend and weekday in opening.weekdays and lasts:
                sessions, counts = opening.sessions, opening.counts
        for closure in mine.closes if mine else ():
            if closure.valid_from <= day <= (closure.valid_to or date.max):
                sessions, counts = (), False
        return [(self.local(day, start), self.local(day, end)) for start, end in sessions], counts

    def local(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(ZoneInfo("UTC"))

    def days(self, at: datetime) -> Iterator[date]:
        """The local date of an instant, and those after it until the calendar ends."""
        day = at.astimezone(self.zone).date()
        while day.year <= self.calendar.years[1]:
            yield day
            day += ONE

    def between(self, a: datetime, b: datetime) -> timedelta | None:
        if not (self.knows(a) and self.knows(b)):
            return None
        if b < a:
            return -(self.between(b, a) or NONE)
        worked = NONE
        for day in self.days(a):
            if day > b.astimezone(self.zone).date():
                break
            for start, end in self.day(day)[0]:
                worked += max(min(end, b) - max(start, a), NONE)
        return worked

    def after_hours(self, t: datetime, work: timedelta) -> datetime | None:
        if not self.knows(t) or work < NONE:
            return None
        if work == NONE:
            return t
        for day in self.days(t):
            for start, end in self.day(day)[0]:
                begin = max(start, t)
                if begin < end and work <= end - begin:
                    return begin + work
                work -= max(end - begin, NONE)
        return None

    def closes(self, t: datetime) -> list[datetime]:
        """Closes of working days, from t on."""
        found = [self.day(day)[0][-1][1] for day in self.days(t) if self.day(day)[1]]
        return [close for close in found if close >= t]

    def nth_close(self, t: datetime, n: int) -> datetime | None:
        closes = self.closes(t) if self.knows(t) else []
        return closes[n] if 0 <= n < len(closes) else None

    def after_days(self, t: datetime, n: int) -> datetime | None:
        return self.due(t, t.astimezone(self.zone).date() + n * ONE) if n >= 0 else None

    def after_months(self, t: datetime, n: int) -> datetime | None:
        if n < 0:
            return None
        day = t.astimezone(self.zone).date()
        years, month = divmod(day.month - 1 + n, 12)
        for last in (day.day, 30, 29, 28):
            try:
                return self.due(t, date(day.year + years, month + 1, min(day.day, last)))
            except ValueError:
                continue
        raise AssertionError(day)

    def due(self, t: datetime, day: date) -> datetime | None:
        if not self.knows(t):
            return None
        return next(iter(self.closes(max(t, self.local(day, time.min)))), None)

    def hand_over(self, t: datetime) -> datetime | None:
        return self._received(t, later_opens=True)

    def same_day(self, t: datetime) -> datetime | None:
        return self._received(t, later_opens=False)

    def _received(self, t: datetime, later_opens: bool) -> datetime | None:
        if not self.knows(t):
            return None
        today = t.astimezone(self.zone).date()
        for day in self.days(t):
            sessions, counts = self.day(day)
            if not counts:
                continue
            until = self.local(day, self.hours(day).hand_over_until)
            latest = max(min(until, sessions[-1][1]), sessions[0][0])
            if day == today and t <= latest:
                return sessions[-1][1]
            if day > today:
                return sessions[0][0] if later_opens else sessions[-1][1]
        return None
