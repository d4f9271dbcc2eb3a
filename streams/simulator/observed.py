"""Made observations of one feed as events: when each is told, how a day grows, what is corrected."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import numpy as np

from ioc.kernel.observations import CALENDAR
from ioc.kernel.period_names import NamedPeriod, touched
from schemas import ObservationFeed, Registry, SimulatedSeries
from streams.simulator.figures import Figures, Row, bounded
from streams.simulator.made import Told

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Observed:
    """The made observations of one feed: a pure function of settings, reference data, seed and period."""

    def __init__(self, feed: ObservationFeed, simulated: SimulatedSeries, registry: Registry) -> None:
        self.feed, self.simulated = feed, simulated
        self.zone = ZoneInfo(feed.zone)
        hours = simulated.corrected.hours[1] if simulated.corrected else 0.0
        self.lasts: timedelta | None = (simulated.told.days[1] + 4) * DAY + timedelta(hours=hours)
        self.figures = Figures(feed, simulated, registry)
        self._event = next(iter(feed.events))
        self._kinds = sorted({feed.series[name].period for name in simulated.series})
        total = sum(simulated.hours)
        self._growth = [0.0, *accumulate(hour / total for hour in simulated.hours)]

    def day(self, day: date, past: bool = False) -> list[Told]:
        """Every message on periods that end on the day, in time; of a past one not how it grew."""
        found: list[Told] = []
        for kind in self._kinds:
            (period,) = touched(kind, day, day, CALENDAR)
            if period.last == day:
                found += (told for row in self.figures.rows(period) for told in self._told(row, period, past))
        return sorted(found)

    def _told(self, row: Row, period: NamedPeriod, past: bool) -> Iterator[Told]:
        rng, simulated = self.figures.draws(f"{row.series} told", row.key, period.start), self.simulated
        if row.says.every_minutes and not past:
            yield from self._growing(row, period)
        days, hours = simulated.told.days, simulated.told.hours
        on = period.until - DAY + rng.randint(days[0], days[1]) * DAY
        if self.feed.manual and on.weekday() > 4:  # by a person, at a desk
            on += (7 - on.weekday()) * DAY
        at = self._midnight(on) + timedelta(seconds=int(rng.uniform(*hours) * 3_600))
        off, reason = row.value, row.says.none.reason if row.value is None and row.says.none else None
        wrong, one = simulated.corrected, self.feed.series[row.series]
        if wrong and row.value is not None and not row.exact and rng.random() * 100 < wrong.share:
            by = max(row.value * rng.random() * wrong.by / 100, 10.0**-one.decimals)
            off = bounded(row.value + rng.choice((-by, by)), row.says, one, rng)
            if off != row.value:
                later = at + timedelta(seconds=int(rng.uniform(*wrong.hours) * 3_600))
                yield self._message(row, period, later, row.value, row.n, wrong.reason)
        yield self._message(row, period, at, off, row.n, reason)

    def _growing(self, row: Row, period: NamedPeriod) -> Iterator[Told]:
        """The figure so far: a sum grows by the hours' weights, what holds wavers."""
        rng = self.figures.draws(f"{row.series} so far", row.key, period.start)
        every, one = row.says.every_minutes or 1_440, self.feed.series[row.series]
        midnight, adds = self._midnight(period.start), one.over_time == "sum"
        for minutes in range(rng.randrange(every), 1_440, every):
            if row.value is None:
                continue
            so_far = float(np.interp(minutes / 60, range(25), self._growth))
            wavers = 1 if row.exact else rng.gauss(1, row.says.noise / 400)
            value = (
                math.floor(row.value * so_far) if adds else bounded(row.value * wavers, row.says, one, rng)
            )
            n = None if row.n is None else math.ceil(row.n * so_far) if one.over_time == "mean" else row.n
            yield self._message(row, period, midnight + minutes * MINUTE, value, n, None)

    def _midnight(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=self.zone)

    def _message(
        self,
        row: Row,
        period: NamedPeriod,
        at: datetime,
        value: float | None,
        n: int | None,
        reason: str | None,
    ) -> Told:
        data = {"series": row.series, "period": period.name, **row.key, "value": value, "n": n}
        more = {"reason": reason, "entered_by": self.simulated.entered_by}
        event = {
            "specversion": "1.0",
            "id": f"{at:%Y-%m-%dT%H:%M:%S}",
            "source": self.simulated.source,
            "type": f"{self.feed.feed}.{self._event}",
            "time": at.isoformat(),
            "dataschema": self.feed.dataschema(self._event),
            "datacontenttype": "application/json",
            "data": {k: v for k, v in (data | more).items() if v is not None or k == "value"},
        }
        return Told(at, json.dumps(event, ensure_ascii=False))
