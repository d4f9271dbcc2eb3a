"""Apology letters of overdue cases: when issued, and the new appointment, which is missed too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from streams.simulator.cases import Cases, Ints
from streams.simulator.quota import LATE
from streams.simulator.settings import Simulation
from streams.simulator.shares import Draws
from streams.simulator.times import CLOSING, DAY, SHORTEST, Times, second_of_day
from streams.simulator.workdays import WorkDays

LONGEST = 11  # working days, exclusive, by which a letter moves the due date


@dataclass(frozen=True)
class Letters:
    """`case`: places among the cases, one letter each; `at` and `due` in local seconds since 1970-01-01."""

    case: Ints
    at: Ints
    due: Ints


def letters(
    simulation: Simulation, cases: Cases, times: Times, days: WorkDays, draws: Draws, which: str
) -> Letters:
    """Of cases that end two working days or more after they are due, so that they stay overdue.

    In time is one to three working days before the due date; otherwise on it or the working day after.
    """
    path, rng = simulation.path, draws.of(f"letters {which}")
    count = len(cases.received)
    allowed = cases.limit + cases.extension
    over = cases.taken - allowed
    in_time = (rng.random(count) < path.apology_in_time) & (allowed > 1)
    lead = np.where(in_time, np.minimum(rng.integers(1, 4, count), allowed - 1), -rng.integers(0, 2, count))
    at = days.days[cases.received + allowed - lead] * DAY + second_of_day(rng, simulation.hours.work, count)
    longer = np.minimum(rng.integers(1, LONGEST, count), over - 1)
    chosen = (cases.outcome == LATE) & (over > 1) & (rng.random(count) < path.apology)
    chosen &= (at >= times.received + SHORTEST) & (at <= times.ended - SHORTEST)
    case = np.flatnonzero(chosen)
    due = days.days[(cases.received + allowed + longer)[case]] * DAY + CLOSING
    return Letters(case, at[case], due)
