"""What the warehouse knows of a feed's hours: one text counts them, by a few looks into an index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ioc.calendars import unlike_their_week
from ioc.errors import BadInput
from ioc.event import instant_text
from ioc.kernel import surge
from ioc.kernel.subset import attribute_sql
from ioc.kernel.surge import Compared, Hour, Known, Week
from ioc.warehouse.connection import Connection
from ioc.warehouse.silence import TOLD, rhythm_days
from schemas import Feed, Registry
from schemas.surge import Surge

# A case is received when it enters the figures. The local day finds it by index, the instants cut the hour.
WITHIN = "in_figures and entered_on = {day} and entered_at >= {start} and entered_at < {end}"
_COUNTED = f"""
select w.n - 1, c.value, c.cases
from unnest(%(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
    with ordinality w (day, start_at, end_at, n)
cross join lateral (
    select {{value}} value, count(*) cases from cases
    where feed = %(feed)s and {WITHIN.format(day="w.day", start="w.start_at", end="w.end_at")} group by 1
) c
"""
_KNOWN = f"""
select (
    select min(entered_at) from cases where feed = %(feed)s and in_figures and entered_on = (
        select min(entered_on) from cases where feed = %(feed)s and in_figures
    )
), ({TOLD})
"""
NAMES = ("ended", "running")
LISTED = WITHIN.format(day="%(hour_day)s", start="%(hour_start)s", end="%(hour_end)s")
Row = dict[str, Any]
Query = tuple[bytes, Row]
Hours = tuple[Hour, ...]
Counts = list[dict[str, int]]


@dataclass(frozen=True)
class Watched:
    """A feed whose hours are held against the usual."""

    feed: Feed
    rule: Surge
    holidays: frozenset[date]

    @classmethod
    def of(cls, feed: Feed, registry: Registry) -> Watched | None:
        """None where the feed's file asks for no such thing."""
        if feed.surge is None:
            return None
        calendar = registry.calendars.get(feed.calendar or "")
        return cls(feed, feed.surge, unlike_their_week(calendar) if calendar else frozenset())

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.feed.zone)

    def hours(self, at: datetime) -> Hours:
        """The last ended and the running one."""
        return surge.ended(at, self.zone), surge.running(at, self.zone)

    def earlier(self, hour: Hour) -> list[Hour]:
        return surge.earlier(hour, self.rule.weeks, self.zone)

    def counting(self, hours: Sequence[Hour], at: datetime) -> Query:
        """Rows (place of the hour, value, cases) of what was received until before `at`."""
        by = self.rule.by
        value = f"coalesce({attribute_sql(by, self.feed.measurable[by])}::text, '')" if by else "''"
        asked = {
            "feed": self.feed.feed,
            "days": [hour.day for hour in hours],
            "starts": [hour.start for hour in hours],
            "ends": [min(hour.end, at) for hour in hours],
        }
        return _COUNTED.format(value=value).encode(), asked

    def knowing(self, hours: Sequence[Hour]) -> Query:
        """One row: the feed's first reception, and on which of the hours' days it was not silent."""
        asked = {
            "feed": self.feed.feed,
            "zone": self.feed.zone,
            "days": sorted({hour.day for hour in hours}),
            "rhythm_days": rhythm_days(self.feed.rhythm_minutes),
        }
        return _KNOWN.encode(), asked

    def weeks(self, hours: Sequence[Hour], counts: Counts, row: Sequence[Any]) -> list[Week]:
        """The earlier hours as they were counted, each with why it makes no usual, if it makes none."""
        known = Known(row[0], frozenset(row[1]), self.holidays)
        return [Week(one.day, n, known.left(one)) for one, n in zip(hours, counts, strict=True)]

    def compared(self, hour: Hour, counts: dict[str, int], weeks: Sequence[Week]) -> Compared:
        rule = self.rule
        return surge.compared(hour, counts, weeks, rule.weeks, rule.factor, rule.at_least)


def counted(hours: Sequence[Hour], rows: Iterable[tuple[Any, ...]]) -> Counts:
    """Per hour its cases by value."""
    found = [dict[str, int]() for _ in hours]
    for place, value, cases in rows:
        found[place][value] = cases
    return found


def read(conn: Connection, watched: Watched, at: datetime) -> dict[str, Compared]:
    """The ended and the running hour, in the caller's transaction."""

    def counts(hours: Sequence[Hour]) -> Counts:
        return counted(hours, conn.execute(*watched.counting(hours, at)))

    hours, found = watched.hours(at), dict[str, Compared]()
    for name, hour, now in zip(NAMES, hours, counts(hours), strict=True):
        before = watched.earlier(hour)
        row: Any = conn.execute(*watched.knowing(before)).fetchone()
        found[name] = watched.compared(hour, now, watched.weeks(before, counts(before), row))
    return found


def names(feed: Feed, which: str, at: datetime) -> Row:
    """Parameters hour_day, hour_start, hour_end of LISTED: the cases behind an hour's number."""
    zone = ZoneInfo(feed.zone)
    if feed.surge is None:
        raise BadInput("measure", "surge", "name another: this feed's file has no `surge`")
    if which not in NAMES:
        raise BadInput("role", which, f"name one of {', '.join(NAMES)}")
    hour = surge.ended(at, zone) if which == NAMES[0] else surge.running(at, zone)
    return {"hour_day": hour.day, "hour_start": hour.start, "hour_end": min(hour.end, at)}


def said(one: Compared) -> Row:
    """As JSON; what there is not is left out: a usual, how many times it is, a week's count or reason."""
    found: Row = {
        "from": instant_text(one.hour.start),
        "to": instant_text(one.hour.end),
        "n": one.n,
        "surges": one.surges,
        "weeks": [_week(week) for week in one.weeks],
        "top": [{"value": part.value, "n": part.n, "usual": part.usual} for part in one.top],
    }
    if one.usual is not None:
        found["usual"] = one.usual
    if one.times is not None:
        found["times"] = round(one.times, 1)
    return found


def _week(week: Week) -> Row:
    return {"day": week.day.isoformat()} | ({"n": week.n} if week.left is None else {"left": week.left})
