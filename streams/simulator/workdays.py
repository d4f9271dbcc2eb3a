"""Working days as a numbered row: arithmetic in working days is arithmetic on indices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from streams.simulator.settings import Simulation

YEARS_BEFORE, YEARS_AFTER = 2, 2


@dataclass(frozen=True)
class WorkDays:
    """`days[i]`: days since 1970-01-01 of the i-th working day; the year is `first <= i < end`."""

    days: NDArray[np.int64]
    first: int
    end: int
    weights: NDArray[np.float64]


def _is_worked(day: date, off: frozenset[date], made_up: frozenset[date]) -> bool:
    return day in made_up or (day.weekday() < 5 and day not in off)


def workdays(simulation: Simulation, year: int) -> WorkDays:
    """Working days from two years before `year` to two after, with the weights of the year's arrivals."""
    off = frozenset(day for row in simulation.calendar.days_off for day in row)
    made_up = frozenset(simulation.calendar.worked_saturdays)
    day, last = date(year - YEARS_BEFORE, 1, 1), date(year + YEARS_AFTER, 12, 31)
    found: list[date] = []
    while day <= last:
        if _is_worked(day, off, made_up):
            found.append(day)
        day += timedelta(days=1)
    first = next(i for i, day in enumerate(found) if day.year == year)
    end = next(i for i, day in enumerate(found) if day.year == year + 1)
    days = np.array([(day - date(1970, 1, 1)).days for day in found], dtype=np.int64)
    return WorkDays(days, first, end, _weights(simulation, found, first, end))


def _weights(simulation: Simulation, days: list[date], first: int, end: int) -> NDArray[np.float64]:
    season = simulation.season
    weights = [
        season.weekdays[days[i].weekday()]
        * season.months[days[i].month - 1]
        * (season.after_long_break if (days[i] - days[i - 1]).days > 3 else 1.0)
        for i in range(first, end)
    ]
    return np.array(weights) / sum(weights)
