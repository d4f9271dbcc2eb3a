"""What the clocks need to know of a feed: its calendar, its procedures' limits, its pauses and letters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ioc.kernel.limits import Limits
from ioc.kernel.spells import Spells
from ioc.kernel.working import HOUR
from ioc.kernel.worktime import Worktime


@dataclass(frozen=True, eq=False)
class ClockRules:
    """Plain values; others build them from the feed's files, reference data and calendar.

    A case counts by the calendar known when it was received, so that a later one moves no due date.
    reasons: paused status -> one of limits.REASONS. apologies: statuses that say a letter was issued.
    online: channels whose reception must follow within `reception` working microseconds. In microseconds of
    the clock: breach (a due date is near), near_due (a supplement asked within it is flagged), told_after
    (an end that reached us later is noticed), backwards (a source's time may run back by so much). agencies:
    the days on which each code is valid. apology_rules: received from, to
    (inclusive; None: open), and so many days before the due date a letter is in time.
    """

    worktime: Worktime
    limits: Limits
    reasons: Mapping[str, str] = field(default_factory=dict)
    apologies: frozenset[str] = frozenset()
    online: frozenset[str] = frozenset()
    reception: int = 8 * HOUR
    breach: int = 24 * HOUR
    near_due: int = 8 * HOUR
    told_after: int = 2 * HOUR
    backwards: int = 24 * HOUR
    agencies: Spells = field(default_factory=Spells)
    apology_rules: tuple[tuple[date | None, date | None, int], ...] = ((None, None, 1),)

    def apology_days(self, received: date) -> int | None:
        """How many days before its due date a letter is in time; None where no rule holds."""
        for first, last, days in self.apology_rules:
            if (first or date.min) <= received <= (last or date.max):
                return days
        return None
