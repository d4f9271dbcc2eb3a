"""Cases -> months by procedure, and by working hours: the detail of measures that do not add up."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from ioc.kernel.deadline import OUTCOMES
from ioc.kernel.levels import FULL, LEVEL, PARTIAL
from ioc.kernel.months import month_of
from ioc.kernel.period_names import PeriodCalendar

LETTERS = {"letter_in_time": "in_time", "letter_late": "late", "letter_missing": "missing"}
RECEPTION = ("reception_in_time", "reception_late")
PROCEDURE_KEYS = ("calendar", "month", "agency", "channel", "procedure")
PROCEDURE_FIGURES = (
    *("new", "full_service", "partial_service", "resolved", *OUTCOMES, "withdrawn"),
    *(*LETTERS, *RECEPTION, "set_aside"),
)
HOURS_KEYS = ("calendar", "month", "agency", "hours")
_MONTH: dict[str, pl.DataType] = {"calendar": pl.String(), "month": pl.Int32(), "agency": pl.String()}
PROCEDURE_CELLS = pl.Schema(
    _MONTH | {"channel": pl.String(), "procedure": pl.String()} | dict.fromkeys(PROCEDURE_FIGURES, pl.Int64())
)
HOURS_CELLS = pl.Schema(_MONTH | {"hours": pl.Int32(), "resolved": pl.Int64()})
DETAILED_FROM = (
    *("in_figures", "entered_at", "entered_on", "resolved_on", "outcome", "withdrawn", "set_aside"),
    *("agency", "receiving_agency", "channel", "procedure", "reception_due_at", "apology", "worked_seconds"),
)
_HOUR = 3600


def procedure_cells(cases: pl.DataFrame, calendars: Sequence[PeriodCalendar]) -> pl.DataFrame:
    """Frame of CASES and `level` -> PROCEDURE_CELLS: what happened in a month, by agency, channel, procedure.

    What is new and resolved, and the apology letters of those that ended, is the resolving agency's, as in
    months of forms. Receptions within their working hours or late (domain 2.3) are the agency's where the
    case was handed in, in the month of its reception. A case set aside is in the month of its reception too.
    Of what is new, full_service and partial_service are those whose service is said to be of that level.
    """
    col = pl.col
    named = cases.with_columns(col("channel", "procedure").fill_null(""))
    mine, handed_in = col("agency").fill_null(""), pl.coalesce("receiving_agency", "agency", pl.lit(""))
    counted, late = named.filter("in_figures"), col("entered_at") > col("reception_due_at")
    timed = counted.filter(col("reception_due_at").is_not_null())
    ended = {
        "resolved": pl.len(),
        **{name: (col("outcome") == name).sum() for name in OUTCOMES},
        "withdrawn": col("withdrawn").sum(),
        **{name: (col("apology") == said).sum() for name, said in LETTERS.items()},
    }
    levels = {"full_service": col(LEVEL) == FULL, "partial_service": col(LEVEL) == PARTIAL}
    began = {"new": pl.len(), **{name: is_of.sum() for name, is_of in levels.items()}}
    parts = [
        _of(counted, "entered_on", mine, began, calendars),
        _of(counted, "resolved_on", mine, ended, calendars),
        _of(
            timed,
            "entered_on",
            handed_in,
            dict(zip(RECEPTION, ((~late).sum(), late.sum()), strict=True)),
            calendars,
        ),
        _of(
            named.filter(col("set_aside").is_not_null()),
            "entered_on",
            mine,
            {"set_aside": pl.len()},
            calendars,
        ),
    ]
    return pl.concat(parts).group_by(PROCEDURE_KEYS).agg(col(PROCEDURE_FIGURES).sum())


def hours_cells(cases: pl.DataFrame, calendars: Sequence[PeriodCalendar]) -> pl.DataFrame:
    """Frame of CASES -> HOURS_CELLS: of those resolved in a month, how many took so many working hours.

    Hours are begun ones: 0.2 and 1.0 are 1. Only of feeds with clocks; withdrawn cases are no work done.
    """
    worked = cases.filter("in_figures", pl.col("worked_seconds").is_not_null(), ~pl.col("withdrawn"))
    hours = (pl.col("worked_seconds") + _HOUR - 1) // _HOUR
    ended = worked.filter(pl.col("resolved_on").is_not_null()).with_columns(
        agency=pl.col("agency").fill_null(""), hours=hours.cast(pl.Int32)
    )
    return _monthly(ended, "resolved_on", HOURS_KEYS, {"resolved": pl.len()}, calendars, HOURS_CELLS)


def _of(
    cases: pl.DataFrame,
    day: str,
    agency: pl.Expr,
    counts: dict[str, pl.Expr],
    calendars: Sequence[PeriodCalendar],
) -> pl.DataFrame:
    """PROCEDURE_CELLS of what happened on one of the cases' days; figures not counted are 0."""
    figures = {name: counts.get(name, pl.lit(0)) for name in PROCEDURE_FIGURES}
    happened = cases.filter(pl.col(day).is_not_null()).with_columns(agency=agency)
    return _monthly(happened, day, PROCEDURE_KEYS, figures, calendars, PROCEDURE_CELLS)


def _monthly(
    cases: pl.DataFrame,
    day: str,
    keys: Sequence[str],
    figures: dict[str, pl.Expr],
    calendars: Sequence[PeriodCalendar],
    schema: pl.Schema,
) -> pl.DataFrame:
    """A row per key, month of `day` in each calendar."""
    found = [
        cases.with_columns(calendar=pl.lit(one.name), month=month_of(day, one)).group_by(keys).agg(**figures)
        for one in calendars
    ]
    casts = [pl.col(name).cast(kind) for name, kind in schema.items()]
    return pl.concat([schema.to_frame(), *(part.select(casts) for part in found)])
