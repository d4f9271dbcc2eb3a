"""Working time over whole columns in numpy; worktime.py offers the same to polars and says what each means.

In numpy, since polars computes a part of so deep an expression as often as it is named: 40 ms for 8 cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ioc.kernel.workdays import Arrays, Column

HOUR = 3_600_000_000  # microseconds, the unit of all working time here
DAY = 24 * HOUR
UNITS = ("working_days", "days", "months", "working_hours", "same_day")
NULL = -(2**63)
Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Working:
    """Instants, working time and answers are Int64 microseconds; NULL, in or out, is no value.

    start, end: outside them there is no answer. last_key: the greatest key of a calendar in `arrays`.
    """

    start: int
    end: int
    last_key: int
    arrays: Arrays

    def after_limit(self, t: Column, n: Column, unit: Column, key: Column) -> Column:
        t, n, key, unit = np.broadcast_arrays(t, n, key, unit)
        ends = np.full(t.shape, NULL)
        operations = (self.nth_close, self.after_days, self.after_months, self._limit_hours)
        for place, operation in enumerate(operations):
            mine = unit == place
            if mine.any():
                ends[mine] = operation(t[mine], n[mine], key[mine])
        mine = unit == len(operations)
        ends[mine] = self.same_day(t[mine], key[mine])
        return ends

    def _limit_hours(self, t: Column, n: Column, key: Column) -> Column:
        work = np.where(n < 0, NULL, np.minimum(n, (self.end - self.start) // HOUR) * HOUR)
        return self.after_hours(t, work, key)

    def between(self, a: Column, b: Column, key: Column) -> Column:
        worked = self._worked(self._place(b, key)) - self._worked(self._place(a, key))
        return np.where(self._known(a, key) & self._known(b, key), worked, NULL)

    def after_hours(self, t: Column, work: Column, key: Column) -> Column:
        place = self._place(t, key)
        target = self._worked(place) + np.clip(work, 0, self.end - self.start)
        reached = target + _taken(self.arrays.lag, np.searchsorted(self.arrays.worked, target, "left"))
        return self._answer(np.maximum(place, reached), t, work, key)

    def nth_close(self, t: Column, n: Column, key: Column) -> Column:
        closes, place = self.arrays.closes, self._place(t, key)
        received = self._next_close(place, self._day(place))
        return self._answer(_taken(closes, received + np.clip(n, 0, closes.size)), t, n, key)

    def after_days(self, t: Column, n: Column, key: Column) -> Column:
        place = self._place(t, key)
        day = self._day(place) + np.clip(n, 0, self.arrays.midnights.size)
        return self._answer(self._due(place, day), t, n, key)

    def after_months(self, t: Column, n: Column, key: Column) -> Column:
        arrays, place = self.arrays, self._place(t, key)
        day = self._day(place)
        month = _taken(arrays.month, day) + np.clip(n, 0, arrays.month_first.size)
        last = _taken(arrays.month_length, month) - 1
        in_month = np.minimum(_taken(arrays.in_month, day), last)
        return self._answer(self._due(place, _taken(arrays.month_first, month) + in_month), t, n, key)

    def hand_over(self, t: Column, key: Column) -> Column:
        arrays, place = self.arrays, self._place(t, key)
        day = np.searchsorted(arrays.cut, place, "left")
        opens, closes = _taken(arrays.opens, day), _taken(arrays.closes, day)
        return self._answer(
            np.where(place >= _taken(arrays.day, day), closes, opens), t, np.zeros_like(t), key
        )

    def same_day(self, t: Column, key: Column) -> Column:
        day = np.searchsorted(self.arrays.cut, self._place(t, key), "left")
        return self._answer(_taken(self.arrays.closes, day), t, np.zeros_like(t), key)

    # Up to `_answer` nothing asks whether there is an answer: every array ends beyond the last calendar.

    def _place(self, t: Column, key: Column) -> Column:
        """Where an instant lies in the arrays; one outside the calendar is cut, so that no sum overflows."""
        at = np.clip(t, self.start, self.end - 1)
        return at - self.start + np.clip(key, 0, self.last_key) * (self.end - self.start)

    def _known(self, t: Column, key: Column) -> Truths:
        return (t >= self.start) & (t < self.end) & (key >= 0) & (key <= self.last_key)

    def _answer(self, place: Column, t: Column, n: Column, key: Column) -> Column:
        """The instant at a place; none where there is no answer, or in another calendar only."""
        at = place - np.clip(key, 0, self.last_key) * (self.end - self.start) + self.start
        asked = self._known(t, key) & (n >= 0)
        return np.where(asked & (at >= self.start) & (at < self.end), at, NULL)

    # Days are of one length where the zone knows no summer time, and are then found without a search; within
    # its day an instant is a step or two from what was found for the midnight. Searches took twice as long.

    @cached_property
    def _even(self) -> bool:
        midnights = self.arrays.midnights
        return bool((midnights == np.arange(midnights.size) * DAY).all())

    @cached_property
    def _sessions(self) -> tuple[Column, int]:
        """For each midnight the session begun last, and the most that begin within a day."""
        begun = np.searchsorted(self.arrays.begins, self.arrays.midnights, "right") - 1
        return begun, int(np.diff(begun).max(initial=0))

    @cached_property
    def _closes(self) -> Column:
        """For each midnight the first close from it on; a day has one at most."""
        return np.searchsorted(self.arrays.closes, self.arrays.midnights, "left")

    def _day(self, place: Column) -> Column:
        if self._even:
            return place // DAY
        return np.searchsorted(self.arrays.midnights, place, "right") - 1

    def _worked(self, place: Column) -> Column:
        begun, most = self._sessions
        session = begun[self._day(place)]
        for _ in range(most):
            session = session + (_taken(self.arrays.begins, session + 1) <= place)
        running: Column = np.minimum(place - self.arrays.lag[session], self.arrays.worked[session])
        return running

    def _next_close(self, place: Column, day: Column) -> Column:
        """The first close at or after a place on a day, by its number."""
        first = self._closes[day]
        return first + (_taken(self.arrays.closes, first) < place)

    def _due(self, place: Column, day: Column) -> Column:
        """The place of the first close from a day on, and not before the place given."""
        day = np.minimum(day, self.arrays.midnights.size - 1)
        later = np.maximum(place, self.arrays.midnights[day])
        return _taken(self.arrays.closes, self._next_close(later, day))


def _taken(array: Column, index: Column) -> Column:
    return array[np.minimum(index, array.size - 1)]
