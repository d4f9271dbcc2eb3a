"""Time limits of procedures: the version in force on the day of reception, and what a pause does to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from ioc.kernel.working import UNITS

REASONS = ("supplement", "fee", "stop")
POLICIES = ("resume", "restart", "none")
_EPOCH = date(1970, 1, 1)
_SPAN = 2**20  # days; wider than any calendar
_OFFSET = 2**19  # days before 1970 stay positive


@dataclass(frozen=True)
class Limit:
    """One version of one procedure. `unit` None: the limit cannot be recomputed (domain: unit left blank).

    limit: so many `unit`s; online: where the online channel has its own. valid_to is inclusive; None: open.
    pauses: reason -> policy: `resume` adds the paused working time, `restart` begins anew when the pause
    ends, `none` lets the clock run. What a reason not named does, Limits says.
    """

    procedure: str
    version: str
    limit: int | None = None
    unit: str | None = None
    online: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    pauses: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.unit is not None and self.unit not in UNITS:
            raise ValueError(f"unit: {self.unit!r} is none of {', '.join(UNITS)}; leave it empty if unknown")
        for reason, policy in self.pauses.items():
            if reason not in REASONS or policy not in POLICIES:
                allowed = f"{', '.join(REASONS)}: {' | '.join(POLICIES)}"
                raise ValueError(f"pauses.{reason}: {policy!r} cannot be used; write {allowed}")


class Limits:
    """All versions in one sorted array, so that a column of cases finds its versions by one search."""

    def __init__(self, limits: Iterable[Limit], otherwise: Mapping[str, str] | None = None) -> None:
        """otherwise: reason -> policy where the version is not known or names none; else it resumes."""
        default = {reason: "resume" for reason in REASONS} | dict(otherwise or {})
        ordered = sorted(limits, key=lambda one: (one.procedure, one.valid_from or date.min))
        names = dict.fromkeys(one.procedure for one in ordered)
        self._places: dict[str, int] = {name: i for i, name in enumerate(names)}
        places = [self._places[one.procedure] * _SPAN for one in ordered]
        starts = [p + _day(one.valid_from, 0) for p, one in zip(places, ordered, strict=True)]
        ends = [p + _day(one.valid_to, _SPAN - 1) for p, one in zip(places, ordered, strict=True)]
        self._starts, self._ends = np.array([-1, *starts]), np.array([-2, *ends])
        numbers: dict[str, list[int | None]] = {
            "limit": [one.limit for one in ordered],
            "online": [one.limit if one.online is None else one.online for one in ordered],
            "unit": [UNITS.index(one.unit) if one.unit else None for one in ordered],
        }
        versions = [None, *(one.version for one in ordered)]
        self._columns = {
            "version": pl.Series(versions, dtype=pl.String),
            **{name: pl.Series([None, *values], dtype=pl.Int64) for name, values in numbers.items()},
        }
        for reason in REASONS:
            policies = [default[reason], *(one.pauses.get(reason, default[reason]) for one in ordered)]
            said = [POLICIES.index(policy) for policy in policies]
            self._columns[f"pause_{reason}"] = pl.Series(said, dtype=pl.Int8)

    def row(self, on: str) -> pl.Expr:
        """For frames with `procedure` and a date column: the number of the version valid on that day.

        0 where the procedure, or such a version of it, is not known; `said` then says nothing but what a
        pause does.
        """
        day = pl.col(on).cast(pl.Int32).cast(pl.Int64) + _OFFSET
        place = pl.col("procedure").replace_strict(self._places, default=None, return_dtype=pl.Int64)
        return pl.map_batches([(place * _SPAN + day).fill_null(-1)], self._row, return_dtype=pl.Int64)

    def _row(self, columns: Sequence[pl.Series]) -> pl.Series:
        wanted = columns[0].to_numpy()
        row = np.searchsorted(self._starts, wanted, side="right") - 1
        return pl.Series(np.where(self._ends[row] >= wanted, row, 0))

    def said(self, row: pl.Expr, online: pl.Expr) -> dict[str, pl.Expr]:
        """Of the versions so numbered; unit and pause_<reason> by their places in UNITS and POLICIES."""
        found = {name: pl.lit(values).gather(row) for name, values in self._columns.items()}
        return {
            "procedure_version": found["version"],
            "limit": pl.when(online).then(found["online"]).otherwise(found["limit"]),
            **{name: found[name] for name in ("unit", *(f"pause_{reason}" for reason in REASONS))},
        }


def _day(given: date | None, otherwise: int) -> int:
    return otherwise if given is None else (given - _EPOCH).days + _OFFSET
