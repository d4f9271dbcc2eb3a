"""Working time over columns of instants: between two, after some hours, closes of working days, due dates.

Every method is total. A null input, a negative count, an unknown key, or an instant or answer outside the
calendar's years gives null: never an exception, and never an answer out of another calendar's days.

Instants: in, Int64 microseconds UTC or any Datetime with a zone; out, Int64 microseconds UTC. Working time
is Int64 microseconds. `key` names agency and version; see `key` and `key_at`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import polars as pl
import pyarrow as pa

from ioc.kernel.events import INSTANT
from ioc.kernel.workdays import MOST, Calendar, Column, combined, grid
from ioc.kernel.working import NULL, Working

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
    columns: Working = field(compare=False, repr=False)

    @classmethod
    def of(cls, calendars: Sequence[Calendar]) -> Worktime:
        """From all versions of agency '', then of each agency that differs; ValueError says what is wrong."""
        agencies, versions, known = grid(calendars)
        start, end = calendars[0].days[0].start, calendars[0].end
        if len(calendars) * (end - start) >= MOST:
            raise ValueError(f"calendars: {len(calendars)} of them exceed 64 bits; give fewer years")
        arrays = combined(calendars, end - start)
        said = repr((agencies, versions, known, start, end, [s.tolist() for s in vars(arrays).values()]))
        digest = hashlib.sha256(said.encode()).hexdigest()[:16]
        columns = Working(start, end, len(calendars) - 1, arrays)
        return cls(digest, agencies, versions, known, start, end, columns)

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

    def newest(self, key: pl.Expr) -> pl.Expr:
        """The key of the newest version for the agency of a key."""
        return key // len(self.versions) * len(self.versions) + len(self.versions) - 1

    def between(self, a: pl.Expr, b: pl.Expr, key: Key) -> pl.Expr:
        """Working time from a to b; negative where b comes first, so that it adds up over any cut."""
        return _answers(self.columns.between, _instant(a), _instant(b), key)

    def after_hours(self, t: pl.Expr, work: pl.Expr, key: Key) -> pl.Expr:
        """The first instant at which `work` (microseconds) has been worked since t; no work gives t."""
        return _answers(self.columns.after_hours, _instant(t), work, key)

    def nth_close(self, t: pl.Expr, n: pl.Expr, key: Key) -> pl.Expr:
        """Close of office on the nth working day after the day of receipt.

        What comes on a day off or after close is received on the next working day. 0: that day's close.
        """
        return _answers(self.columns.nth_close, _instant(t), n, key)

    def after_days(self, t: pl.Expr, n: pl.Expr, key: Key) -> pl.Expr:
        """Close of office on the nth calendar day after t's local date, or on the working day after it.

        Only the due date rolls off a day off: t's date is taken as it is. The close is never before t.
        """
        return _answers(self.columns.after_days, _instant(t), n, key)

    def after_months(self, t: pl.Expr, n: pl.Expr, key: Key) -> pl.Expr:
        """As after_days, on the same day n months later, or the last day of a month that is too short."""
        return _answers(self.columns.after_months, _instant(t), n, key)

    def hand_over(self, t: pl.Expr, key: Key) -> pl.Expr:
        """Until when a dossier received at t goes to who resolves it: the close of that working day, or
        when the next one opens, if t lies after the hour of hand-over (15:00) or on a day off.
        """
        return _answers(self.columns.hand_over, _instant(t), key)

    def same_day(self, t: pl.Expr, key: Key) -> pl.Expr:
        """The due date of what is resolved the day it comes in: that working day's close, or the next one's
        if t lies after the hour of hand-over (15:00) or on a day off.
        """
        return _answers(self.columns.same_day, _instant(t), key)

    def after_limit(self, t: pl.Expr, n: pl.Expr, unit: pl.Expr, key: Key) -> pl.Expr:
        """The end of a limit of n units, `unit` by its place in UNITS; null where it is none of them.

        n is not asked of what is due the same day.
        """
        return _answers(self.columns.after_limit, _instant(t), n, unit, key)


def _instant(t: pl.Expr) -> pl.Expr:
    return t.cast(INSTANT, strict=False).cast(pl.Int64)


def _answers(operation: Callable[..., Column], *given: pl.Expr | int) -> pl.Expr:
    inputs = [pl.lit(one) if isinstance(one, int) else one for one in given]

    def answered(columns: Sequence[pl.Series]) -> pl.Series:
        return series(operation(*(column.to_numpy() for column in columns)))

    return pl.map_batches([whole(one) for one in inputs], answered, return_dtype=pl.Int64)


def whole(given: pl.Expr) -> pl.Expr:
    """Int64 with NULL for null: what `Working` takes."""
    return given.cast(pl.Int64, strict=False).fill_null(NULL)


def series(found: Column) -> pl.Series:
    """What `Working` answered, with null for NULL."""
    return pl.Series(pa.array(np.atleast_1d(found), mask=np.atleast_1d(found == NULL)))


def _search(array: pl.Series, value: pl.Expr, side: Literal["left", "right"]) -> pl.Expr:
    return pl.lit(array).search_sorted(value, side=side).cast(pl.Int64)
