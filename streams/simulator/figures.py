"""The values of a feed's made observations: a pure function of settings, reference data, seed and period."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product
from random import Random
from typing import NamedTuple

from ioc.kernel.period_names import NamedPeriod
from schemas import ObservationFeed, Registry, Series, SimulatedSeries, Values

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


class Figures:
    """The figures of one feed, period by period."""

    def __init__(self, feed: ObservationFeed, simulated: SimulatedSeries, registry: Registry) -> None:
        self.feed, self.simulated = feed, simulated
        self._history = registry.history
        made = sorted(agency.code for agency in registry.agencies.values() if agency.simulated)
        self._sizes = {code: self.draws(code).uniform(*SIZES) for code in made}

    def draws(self, name: str, key: Mapping[str, str] | None = None, start: date | None = None) -> Random:
        """Draws of this series and key alone: of a period, or the same of all."""
        words = [self.simulated.seed, self.feed.feed, name, key, str(start or "")]
        text = json.dumps(words, ensure_ascii=False, sort_keys=True)
        return Random(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()))

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
            at, lasting = self.draws(name, key, period.start), self.draws(name, key)
            value = self._value(says, weight, key, period, known, (at, lasting))
            n = self._weight(says, weight, key, known, at)
            arises = at.random() * 100 >= (says.none.share if says.none else 0)
            exact = period.name in says.figures
            if exact:
                value = _rounded(says.figures[period.name], self.feed.series[name])
            elif value is not None:
                value = bounded(value, says, self.feed.series[name], at) if arises else None
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


def bounded(value: float, says: Values, one: Series, rng: Random) -> float:
    """Within bounds and as the series is rounded: of few that add up a part of one is one now and then."""
    most = 100.0 if says.most is None and says.ratio else says.most
    value = min(max(value, says.least), math.inf if most is None else most)
    few = one.over_time == "sum" and not one.decimals
    return math.floor(value + rng.random()) if few else _rounded(value, one)


def _rounded(value: float, one: Series) -> float:
    return round(value, one.decimals) if one.decimals else round(value)
