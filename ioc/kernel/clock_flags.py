"""What a case's clocks find odd (domain 1.7 and 1.8): said with a code, and in the figures all the same."""

from __future__ import annotations

import polars as pl

from ioc.kernel.clocks import ClockRules
from ioc.kernel.deadline import local_day
from ioc.kernel.flag_bits import bits
from ioc.kernel.states import FLAGS
from ioc.kernel.working import UNITS

CLOCK_FLAGS = (
    "due-before-received",
    "due-moved-without-cause",
    "reappointed-twice",
    "resolved-at-due-told-later",
    "supplement-near-due",
    "limit-not-known",
    "procedure-not-known",
    "agency-not-valid",
    "time-backwards",
    "apology-after-due",
    "second-apology",
)


def raised(zone: str, clocks: ClockRules) -> pl.Expr:
    """The bits, after those of FLAGS, of a case with facts, limit and what its events told (timeline.TOLD).

    Of a received case's procedure one thing is wrong at most: `procedure-not-known` where none was given or
    none of its versions was valid on the day of reception, else `limit-not-known`. An agency is held against
    the day of the event that gave it, since a case outlives a merger; a code that reference data does not
    know is not judged.
    """
    col = pl.col
    due, received = col("due_at").cast(pl.Int64), col("entered").is_not_null()
    version = col("procedure_version").is_not_null()
    conditions = (
        due < col("entered"),
        col("bare_moves") > 0,
        col("moves") > 1,
        (col("resolved") == due) & (col("told") - col("resolved") > clocks.told_after),
        col("late_supplement"),
        received & version & without_limit(),
        received & ~version,
        clocks.agencies.outside("agency", local_day("agency_at", zone)),
        col("backwards"),
        local_day("apology_first", zone) > local_day("apology_due", zone),
        col("letters") > 1,
    )
    return bits(conditions, after=len(FLAGS))


def without_limit() -> pl.Expr:
    """No version of the procedure, or none whose limit can be counted; one of the same day has none."""
    unit = pl.col("unit")
    return unit.is_null() | (pl.col("limit").is_null() & (unit != UNITS.index("same_day")))
