"""The three kinds of cases of a province-year: newly received, refused at the counter, carried over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from streams.simulator.cases import Ints, carried_over, new_cases
from streams.simulator.events import case_events, letter_events, refused_events
from streams.simulator.letters import letters
from streams.simulator.places import Drawn, Reference, draw_places, draw_procedures
from streams.simulator.quota import Quota
from streams.simulator.settings import Simulation
from streams.simulator.shares import Draws
from streams.simulator.times import DAY, event_times, second_of_day, submit_times
from streams.simulator.workdays import WorkDays

Part = tuple[pl.DataFrame, pl.DataFrame]  # cases, events


@dataclass(frozen=True)
class Province:
    """What every part is drawn from."""

    simulation: Simulation
    known: Reference
    counts: Quota
    days: WorkDays
    draws: Draws


def new_part(province: Province, start: int) -> Part:
    """Cases received within the year."""
    simulation, counts, draws = province.simulation, province.counts, province.draws
    count = counts.online + counts.counter
    drawn = draw_places(simulation.places, province.known, count, draws, longer=False)
    cases, _ = new_cases(simulation, counts, province.days, drawn.limit, draws)
    times = event_times(simulation, cases, province.days, draws, "new")
    sent = letters(simulation, cases, times, province.days, draws, "new")
    channel = _channels(simulation, counts.online, counts.counter, draws, "channel")
    online = channel == simulation.wire.online
    frame = _frame(province, start, drawn, cases.limit, channel, times.received, "procedure")
    frame = frame.with_columns(
        submitted=pl.when(pl.Series(online)).then(pl.Series(times.submitted)), carried=pl.lit(False)
    )
    events = case_events(simulation.wire, cases, times, online, start)
    return frame, pl.concat([events, letter_events(simulation.wire, sent, start)])


def carried_part(province: Province, start: int) -> Part:
    """Cases received before the year and open at its start."""
    simulation, counts, draws = province.simulation, province.counts, province.draws
    count = sum(counts.carried) + counts.carried_open
    drawn = draw_places(simulation.places, province.known, count, draws, longer=True)
    cases, _ = carried_over(simulation, counts, province.days, drawn.limit, draws)
    times = event_times(simulation, cases, province.days, draws, "carried")
    sent = letters(simulation, cases, times, province.days, draws, "carried")
    online_count = round(count * counts.online / (counts.online + counts.counter))
    channel = _channels(simulation, online_count, count - online_count, draws, "carried channel")
    online = channel == simulation.wire.online
    frame = _frame(province, start, drawn, cases.limit, channel, times.received, "carried procedure")
    frame = frame.with_columns(
        submitted=pl.when(pl.Series(online)).then(pl.Series(times.submitted)), carried=pl.lit(True)
    )
    events = case_events(simulation.wire, cases, times, online, start)
    return frame, pl.concat([events, letter_events(simulation.wire, sent, start)])


def refused_part(province: Province, start: int, agencies: Ints) -> Part:
    """Online submissions refused on a day of the year; agencies as `agencies` have them."""
    simulation, days, count = province.simulation, province.days, province.counts.refused
    rng = province.draws.of("refused")
    day = rng.choice(np.arange(days.first, days.end), count, p=days.weights)
    refused = days.days[day] * DAY + second_of_day(rng, simulation.hours.receive, count)
    submitted = submit_times(simulation, refused, rng)
    agency = rng.choice(agencies, count)
    nothing = np.zeros(count, dtype=np.int64)
    drawn = Drawn(agency, agency, nothing, nothing)
    channel = np.full(count, simulation.wire.online, dtype=object)
    frame = _frame(province, start, drawn, nothing, channel, refused, "refused procedure")
    frame = frame.with_columns(submitted=pl.Series(submitted), carried=pl.lit(False))
    return frame, refused_events(simulation.wire, submitted, refused, start)


def _channels(
    simulation: Simulation, online: int, counter: int, draws: Draws, name: str
) -> NDArray[np.object_]:
    """Exactly `online` online; the rest direct and postal in the made proportion."""
    wire, postal = simulation.wire, round(counter * simulation.channels.postal_of_counter)
    words: NDArray[np.object_] = np.array([wire.online, wire.direct, wire.postal], dtype=object)
    which = np.repeat(np.arange(3), [online, counter - postal, postal])
    channels: NDArray[np.object_] = words[draws.of(name).permutation(which)]
    return channels


def _frame(
    province: Province,
    start: int,
    drawn: Drawn,
    limit: Ints,
    channel: NDArray[np.object_],
    received: Ints,
    name: str,
) -> pl.DataFrame:
    rng = province.draws.of(name)
    procedure = draw_procedures(province.simulation.places, province.known, drawn.level, limit, rng)
    return pl.DataFrame(
        {
            "number": np.arange(start, start + len(limit), dtype=np.int64),
            "agency": drawn.agency,
            "receiving": drawn.receiving,
            "procedure": procedure,
            "channel": pl.Series(channel.tolist(), dtype=pl.String),
            "received": received,
        }
    )
