"""Who resolves what: agencies and procedures of the reference data, drawn by level with made weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.random import Generator
from numpy.typing import NDArray

from ioc.errors import BadInput
from schemas import History, Registry
from streams.simulator.cases import Ints
from streams.simulator.settings import Places
from streams.simulator.shares import Draws, apportion
from streams.simulator.times import DAY


@dataclass(frozen=True)
class Named:
    """A code with its name, at one level."""

    code: str
    name: str
    level: str


@dataclass(frozen=True)
class Reference:
    """What cases refer to by index: agencies that are drawn, after them those that took over from one."""

    agencies: tuple[Named, ...]
    procedures: tuple[Named, ...]
    drawn: int  # so many of the agencies
    history: History

    @property
    def codes(self) -> pl.Series:
        """The agencies' codes by index."""
        return pl.Series([agency.code for agency in self.agencies], dtype=pl.String)

    def on(self, agency: pl.Series, seconds: pl.Series) -> pl.Series:
        """Drawn agencies' indices and local seconds -> indices of who stands for them on those days."""
        days = (seconds // DAY).cast(pl.Int32).cast(pl.Date)
        asked = pl.DataFrame({"agency": agency, "day": days})
        ending = [i for i, one in enumerate(self.agencies[: self.drawn]) if _ends(self.history, one.code)]
        pairs = asked.filter(pl.col("agency").is_in(ending)).unique()
        index = {one.code: i for i, one in enumerate(self.agencies)}
        now = [index[self._responsible(i, day)] for i, day in pairs.iter_rows()]
        moved = pairs.with_columns(now=pl.Series(now, dtype=agency.dtype))
        joined = asked.join(moved, on=["agency", "day"], how="left", maintain_order="left")
        return joined.select(pl.coalesce("now", "agency")).to_series()

    def _responsible(self, agency: int, day: date) -> str:
        code = self.agencies[agency].code
        found = self.history.responsible(code, day)
        return found.code if found else code


def _ends(history: History, code: str) -> bool:
    return any(version.valid_to for version in history.versions.get(code, ()))


def reference(registry: Registry) -> Reference:
    """Simulated agencies, then by code those that take over from one, and all procedures of the registry."""
    agencies = sorted((a for a in registry.agencies.values() if a.simulated), key=lambda row: row.code)
    known = {row.code for row in agencies}
    versions = (version for same in registry.history.versions.values() for version in same)
    ends = {version.valid_to + timedelta(days=1) for version in versions if version.valid_to}
    later = {
        now.code: now
        for row in agencies
        for day in sorted(ends)
        if (now := registry.history.responsible(row.code, day)) is not None and now.code not in known
    }
    procedures = sorted(registry.procedures.values(), key=lambda row: row.code)
    return Reference(
        tuple(
            Named(row.code, row.name, row.level) for row in (*agencies, *(later[c] for c in sorted(later)))
        ),
        tuple(Named(row.code, row.name, row.level) for row in procedures),
        len(agencies),
        registry.history,
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
        able = _of_level(known.agencies[: known.drawn], word, "agencies")
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
