"""Working time over columns of instants: between two, after some hours, closes of working days, due dates.

Every method is total. A null input, a negative count, an unknown key, or an instant or answer outside the
calendar's years gives null: never an exception, and never an answer out of another calendar's days.

Instants: in, Int64 microseconds UTC or any Datetime with a zone; out, Int64 microseconds UTC. Working time
is Int64 microseconds. `key` names agency and version; see `key` and `key_at`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from ioc.kernel.events import INSTANT
from ioc.kernel.workdays import MOST, Arrays, Calendar, combined, grid

HOUR = 3_600_000_000  # microseconds, the unit of all working time here
Key = pl.Expr | int


@dataclass(frozen=True)
class Worktime:
    """Calendars of one zone and span, one per agency that differs and per version; equal by `digest`.

    start, end: microseconds UTC; instants before start or from end on have no answer. known: from when on
    each version is known. digest: 16 hex characters over every day of every calendar.
    """

    digest: str
    agencies: tuple[str, ...] = field(compare=False)
    versions: tuple[str, ...] = field(compare=False)
    known: tuple[int, ...] = field(compare=False)
    start: int = field(compare=False)
    end: int = field(compare=False)
    arrays: Arrays = field(compare=False, repr=False)

    @classmethod
    def of(cls, calendars: Sequence[Calendar]) -> Worktime:
        """From all versions of agency '', then of each agency that differs; ValueError says what is wrong."""
        agencies, versions, known = grid(calendars)
        start, end = calendars[0].days[0].start, calendars[0].end
        if len(calendars) * (end - start) >= MOST:
            raise ValueError(f"calendars: {len(calendars)} of them exceed 64 bits; give fewer years")
        arrays = combined(calendars, end - start)
        said = repr((agencies, versions, known, start, end, [s.to_list() for s in vars(arrays).values()]))
        digest = hashlib.sha256(said.encode()).hexdigest()[:16]
        return cls(digest, agencies, versions, known, start, end, arrays)

    def key(self, version: str, agency: str = "") -> int:
        """The key of a version as such, for a recomputation under it; KeyError lists the known versions."""
        if version not in self.versions:
            raise KeyError(f"no version {version!r}; known: {', '.join(self.versions)}")
        own = agency if agency in self.agencies else ""
        return self.agencies.index(own) * len(self.versions) + self.versions.index(version)

    def key_at(self, at: pl.Expr, agency: pl.Expr) -> pl.Expr:
        """The key of the version known at an instant, so that a later one moves nothing decided then.

        agency: text; one without a calendar of its own, or null, has the one of all.
        """
        rows = {code: i * len(self.versions) for i, code in enumerate(self.agencies)}
        row = agency.replace_strict(rows, default=0, return_dtype=pl.Int64)
        version = _search(pl.Series(self.known, dtype=pl.Int64), _instant(at), "right") - 1
        return pl.when(version >= 0).then(row + version)

    def between(self, a: pl.Expr, b: pl.Expr, key: Key) -> pl.Expr:
        """Working time from a to b; negative where b comes first, so that it adds up over any cut."""
        worked = self._worked(self._place(b, key)) - self._worked(self._place(a, key))
        return pl.when(self._known(a, key) & self._known(b, key)).then(worked)

    def after_hours(self, t: pl.Expr, work: pl.Expr, key: Key) -> pl.Expr:
        """The first instant at which `work` (microseconds) has been worked since t; no work gives t."""
        place = self._place(t, key)
        target = self._worked(place) + _count(work, self.end - self.start)
        reached = target + _gather(self.arrays.lag, _search(self.arrays.worked, target, "left"))
        return self._answer(pl.max_horizontal(place, reached), t, work, key)

    def nth_close(self, t: pl.Expr, n: pl.Expr, key: Key) -> pl.Expr:
        """Close of office on the nth working day after the day of receipt.

        What comes on a day off or after close is received on the next working day. 0: that day's close.
        """
        closes = self.arrays.closes
        received = _search(closes, self._place(t, key), "left")
        return self._answer(_gather(closes, received + _count(n, closes.len())), t, n, key)

    def after_days(self, t: pl.Expr, n: pl.Expr, key: Key) -> pl.Expr:
        """Close of office on the nth calendar day after t's local date, or on the working day after it.

        Only the due date rolls off a day off: t's date is taken as it is. The close is never before t.
        """
        place = self._place(t, key)
        day = self._day(place) + _count(n, self.arrays.midnights.len())
        return self._answer(self._due(place, day), t, n, key)

    def after_months(self, t: pl.Expr, n: pl.Expr, key: Key) -> pl.Expr:
        """As after_days, on the same day n months later, or the last day of a month that is too short."""
        arrays, place = self.arrays, self._place(t, key)
        day = self._day(place)
        month = _gather(arrays.month, day) + _count(n, arrays.month_first.len())
        last = _gather(arrays.month_length, month) - 1
        in_month = pl.min_horizontal(_gather(arrays.in_month, day), last)
        return self._answer(self._due(place, _gather(arrays.month_first, month) + in_month), t, n, key)

    def hand_over(self, t: pl.Expr, key: Key) -> pl.Expr:
        """Until when a dossier received at t goes to who resolves it: the close of that working day, or
        when the next one opens, if t lies after the hour of hand-over (15:00) or on a day off.
        """
        arrays, place = self.arrays, self._place(t, key)
        day = _search(arrays.cut, place, "left")
        opens, closes = _gather(arrays.opens, day), _gather(arrays.closes, day)
        same = (place >= _gather(arrays.day, day)).cast(pl.Int64)
        return self._answer(opens + same * (closes - opens), t, pl.lit(0), key)

    def same_day(self, t: pl.Expr, key: Key) -> pl.Expr:
        """The due date of what is resolved the day it comes in: that working day's close, or the next one's
        if t lies after the hour of hand-over (15:00) or on a day off.
        """
        day = _search(self.arrays.cut, self._place(t, key), "left")
        return self._answer(_gather(self.arrays.closes, day), t, pl.lit(0), key)

    # Up to `_answer` nothing asks whether there is an answer: polars computes a part that is used twice anew,
    # nested `when`s eight times. Null searches as 0, and every array ends beyond the last calendar.

    def _place(self, t: pl.Expr, key: Key) -> pl.Expr:
        """Where an instant lies in the arrays; one outside the calendar is cut, so that no sum overflows."""
        at = _instant(t).clip(self.start, self.end - 1)
        return at - self.start + _number(key).clip(0, self._last_key) * (self.end - self.start)

    @property
    def _last_key(self) -> int:
        return len(self.agencies) * len(self.versions) - 1

    def _known(self, t: pl.Expr, key: Key) -> pl.Expr:
        inside = _instant(t).is_between(self.start, self.end - 1)
        return inside & _number(key).is_between(0, self._last_key)

    def _answer(self, place: pl.Expr, t: pl.Expr, n: pl.Expr, key: Key) -> pl.Expr:
        """The instant at a place; null where there is no answer, or in another calendar only."""
        at = place - _number(key).clip(0, self._last_key) * (self.end - self.start) + self.start
        asked = self._known(t, key) & (n.cast(pl.Int64, strict=False) >= 0)
        return pl.when(asked & at.is_between(self.start, self.end - 1)).then(at)

    def _worked(self, place: pl.Expr) -> pl.Expr:
        session = _search(self.arrays.begins, place, "right") - 1
        running = place - _gather(self.arrays.lag, session)
        return pl.min_horizontal(running, _gather(self.arrays.worked, session))

    def _day(self, place: pl.Expr) -> pl.Expr:
        return _search(self.arrays.midnights, place, "right") - 1

    def _due(self, place: pl.Expr, day: pl.Expr) -> pl.Expr:
        """The place of the first close from a day on, and not before the place given."""
        later = pl.max_horizontal(place, _gather(self.arrays.midnights, day))
        return _gather(self.arrays.closes, _search(self.arrays.closes, later, "left"))


def _instant(t: pl.Expr) -> pl.Expr:
    return t.cast(INSTANT, strict=False).cast(pl.Int64)


def _number(key: Key) -> pl.Expr:
    return pl.lit(key, pl.Int64) if isinstance(key, int) else key.cast(pl.Int64, strict=False)


def _count(n: pl.Expr, most: int) -> pl.Expr:
    return n.cast(pl.Int64, strict=False).clip(0, most)


def _search(array: pl.Series, value: pl.Expr, side: Literal["left", "right"]) -> pl.Expr:
    return pl.lit(array).search_sorted(value, side=side).cast(pl.Int64)


def _gather(array: pl.Series, index: pl.Expr) -> pl.Expr:
    return pl.lit(array).gather(index.clip(upper_bound=array.len() - 1), null_on_oob=True)
