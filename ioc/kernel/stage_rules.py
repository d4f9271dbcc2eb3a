"""What the kernel needs to know of a feed's stages with limits of their own, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ioc.kernel.worktime import Worktime


@dataclass(frozen=True)
class StageLimit:
    """For stages begun from valid_from to valid_to (inclusive; None: open) of cases whose attributes are any
    of `when`: so many of working.UNITS. Without a unit it is known that there is none.
    """

    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limit: int | None = None
    unit: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class TimedStage:
    """From the first event with a status of `starts` to the first with one of `ends` at or after it.

    optional: need not be done. stops: its clock stands still while the case is paused. limits: of a case and
    a day one at most.
    """

    name: str
    starts: frozenset[str]
    ends: frozenset[str]
    limits: tuple[StageLimit, ...]
    optional: bool = False
    stops: bool = False


@dataclass(frozen=True, eq=False)
class StageRules:
    """A stage counts by the calendar known when it began."""

    worktime: Worktime
    stages: tuple[TimedStage, ...]

    @property
    def asked(self) -> tuple[str, ...]:
        """The attributes that tell kinds apart."""
        limits = [limit for stage in self.stages for limit in stage.limits]
        return tuple(dict.fromkeys(name for limit in limits for name in limit.when))
