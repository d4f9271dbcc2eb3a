"""Made observations of one feed: a pure function of settings, reference data, seed and period."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import product
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from ioc.kernel.observations import CALENDAR
from ioc.kernel.period_names import NamedPeriod, touched
from schemas import ObservationFeed, Registry, Series, SimulatedSeries, Values
from streams.simulator.made import Told

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SIZES = (0.6, 1.4)  # of agencies, about their level's


Key = tuple[tuple[str, str], ...]  # dimensions, agency among them, and what they say


class Row(NamedTuple):
    """One observation: what it is of, its value, its weight, how often it may be told again."""

    series: str
    key: dict[str, str]
    says: Values
    value: float | None
    n: int | None
    exact: bool  # a figure, told as it stands


Known = Mapping[str, Mapping[Key, Row]]  # by series


class Observed:
    """The made observations of one feed."""

    def __init__(self, feed: ObservationFeed, simulated: SimulatedSeries, registry: Registry) -> None:
        self.feed, self.simulated = feed, simulated
        self.zone = ZoneInfo(feed.zone)
        self._history = registry.history
        self._event = next(iter(feed.events))
        self._kinds = sorted({feed.series[name].period for name in simulated.series})
        made = sorted(agency.code for agency in registry.agencies.values() if agency.simulated)
        self._sizes = {code: self._rng(code).uniform(*SIZES) for code in made}
        self._growth = np.cumsum(simulated.hours) / sum(simulated.hours)

        hours = simulated.corrected.hours[1] if simulated.corrected else 0.0
        self.lasts: timedelta | None = (simulated.told.days[1] + 4) * DAY + timedelta(hours=hours)

    def day(self, day: date, past: bool = False) -> list[Told]:
        """Every message on periods that end on the day, in time; of a past one not how it grew."""
        found: list[Told] = []
        for kind in self._kinds:
            (period,) = touched(kind, day, day, CALENDAR)
            if period.last == day:
                found += (told for row in self.rows(period) for told in self._told(row, period, past))
        return sorted(found)

    def rows(self, period: NamedPeriod) -> list[Row]:
        """What is observed of the period; what several would tell, the first does."""
        known: dict[str, dict[Key, Row]] = {}
        for name, lines in self.simulated.series.items():
            if self.feed.series[name].period == period.kind:
                known[name] = {}
                for says in (one for one in lines if one.until is None or period.last <= one.until):
                    made = {_key(row.key): row for row in self._of(name, says, period, known)}
                    known[name] = made | known[name]
        return [row for rows in known.values() for row in rows.values()]

    def _of(self, name: str, says: Values, period: NamedPeriod, known: Known) -> Iterator[Row]:
        for key, weight in self._keys(name, says, period.last):
            at, lasting = self._rng(name, key, period.start), self._rng(name, key)
            value = self._value(says, weight, key, period, known, (at, lasting))
            n = self._weight(says, weight, key, known, at)
            arises = at.random() * 100 >= (says.none.share if says.none else 0)
            exact = period.name in says.figures
            if exact:
                value = _rounded(says.figures[period.name], self.feed.series[name])
            elif value is not None:
                value = _bounded(value, says, self.feed.series[name], at) if arises else None
            yield Row(name, key, says, value, 0 if n is not None and value is None else n, exact)

    def _keys(self, name: str, says: Values, on: date) -> Iterator[tuple[dict[str, str], float]]:
        """What is told apart, and how large each is; for a dissolved agency who took over."""
        by: list[dict[str, float]] = [dict(weights) for weights in says.by.values()]
        names = [*says.by, *(["agency"] if says.levels else [])]
        if says.levels:
            sized = self.feed.series[name].over_agencies == "sum"
            by.append(self._agencies(says, on, sized))
        for words in product(*by):
            key = {
                one: self._responsible(word, on) if one == "agency" else word
                for one, word in zip(names, words, strict=True)
            }
            yield key, math.prod(weights[word] for weights, word in zip(by, words, strict=True))

    def _agencies(self, says: Values, on: date, sized: bool) -> dict[str, float]:
        """Those that stand on the day or had begun by then; what is a share has no size."""
        found = ((code, self._history.agency_said(code, on)) for code in self._sizes)
        return {
            code: says.levels[agency.level] * (self._sizes[code] if sized else 1)
            for code, agency in found
            if agency and agency.begun(on) and agency.level in says.levels
        }

    def _responsible(self, code: str, on: date) -> str:
        found = self._history.responsible(code, on)
        return found.code if found else code

    def _rng(self, name: str, key: Mapping[str, str] | None = None, start: date | None = None) -> Random:
        """Draws of this series and key alone: of a period, or the same of all."""
        words = [self.simulated.seed, self.feed.feed, name, key, str(start or "")]
        text = json.dumps(words, ensure_ascii=False, sort_keys=True)
        return Random(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()))

    def _value(
        self,
        says: Values,
        weight: float,
        key: Mapping[str, str],
        period: NamedPeriod,
        known: Known,
        draws: tuple[Random, Random],
    ) -> float | None:
        at, lasting = draws
        if says.usual is not None:
            years = (period.start - date(self.simulated.year, 1, 1)).days / 365.25
            many = lasting.uniform(*says.usual) * weight * (1 + says.trend / 100) ** years
            many *= says.months[period.last.month - 1]
            many *= says.weekdays[period.start.weekday()] if period.kind == "day" else 1
            return float(many * max(0.0, at.gauss(1, says.noise / 100)))
        whole = _sum(says.of, key, known)
        if says.percent is not None:
            return None if whole is None else float(whole * at.uniform(*says.percent) / 100)
        part = _sum(says.parts or says.rest, key, known)
        if not whole or part is None:
            return None
        return 100 * part / whole if says.parts else 100 - 100 * part / whole

    def _weight(
        self,
        says: Values,
        weight: float,
        key: Mapping[str, str],
        known: Known,
        at: Random,
    ) -> int | None:
        if says.ratio or isinstance(says.n, str):
            return int(_sum(says.of if says.ratio else (str(says.n),), key, known) or 0)
        return None if says.n is None else int(at.uniform(*says.n) * weight)

    def _told(self, row: Row, period: NamedPeriod, past: bool) -> Iterator[Told]:
        rng, simulated = self._rng(f"{row.series} told", row.key, period.start), self.simulated
        if row.says.every_minutes and not past:
            yield from self._growing(row, period, rng)
        days, hours = simulated.told.days, simulated.told.hours
        on = period.until - DAY + rng.randint(days[0], days[1]) * DAY
        if self.feed.manual and on.weekday() > 4:  # by a person, at a desk
            on += (7 - on.weekday()) * DAY
        at = self._midnight(on) + timedelta(seconds=int(rng.uniform(*hours) * 3_600))
        off, reason = row.value, row.says.none.reason if row.value is None and row.says.none else None
        wrong = simulated.corrected
        if wrong and row.value and not row.exact and rng.random() * 100 < wrong.share:
            one = self.feed.series[row.series]
            off = _bounded(row.value * (1 + rng.uniform(-1, 1) * wrong.by / 100), row.says, one, rng)
            if off != row.value:
                later = at + timedelta(seconds=int(rng.uniform(*wrong.hours) * 3_600))
                yield self._message(row, period, later, row.value, row.n, wrong.reason)
        yield self._message(row, period, at, off, row.n, reason)

    def _growing(self, row: Row, period: NamedPeriod, rng: Random) -> Iterator[Told]:
        """The figure so far: a sum grows by the hours' weights, what holds wavers."""
        every, one = row.says.every_minutes or 1_440, self.feed.series[row.series]
        midnight, adds = self._midnight(period.start), one.over_time == "sum"
        for minutes in range(rng.randrange(every), 1_440, every):
            if row.value is None:
                continue
            so_far = float(np.interp(minutes / 60, range(25), [0, *self._growth]))
            wavers = 1 if row.exact else rng.gauss(1, row.says.noise / 400)
            value = (
                math.floor(row.value * so_far) if adds else _bounded(row.value * wavers, row.says, one, rng)
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


def _sum(names: tuple[str, ...], key: Mapping[str, str], known: Known) -> float | None:
    """Of these series, what is of the same, else what agrees in all that both name; None where none arose."""
    mine = _key(key)
    same = [known[name][mine] for name in names if name in known and mine in known[name]]
    rows = same or [
        row
        for name in names
        for row in known.get(name, {}).values()
        if all(row.key[k] == key[k] for k in row.key.keys() & key.keys())
    ]
    values = [row.value for row in rows if row.value is not None]
    return sum(values) if values else None


def _key(key: Mapping[str, str]) -> Key:
    return tuple(sorted(key.items()))


def _bounded(value: float, says: Values, one: Series, rng: Random) -> float:
    """Within bounds and as the series is rounded: of few that add up a part of one is one now and then."""
    most = 100.0 if says.most is None and says.ratio else says.most
    value = min(max(value, says.least), math.inf if most is None else most)
    few = one.over_time == "sum" and not one.decimals
    return math.floor(value + rng.random()) if few else _rounded(value, one)


def _rounded(value: float, one: Series) -> float:
    return round(value, one.decimals) if one.decimals else round(value)
