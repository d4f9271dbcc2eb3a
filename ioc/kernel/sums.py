"""What the clocks count of each case, in one pass: its due dates by limit and calendar, its working time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from ioc.kernel.clocks import ClockRules
from ioc.kernel.workdays import Column
from ioc.kernel.working import NULL, Truths
from ioc.kernel.worktime import series, whole

_GIVEN = (
    *("entered", "restarted", "resolved", "paused_from", "paused_work", "submitted", "owed"),
    *("limit", "unit", "key", "newest_key"),
)
COUNTED = ("statutory", "unpaused", "newest", "due_by_us", "reception_due", "worked")


def counted(clocks: ClockRules) -> pl.Expr:
    """A struct of COUNTED, Int64 microseconds, from the columns of _GIVEN (owed: a truth, the others Int64).

    statutory: the limit's end from the reception, pauses left out; unpaused: from the last restart, where
    time was paused; newest: from there by the newest calendar, where that says otherwise; due_by_us: from
    there and the time paused, null while it waits; worked: from the last restart to the end, without the
    time paused; null where the end lies before.
    """
    kinds = pl.Struct(dict.fromkeys(COUNTED, pl.Int64()))
    given = [whole(pl.col(name)) for name in _GIVEN]
    return pl.map_batches(given, lambda columns: _count(clocks, columns), return_dtype=kinds)


def _count(clocks: ClockRules, columns: Sequence[pl.Series]) -> pl.Series:
    entered, restarted, resolved, paused_from, paused, submitted, owed, limit, unit, key, newest_key = (
        column.to_numpy() for column in columns
    )
    time, again = clocks.worktime.columns, restarted != NULL
    start = np.where(again, restarted, entered)
    unpaused = time.after_limit(start, limit, unit, key)
    waited, worked = (paused > 0) & (unpaused != NULL), time.between(start, resolved, key)
    hours = np.full(submitted.shape, clocks.reception)
    nothing = np.full(submitted.shape, NULL)
    due = _where(waited, time.after_hours, (unpaused, paused, key), unpaused)
    newest = _where(newest_key != key, time.after_limit, (start, limit, unit, newest_key), nothing)
    found = (
        _where(again, time.after_limit, (entered, limit, unit, key), unpaused),
        np.where(waited, unpaused, NULL),
        np.where(newest == unpaused, NULL, newest),
        np.where(paused_from == NULL, due, NULL),
        _where(owed == 1, time.after_hours, (submitted, hours, key), nothing),
        np.where((worked == NULL) | (resolved < start), NULL, worked - paused),
    )
    return pl.DataFrame(dict(zip(COUNTED, map(series, found), strict=True))).to_struct("counted")


def _where(mine: Truths, operation: Callable[..., Column], given: Sequence[Column], others: Column) -> Column:
    """What an operation gives for the rows that need it; the others stay."""
    if not mine.any():
        return others
    found = others.copy()
    found[mine] = operation(*(column[mine] for column in given))
    return found
