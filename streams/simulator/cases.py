"""Cases of a province-year in working days: when received, allowed how long, resolved when and how."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ioc.errors import BadInput
from streams.simulator.quota import EARLY, LATE, ON_DUE_DATE, WITHDRAWN, Quota
from streams.simulator.settings import Paths, Simulation
from streams.simulator.shares import Draws, apportion
from streams.simulator.workdays import WorkDays

Ints = NDArray[np.int64]
PLAIN, SUPPLEMENT, FEE, STOPPED = range(4)


@dataclass
class Cases:
    """One array element per case; days are indices into WorkDays, `taken` and `limit` working days."""

    received: Ints
    limit: Ints  # by the procedure
    extension: Ints  # granted with a supplement; due = received + limit + extension
    taken: Ints  # resolved = received + taken
    outcome: Ints
    variant: Ints


def new_cases(
    simulation: Simulation, quota: Quota, days: WorkDays, limit: Ints, draws: Draws
) -> tuple[Cases, NDArray[np.bool_]]:
    """Cases received within the year, outcomes exactly as in `quota`, and which stay open at its end."""
    count = quota.online + quota.counter
    within = np.arange(days.first, days.end)
    received = draws.of("received").choice(within, count, p=days.weights)
    variant, extension = _variants(simulation.path, limit, draws)
    order, taking = draws.of("outcome").permutation(count), _Taking(simulation.path, count, draws)

    def attempt(counts: list[int]) -> Cases:
        outcome, limits = _outcomes(limit, counts, order)
        taken = taking.days(limits + extension, outcome)
        return Cases(received, limits, extension, taken, outcome, variant)

    first = attempt(apportion(count, quota.new))
    natural = first.outcome[first.received + first.taken >= days.end]
    open_by_outcome = apportion(quota.new_open, np.bincount(natural, minlength=4).tolist())
    cases = attempt([a + b for a, b in zip(quota.new, open_by_outcome, strict=True)])
    is_open = _latest(cases, open_by_outcome)
    _move_to_the_right_side(cases, is_open, days, draws)
    return cases, is_open


def _variants(path: Paths, limit: Ints, draws: Draws) -> tuple[Ints, Ints]:
    shares = [1 - path.supplement - path.fee - path.stopped, path.supplement, path.fee, path.stopped]
    rng = draws.of("variant")
    variant = rng.choice(4, len(limit), p=shares)
    variant[limit < 2] = PLAIN
    extension = np.where(variant == SUPPLEMENT, rng.integers(3, 11, len(limit)), 0)
    return variant, extension


class _Taking:
    """Working days taken, given the outcome; drawn once, so that a changed outcome moves one case."""

    def __init__(self, path: Paths, count: int, draws: Draws) -> None:
        rng = draws.of("taken")
        self._early = rng.beta(*path.early_fraction, count)
        self._late = np.minimum(rng.geometric(1 / path.late_days, count), 60)
        self._withdrawn = rng.random(count)

    def days(self, allowed: Ints, outcome: Ints) -> Ints:
        early = np.clip((allowed * self._early).astype(np.int64), 0, np.maximum(allowed - 1, 0))
        withdrawn = (allowed * self._withdrawn).astype(np.int64)
        return np.choose(outcome, [early, allowed, allowed + self._late, withdrawn])


def _outcomes(limit: Ints, counts: list[int], order: Ints) -> tuple[Ints, Ints]:
    """Exactly `counts` per outcome; what is due at once is resolved on its due date."""
    limit = limit.copy()
    at_once = order[limit[order] == 0]
    limit[at_once[counts[ON_DUE_DATE] :]] = 1
    outcome = np.full(len(limit), EARLY, dtype=np.int64)
    outcome[limit == 0] = ON_DUE_DATE
    rest = order[limit[order] > 0]
    late, withdrawn = counts[LATE], counts[WITHDRAWN]
    on_due_date = counts[ON_DUE_DATE] - int((limit == 0).sum())
    outcome[rest[:late]] = LATE
    outcome[rest[late : late + withdrawn]] = WITHDRAWN
    outcome[rest[late + withdrawn : late + withdrawn + on_due_date]] = ON_DUE_DATE
    return outcome, limit


def _latest(cases: Cases, open_by_outcome: list[int]) -> NDArray[np.bool_]:
    """The cases that stay open: of each outcome those resolved last, and on another day than received."""
    chosen = np.zeros(len(cases.received), dtype=bool)
    resolved = cases.received + cases.taken
    for outcome, count in enumerate(open_by_outcome):
        able = np.flatnonzero((cases.outcome == outcome) & (cases.taken > 0))
        if len(able) < count:
            raise BadInput(
                "scale", len(cases.received), "too few cases to leave some open; take a larger scale"
            )
        latest = able[np.argsort(-resolved[able], kind="stable")]
        chosen[latest[:count]] = True
    return chosen


def _move_to_the_right_side(cases: Cases, is_open: NDArray[np.bool_], days: WorkDays, draws: Draws) -> None:
    """Shifts whole cases by a few days, so that the open ones end after the year and all others within it."""
    resolved = cases.received + cases.taken
    early = is_open & (resolved < days.end)
    cases.received[early] += days.end - resolved[early]
    beyond = ~is_open & (resolved >= days.end)
    earlier = draws.of("moved").integers(1, 15, len(resolved))
    cases.received[beyond] -= resolved[beyond] - days.end + earlier[beyond]
    if (cases.received[beyond] < days.first).any():
        raise BadInput(
            "places.limits", int(cases.taken.max()), "a case must fit into its year; take shorter limits"
        )


def carried_over(
    simulation: Simulation, quota: Quota, days: WorkDays, limit: Ints, draws: Draws
) -> tuple[Cases, NDArray[np.bool_]]:
    """Cases open at the year's start; the last `carried_open` ones are resolved only after it."""
    count = len(limit)
    is_open = np.arange(count) >= count - quota.carried_open
    outcome = np.full(count, LATE, dtype=np.int64)
    mixed = np.repeat(np.arange(4), quota.carried)
    outcome[~is_open] = draws.of("carried outcome").permutation(mixed)
    variant, extension = _variants(simulation.path, limit, draws)
    taken = _Taking(simulation.path, count, draws).days(limit + extension, outcome)
    limit = np.where((outcome == ON_DUE_DATE) & (limit == 0) | (outcome == EARLY) & (limit < 2), 2, limit)
    rng = draws.of("age")
    taken = np.where(outcome == ON_DUE_DATE, limit + extension, np.maximum(taken, 1))
    received = days.first - 1 - (rng.random(count) * taken).astype(np.int64)
    longer = days.end + rng.integers(5, 60, count) - received
    taken = np.where(is_open, longer, taken)
    return Cases(received, limit, extension, taken, outcome, variant), is_open
