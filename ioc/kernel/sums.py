"""What the clocks count of each case, in one pass: its due dates by limit and calendar, its working time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from ioc.kernel.clocks import ClockRules
from ioc.kernel.working import NULL
from ioc.kernel.worktime import series, whole

_GIVEN = (
    *("entered", "restarted", "resolved", "paused_from", "paused_work", "submitted", "owed"),
    *("limit", "unit", "key", "newest_key"),
)
COUNTED = ("statutory", "unpaused", "newest", "due_by_us", "reception_due", "worked")


def counted(clocks: ClockRules) -> pl.Expr:
    """A struct of COUNTED, Int64 microseconds, from the columns of _GIVEN (owed: a truth, the others Int64).

    statutory: the limit's end from the reception, pauses left out; unpaused: from the last restart; newest:
    that by the newest calendar; due_by_us: unpaused and the time paused, null while it waits; worked: from
    the last restart to the end, without the time paused; null where the end lies before.
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
    due = time.after_hours(unpaused, paused, key)
    reception = time.after_hours(submitted, np.full(submitted.shape, clocks.reception), key)
    worked = time.between(start, resolved, key)
    found = (
        time.after_limit(entered, limit, unit, key) if again.any() else unpaused,
        unpaused,
        time.after_limit(start, limit, unit, newest_key) if (newest_key != key).any() else unpaused,
        np.where(paused_from == NULL, due, NULL),
        np.where(owed == 1, reception, NULL),
        np.where((worked == NULL) | (resolved < start), NULL, worked - paused),
    )
    return pl.DataFrame(dict(zip(COUNTED, map(series, found), strict=True))).to_struct("counted")
