"""Hours and their usual as one counts them by hand: slowly, case by case, by what a local clock shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from schemas.surge import Surge

REACH, TOP = 2, 3
Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    at: datetime
    in_figures: bool
    value: str | None


@dataclass(frozen=True)
class World:
    zone: ZoneInfo
    at: datetime
    rule: Surge
    rhythm_days: int
    holidays: frozenset[date]
    cases: tuple[Case, ...]
    received: tuple[datetime, ...]

    def key(self, at: datetime) -> tuple[date, int]:
        local = at.astimezone(self.zone)
        return local.date(), local.hour

    def told(self, day: date) -> bool:
        signs = [*self.received, *(case.at for case in self.cases if case.in_figures)]
        return any(0 <= (day - self.key(at)[0]).days < self.rhythm_days for at in signs)


def of_hour(world: World, key: tuple[date, int], value: str | None = None) -> int:
    mine = [
        case for case in world.cases if case.in_figures and case.at < world.at and world.key(case.at) == key
    ]
    return len([case for case in mine if value is None or (case.value or "") == value])


def counting_weeks(world: World, key: tuple[date, int]) -> list[tuple[date, int]]:
    """The weeks that make the usual, the newest first."""
    entered = [case.at for case in world.cases if case.in_figures]
    found = []
    for n in range(1, REACH * world.rule.weeks + 1):
        day = key[0] - timedelta(weeks=n)
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=world.zone).astimezone(UTC)
        halves = [noon + timedelta(minutes=30 * i) for i in range(-40, 40)]
        mine = [half for half in halves if world.key(half) == (day, key[1])]
        there = len(mine) == 2 and entered and mine[0] >= min(entered)
        if there and day not in world.holidays and world.told(day):
            found.append((day, key[1]))
    return found[: world.rule.weeks]


def reference(world: World, key: tuple[date, int]) -> Row:
    weeks, n = counting_weeks(world, key), of_hour(world, key)
    if len(weeks) < world.rule.weeks:
        return {"n": n, "usual": None, "surges": False, "top": []}
    usual = median(of_hour(world, week) for week in weeks)
    values = {case.value or "" for case in world.cases}
    parts = [(of_hour(world, key, v), median(of_hour(world, w, v) for w in weeks), v) for v in values]
    top = sorted((usual - n, v) for n, usual, v in parts if n > usual)[:TOP]
    surges = n >= world.rule.at_least and n >= world.rule.factor * usual
    return {"n": n, "usual": usual, "surges": surges, "top": [value for _, value in top]}
