"""Time limits of procedures: the version in force on the day of reception, and what a pause does to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from ioc.kernel.spells import Spells
from ioc.kernel.working import UNITS

REASONS = ("supplement", "fee", "stop")
POLICIES = ("resume", "restart", "none")


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
    """All versions by their spells, so that a column of cases finds its versions by one search."""

    def __init__(self, limits: Iterable[Limit], otherwise: Mapping[str, str] | None = None) -> None:
        """otherwise: reason -> policy where the version is not known or names none; else it resumes."""
        default = {reason: "resume" for reason in REASONS} | dict(otherwise or {})
        ordered = sorted(limits, key=lambda one: (one.procedure, one.valid_from or date.min))
        self._spells = Spells((one.procedure, one.valid_from, one.valid_to) for one in ordered)
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
        return self._spells.row("procedure", pl.col(on))

    def said(self, row: pl.Expr, online: pl.Expr) -> dict[str, pl.Expr]:
        """Of the versions so numbered; unit and pause_<reason> by their places in UNITS and POLICIES."""
        found = {name: pl.lit(values).gather(row) for name, values in self._columns.items()}
        return {
            "procedure_version": found["version"],
            "limit": pl.when(online).then(found["online"]).otherwise(found["limit"]),
            **{name: found[name] for name in ("unit", *(f"pause_{reason}" for reason in REASONS))},
        }
