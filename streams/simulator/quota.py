"""How many cases of each kind a scaled province-year has: whole, and summing exactly."""

from __future__ import annotations

from dataclasses import dataclass

from ioc.errors import BadInput
from streams.simulator.settings import Simulation
from streams.simulator.shares import apportion

EARLY, ON_DUE_DATE, LATE, WITHDRAWN = range(4)


@dataclass(frozen=True)
class Quota:
    """Counts of cases; `new` and `carried` are resolved within the year, by outcome (EARLY .. WITHDRAWN)."""

    online: int
    counter: int
    new: list[int]
    new_open: int
    carried: list[int]
    carried_open: int
    refused: int


def quota(simulation: Simulation, scale: float) -> Quota:
    """The totals times `scale`; at 1.0 the published ones to the unit."""
    totals, path = simulation.totals, simulation.path
    handled = round(scale * (totals.online + totals.counter + totals.carried_over))
    if handled < 500:
        raise BadInput("scale", scale, "take one that leaves at least 500 cases, such as 0.001")
    online, counter, carried_over = apportion(handled, [totals.online, totals.counter, totals.carried_over])
    weights = [totals.early, totals.on_due_date, totals.late, totals.open_at_end]
    early, on_due_date, late, open_at_end = apportion(handled, weights)
    withdrawn = min(on_due_date, round(path.withdrawn * (early + on_due_date + late)))
    whole = [early, on_due_date - withdrawn, late, withdrawn]
    carried_open = min(open_at_end, round(path.still_open_of_carried_over * carried_over))
    carried = _of_carried(whole, carried_over - carried_open, path.late_of_carried_over)
    new = [all_ - old for all_, old in zip(whole, carried, strict=True)]
    refused = round(path.refused * online)
    return Quota(online, counter, new, open_at_end - carried_open, carried, carried_open, refused)


def _of_carried(whole: list[int], resolved: int, late_share: float) -> list[int]:
    late = min(resolved, round(late_share * whole[LATE]))
    early, on_due_date, withdrawn = apportion(
        resolved - late, [whole[EARLY], whole[ON_DUE_DATE], whole[WITHDRAWN]]
    )
    return [early, on_due_date, late, withdrawn]
