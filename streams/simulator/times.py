"""Seconds of local time for every event of a case; office hours and their morning surge are kept loosely."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from streams.simulator.cases import Cases, Ints
from streams.simulator.settings import Simulation
from streams.simulator.shares import Draws
from streams.simulator.workdays import WorkDays

DAY = 86_400
MOST_STEPS = 5
CLOSING = 17 * 3_600
LONGEST_WAIT = 10 * DAY  # seconds from submission to reception
SHORTEST = 900  # seconds from reception to the result, on one day


@dataclass(frozen=True)
class Times:
    """Local seconds since 1970-01-01; `steps[i, :count]` lie between received and ended."""

    submitted: Ints
    received: Ints
    steps: Ints
    step_count: Ints
    ended: Ints
    delivered: Ints
    due: Ints
    extended_due: Ints


def second_of_day(rng: Generator, hours: list[float], count: int) -> Ints:
    """Seconds since midnight, the hour by its weight."""
    weights = np.array(hours) / sum(hours)
    return rng.choice(24, count, p=weights) * 3_600 + rng.integers(0, 3_600, count)


def event_times(simulation: Simulation, cases: Cases, days: WorkDays, draws: Draws, which: str) -> Times:
    """Times of every event of `cases`, each later than the one before."""
    hours, path = simulation.hours, simulation.path
    count = len(cases.received)
    rng = draws.of(f"times {which}")
    received = _received(simulation, cases, days, rng)
    at_once = cases.taken == 0
    ended = days.days[cases.received + cases.taken] * DAY + second_of_day(rng, hours.finish, count)
    soon = received + rng.integers(SHORTEST, 10_800, count)
    ended = np.where(at_once, np.minimum(soon, received // DAY * DAY + DAY - 1), ended)
    kinds = list(path.events)
    weights = np.array(list(path.events.values()), dtype=np.float64)
    step_count = rng.choice(np.array(kinds) - 3, count, p=weights / weights.sum())
    steps = _steps(simulation, cases, days, received, ended, rng)
    return Times(
        submit_times(simulation, received, rng),
        received,
        steps,
        step_count,
        ended,
        _delivered(simulation, cases, days, ended, rng),
        days.days[cases.received + cases.limit] * DAY + CLOSING,
        days.days[cases.received + cases.limit + cases.extension] * DAY + CLOSING,
    )


def _received(simulation: Simulation, cases: Cases, days: WorkDays, rng: Generator) -> Ints:
    count = len(cases.received)
    day = days.days[cases.received]
    second = second_of_day(rng, simulation.hours.receive, count)
    second = np.where(cases.taken == 0, np.minimum(second, DAY - 2 * SHORTEST), second)
    gap = days.days[cases.received + 1] - day > 1
    before_days_off = gap & (cases.taken > 0) & (cases.received < days.end - 1)
    moved = before_days_off & (rng.random(count) < simulation.season.saturday_share)
    moved &= day % 7 == 1  # 1970-01-02 was a Friday
    return (day + moved) * DAY + second


def submit_times(simulation: Simulation, received: Ints, rng: Generator) -> Ints:
    """Online submissions: at any hour, before the reception; some wait for it longer than a day."""
    count = len(received)
    path = simulation.path
    before = (rng.exponential(path.submit_hours * 3_600, count)).astype(np.int64)
    own = rng.spawn(1)[0]  # so that every other draw stays as it was
    slow = own.random(count) < path.slow_reception
    waits = np.minimum(DAY + own.exponential(path.slow_hours * 3_600, count), LONGEST_WAIT)
    before = np.where(slow, waits.astype(np.int64), before)
    day = (received - before) // DAY
    submitted = day * DAY + second_of_day(rng, simulation.hours.submit, count)
    return np.where(submitted < received, submitted, received - rng.integers(300, 7_200, count))


def _steps(
    simulation: Simulation, cases: Cases, days: WorkDays, received: Ints, ended: Ints, rng: Generator
) -> Ints:
    shape = (len(received), MOST_STEPS)
    ahead = (rng.random(shape) * (cases.taken[:, None] + 1)).astype(np.int64)
    second = second_of_day(rng, simulation.hours.work, shape[0] * MOST_STEPS).reshape(shape)
    steps = days.days[cases.received[:, None] + ahead] * DAY + second
    number = np.arange(1, MOST_STEPS + 1)
    apart = np.minimum(
        (ended - received)[:, None] // 20, 600
    )  # near an office hour's end, not in the night after
    lowest = received[:, None] + apart * number
    highest = ended[:, None] - apart * (MOST_STEPS + 1 - number)
    steps = np.clip(np.sort(steps, axis=1), lowest, highest)
    return np.maximum.accumulate(steps - number, axis=1) + number


def _delivered(simulation: Simulation, cases: Cases, days: WorkDays, ended: Ints, rng: Generator) -> Ints:
    count = len(ended)
    later = rng.geometric(1 / simulation.path.delivery_days, count)
    day = np.minimum(cases.received + cases.taken + later, len(days.days) - 1)
    then = days.days[day] * DAY + second_of_day(rng, simulation.hours.finish, count)
    same_day = rng.random(count) < simulation.path.same_day_delivery
    return np.where(same_day, ended + rng.integers(300, 7_200, count), then)
