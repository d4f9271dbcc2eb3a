"""A province-year: cases with their codes, and the messages about them in the order they are sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from streams.simulator.events import sends
from streams.simulator.parts import Province, carried_part, new_part, refused_part
from streams.simulator.places import Reference
from streams.simulator.quota import quota
from streams.simulator.settings import Simulation
from streams.simulator.shares import Draws
from streams.simulator.times import DAY
from streams.simulator.workdays import workdays

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Plan:
    """`cases` by row number; `sends` refers to it by `case`. Instants are local seconds since 1970-01-01."""

    simulation: Simulation
    known: Reference
    cases: pl.DataFrame
    sends: pl.DataFrame


def province_year(
    simulation: Simulation, known: Reference, year: int, scale: float, seed: int, carried: bool = True
) -> Plan:
    """All that happens to the year's cases, to their end; `carried`: also to those open at its start."""
    draws, days = Draws(seed, year), workdays(simulation, year)
    province = Province(simulation, known, quota(simulation, scale), days, draws)
    parts = [new_part(province, 0)]
    parts.append(refused_part(province, len(parts[0][0]), parts[0][0]["agency"].to_numpy()))
    if carried:
        parts.append(carried_part(province, sum(len(cases) for cases, _ in parts)))
    cases = pl.concat([cases for cases, _ in parts])
    events = sends(pl.concat([events for _, events in parts]), simulation.sending, draws)
    return Plan(simulation, known, _with_codes(cases, known, year), events)


def year_starts(year: int) -> int:
    """Local seconds of the year's first instant."""
    return (date(year, 1, 1) - EPOCH).days * DAY


def _with_codes(cases: pl.DataFrame, known: Reference, year: int) -> pl.DataFrame:
    """Adds `code`: receiving agency, day (never before the case's own year), serial of that day.

    `receiving` becomes who stands on that day for the agency that was drawn; a code never changes after it.
    """
    first = pl.coalesce("submitted", "received")
    starts = year_starts(year)
    clamped = pl.when(pl.col("carried")).then(first).otherwise(pl.max_horizontal(first, pl.lit(starts)))
    day = (clamped // DAY).cast(pl.Int32).cast(pl.Date)
    receiving = known.on(cases["receiving"], cases.select(clamped).to_series())
    return (
        cases.with_columns(receiving, day.alias("day"), first.alias("first"))
        .sort("first", "number")
        .with_columns(serial=pl.int_range(1, pl.len() + 1).over("receiving", "day"))
        .sort("number")
        .with_columns(
            code=pl.concat_str(
                known.codes.gather(receiving),
                pl.lit("-"),
                pl.col("day").dt.strftime("%y%m%d"),
                pl.lit("-"),
                pl.col("serial").cast(pl.String).str.zfill(4),
            )
        )
        .drop("first", "serial", "day")
    )
