"""Who resolves what: agencies and procedures of the reference data, drawn by level with made weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ioc.errors import BadInput
from schemas import Registry
from streams.simulator.cases import Ints
from streams.simulator.settings import Places
from streams.simulator.shares import Draws, apportion


@dataclass(frozen=True)
class Named:
    """A code with its name, at one level."""

    code: str
    name: str
    level: str


@dataclass(frozen=True)
class Reference:
    """What cases refer to by index."""

    agencies: tuple[Named, ...]
    procedures: tuple[Named, ...]


def reference(registry: Registry) -> Reference:
    """Simulated agencies and all procedures of the registry, by code."""
    agencies = sorted((a for a in registry.agencies.values() if a.simulated), key=lambda row: row.code)
    procedures = sorted(registry.procedures.values(), key=lambda row: row.code)
    return Reference(
        tuple(Named(row.code, row.name, row.level) for row in agencies),
        tuple(Named(row.code, row.name, row.level) for row in procedures),
    )


@dataclass(frozen=True)
class Drawn:
    """Per case: indices into Reference, and the procedure's time limit in working days."""

    agency: Ints
    receiving: Ints
    limit: Ints
    level: Ints


def _skewed(count: int, skew: float) -> NDArray[np.float64]:
    weights: NDArray[np.float64] = np.arange(1, count + 1, dtype=np.float64) ** -skew
    weights /= weights.sum()
    return weights


def _of_level(rows: Sequence[Named], level: str, what: str) -> Ints:
    found = np.array([i for i, row in enumerate(rows) if row.level == level], dtype=np.int64)
    if len(found) == 0:
        raise BadInput(f"places.levels: {what}", level, f"use a level that the reference data's {what} have")
    return found


def draw_places(places: Places, known: Reference, count: int, draws: Draws, longer: bool) -> Drawn:
    """Agencies and limits for `count` cases; `longer`: long limits more often, as among open cases."""
    names = list(places.levels)
    pairs = [
        (i, limit, row.share * weight / sum(row.limits.values()) * (limit if longer else 1))
        for i, row in enumerate(places.levels.values())
        for limit, weight in row.limits.items()
    ]
    weights = np.array([weight for _, _, weight in pairs])
    name = "carried places" if longer else "places"
    chosen = draws.of(name).choice(len(pairs), count, p=weights / weights.sum())
    level = np.array([i for i, _, _ in pairs])[chosen]
    limit = np.array([limit for _, limit, _ in pairs])[chosen]
    agency, elsewhere = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    rng = draws.of(name + " agency")
    for i, word in enumerate(names):
        able = _of_level(known.agencies, word, "agencies")
        mask = level == i
        agency[mask] = rng.choice(able, int(mask.sum()), p=_skewed(len(able), places.agency_skew))
        elsewhere[mask] = rng.choice(able, int(mask.sum()))
    moved = rng.random(count) < places.received_elsewhere
    return Drawn(agency, np.where(moved, elsewhere, agency), limit, level)


def draw_procedures(places: Places, known: Reference, level: Ints, limit: Ints, rng: Generator) -> Ints:
    """A procedure per case; each procedure of a level has one time limit, so the two agree."""
    procedure = np.zeros(len(level), dtype=np.int64)
    for i, row in enumerate(places.levels.values()):
        able = _of_level(known.procedures, row.procedures, "procedures")
        limits = sorted(row.limits)
        sizes = apportion(max(len(able) - len(limits), 0), [row.limits[days] for days in limits])
        groups = np.split(able, np.cumsum([size + 1 for size in sizes])[:-1])
        for days, group in zip(limits, groups, strict=True):
            mask = (level == i) & (limit == days)
            some = group if len(group) else able
            procedure[mask] = rng.choice(some, int(mask.sum()), p=_skewed(len(some), places.procedure_skew))
        other = (level == i) & ~np.isin(limit, limits)
        procedure[other] = rng.choice(able, int(other.sum()))
    return procedure
