"""How a feed of observations is simulated (`feeds/<feed>/simulation.yaml`): whence its values come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from schemas.findings import Path_, near
from schemas.observation_feed import ENTERED_BY, ObservationFeed
from schemas.promise import Promise, Snake, Text
from schemas.simulated import Weight, properties

Level = Literal["province", "department", "district", "commune"]
Percent = Annotated[float, Field(ge=0, le=100)]
Share = tuple[Percent, Percent]


def _twice(given: Any) -> Any:
    return (given, given) if isinstance(given, int | float) else given


Range = Annotated[tuple[float, float], BeforeValidator(_twice)]  # of one number, or of two


class Seldom(Promise):
    share: Percent  # of the observations
    reason: Text


class Corrected(Seldom):
    """What is told first is off by up to `by` %; the model's value follows so many hours later."""

    by: Percent = 10
    hours: Range = (20, 90)


class ToldAt(Promise):
    """Local days after a period's last day, and hours of that day."""

    days: tuple[int, int] = (1, 1)
    hours: Range = (7.5, 11)

    @model_validator(mode="after")
    def _after_its_end(self) -> ToldAt:
        if not 1 <= self.days[0] <= self.days[1] or not 0 <= self.hours[0] <= self.hours[1] < 24:
            raise ValueError("give days from 1 and hours from 0 to 23.9, the earlier first")
        return self


class Values(Promise):
    """Observations of a series: one per agency and combination of `by`, whose weights multiply `usual`.

    A value is `usual`, or `percent` of the series `of`, or 100 times the series `parts` over them, or what
    the series `rest` leave of 100. Of a series, also the
    earlier lines of its own, what agrees in agency and dimensions is added up.
    """

    by: dict[Snake, Annotated[dict[Text, Weight], Field(min_length=1)]] = Field(default_factory=dict)
    levels: dict[Level, Weight] = Field(default_factory=dict)  # of the simulated agencies
    usual: Range | None = None
    percent: Annotated[Share, BeforeValidator(_twice)] | None = None
    parts: tuple[Snake, ...] = ()
    rest: tuple[Snake, ...] = ()
    of: tuple[Snake, ...] = ()
    n: Range | Snake | None = None  # a number, or the series that counts it
    noise: Percent = 0  # of the value, from one period to the next
    trend: float = Field(0, ge=-50, le=50)  # percent a year
    weekdays: Annotated[tuple[Weight, ...], Field(min_length=7, max_length=7)] = (1.0,) * 7
    months: Annotated[tuple[Weight, ...], Field(min_length=12, max_length=12)] = (
        1.0,
    ) * 12  # of its last day
    least: float = 0
    most: float | None = None
    none: Seldom | None = None
    every_minutes: int | None = Field(None, ge=1, le=720)  # told again as the day grows
    until: date | None = None  # of no period that ends later
    figures: dict[Text, float] = Field(default_factory=dict)  # by period: told as they stand

    @model_validator(mode="after")
    def _one_way(self) -> Values:
        ways = [self.usual is not None, self.percent is not None, bool(self.parts), bool(self.rest)]
        if sum(ways) != 1:
            raise ValueError("say whence: one of `usual`, `percent`, `parts`, `rest`")
        if bool(self.of) == (self.usual is not None):
            raise ValueError("`of` goes with `percent`, `parts` and `rest`, not with `usual`")
        return self

    @property
    def ratio(self) -> bool:
        return bool(self.parts or self.rest)

    @property
    def looks_at(self) -> tuple[str, ...]:
        return (*self.parts, *self.rest, *self.of, *([self.n] if isinstance(self.n, str) else ()))


class SimulatedSeries(Promise):
    """All figures are made up but those whose source a comment names."""

    source: Text  # of the CloudEvents
    seed: int = Field(1, ge=0)
    year: int = Field(2024, ge=2000, le=2100)  # of which `usual` is
    history_days: int = Field(ge=1, le=4_000)  # told when a demo starts
    told: ToldAt = ToldAt()
    hours: Annotated[tuple[Weight, ...], Field(min_length=24, max_length=24)] = (1.0,) * 24  # a day's growth
    corrected: Corrected | None = None
    entered_by: Text | None = None
    series: Annotated[dict[Snake, Annotated[tuple[Values, ...], Field(min_length=1)]], Field(min_length=1)]


def strays_of_series(simulated: SimulatedSeries, feed: ObservationFeed) -> Iterator[tuple[Path_, str, str]]:
    """Words that the feed does not know, where they stand, and the mend."""
    known = properties(feed, next(iter(feed.events)))
    if simulated.entered_by and ENTERED_BY not in known:
        yield (ENTERED_BY,), simulated.entered_by, "this feed's event does not say it: take it away"
    before: list[str] = []
    for name, lines in simulated.series.items():
        if name not in feed.series:
            yield ("series", name), name, f"name a series of this feed{near(name, feed.series)}"
            continue
        for i, line in enumerate(lines):
            for loc, word, mend in _strange(line, feed, known, [*before, *([name] if i else [])]):
                yield ("series", name, i, *loc), word, mend
            for loc, word, mend in _weighed(line, name, feed):
                yield ("series", name, i, *loc), word, mend
        before.append(name)


def _strange(
    line: Values, feed: ObservationFeed, known: dict[str, Any], before: list[str]
) -> Iterator[tuple[Path_, str, str]]:
    for other in line.looks_at:
        if other not in before:
            yield (), other, f"name a series that this file says before{near(other, before)}"
    for dimension, values in line.by.items():
        words = known.get(dimension, {}).get("enum", values)
        if dimension != "agency" and dimension not in feed.dimensions:
            yield ("by",), dimension, f"name a dimension{near(dimension, ['agency', *feed.dimensions])}"
        for value in values.keys() - set(words):
            yield ("by", dimension), value, f"name a value of {dimension}{near(value, words)}"


def _weighed(line: Values, name: str, feed: ObservationFeed) -> Iterator[tuple[Path_, str, str]]:
    one = feed.series[name]
    if line.every_minutes and one.period != "day":
        yield ("every_minutes",), name, "only what is observed by the day grows within it"
    if line.n is not None and line.ratio:
        yield ("n",), name, "what `of` counts is its n: take it away"
    over = (one.over_time, one.over_agencies, one.over_dimensions)
    if "mean" in over and line.n is None and not line.ratio:
        yield (), name, "a mean needs its weight: say `n`"
