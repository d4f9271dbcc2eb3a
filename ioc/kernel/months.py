"""Months: cases -> what each adds to the months of a period calendar, as forms print them (domain 3.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from ioc.kernel.deadline import OUTCOMES
from ioc.kernel.events import EVENTS
from ioc.kernel.fold import fold
from ioc.kernel.limits import REASONS
from ioc.kernel.period_names import PeriodCalendar
from ioc.kernel.rules import CaseRules

MONTH_KEYS = ("calendar", "month", "agency", "channel", "sector")
MONTH_FIGURES = (
    *("carried_over", "new", "resolved", *OUTCOMES, "withdrawn"),
    *("open_in_time", "open_overdue", "about_to_breach", *(f"paused_{reason}" for reason in REASONS)),
)
_KINDS: dict[str, pl.DataType] = {name: pl.String() for name in MONTH_KEYS} | {"month": pl.Int32()}
MONTH_CELLS = pl.Schema(_KINDS | {name: pl.Int64() for name in MONTH_FIGURES})
NEEDED = (
    *("case_id", "in_figures", "entered_on", "due_on", "resolved_on", "outcome", "withdrawn"),
    *("agency", "channel", "procedure"),
)
_SHARE = "\x1f"  # between a case and a month; no code holds it


@dataclass(frozen=True)
class Months:
    """Which months are counted: those of each calendar that lie whole in first..last, both inclusive.

    sectors: procedure -> its field. pauses: paused status -> one of limits.REASONS; one not named stops.
    """

    calendars: Sequence[PeriodCalendar]
    first: date
    last: date
    sectors: Mapping[str, str] = field(default_factory=dict)
    pauses: Mapping[str, str] = field(default_factory=dict)

    def of(self, calendar: PeriodCalendar) -> range:
        """Its months, numbered as PeriodCalendar.month_of does."""
        first = calendar.month_of(self.first)
        if calendar.first_of(first) < self.first:
            first += 1
        last = calendar.month_of(self.last)
        if _last(calendar, last) > self.last:
            last -= 1
        return range(first, last + 1)


def added(events: pl.DataFrame, cases: pl.DataFrame, rules: CaseRules, months: Months) -> pl.DataFrame:
    """Frames of EVENTS and of their CASES (columns NEEDED) -> a row per case and month it was open in.

    Columns case_id and those of MONTH_CELLS, whose figures are 0 or 1. Who is open at a month's end is told
    by the whole of the events; whether it then waited and what was due, by those of instants before the end,
    so that no later pause or new due date changes a month that is over. Paused cases are in time, with the
    reason of the pause (domain 2.5, 3.1); in time too is one without due date, and until the due date's day
    is over. about_to_breach: of those in time and not paused, due on the day after.
    """
    told = cases.filter("in_figures").with_columns(
        pl.col("agency", "channel").fill_null(""),
        sector=pl.col("procedure").replace_strict(dict(months.sectors), default="", return_dtype=pl.String),
    )
    parts = [_of_calendar(told, calendar, months) for calendar in months.calendars]
    rows = pl.concat(parts) if parts else _of_calendar(told.clear(), _NO_CALENDAR, months)
    rows = rows.join(_standing(events, rows, rules, months), on=["case_id", "until"], how="left")
    return _judged(rows).select("case_id", *(pl.col(name).cast(kind) for name, kind in MONTH_CELLS.items()))


def month_cells(added: pl.DataFrame) -> pl.DataFrame:
    """Rows of `added` -> frame of MONTH_CELLS, a row per key."""
    return added.group_by(*MONTH_KEYS).agg(pl.col(MONTH_FIGURES).sum()).select(MONTH_CELLS.names())


_NO_CALENDAR = PeriodCalendar("", 1, 0, ())


def _last(calendar: PeriodCalendar, month: int) -> date:
    return date.fromordinal(calendar.first_of(month + 1).toordinal() - 1)


def month_of(day: str, calendar: PeriodCalendar) -> pl.Expr:
    """PeriodCalendar.month_of over a column of days."""
    begun = pl.col(day) - pl.duration(days=calendar.first_day - 1)
    return 12 * begun.dt.year() + begun.dt.month().cast(pl.Int32) - 1 - calendar.month_shift


def _of_calendar(cases: pl.DataFrame, calendar: PeriodCalendar, months: Months) -> pl.DataFrame:
    """A row per case and month in which it was open: entered, went, until (the first day after the month)."""
    asked = months.of(calendar)
    after = pl.DataFrame(
        {"month": list(asked), "until": [calendar.first_of(month + 1) for month in asked]},
        schema={"month": pl.Int32(), "until": pl.Date()},
    )
    lasting = pl.col("went").fill_null(asked.stop) + 1
    return (
        cases.with_columns(
            calendar=pl.lit(calendar.name),
            came=month_of("entered_on", calendar),
            went=month_of("resolved_on", calendar),
        )
        .with_columns(
            month=pl.int_ranges(
                pl.max_horizontal("came", pl.lit(asked.start, pl.Int32)),
                pl.min_horizontal(lasting, pl.lit(asked.stop, pl.Int32)),
                dtype=pl.Int32,
            )
        )
        .filter(pl.col("month").list.len() > 0)
        .explode("month")
        .join(after, on="month")
    )


def _standing(events: pl.DataFrame, rows: pl.DataFrame, rules: CaseRules, months: Months) -> pl.DataFrame:
    """Of the cases open at an `until`: whether and why they waited then, and what was due.

    Only of those that ever waited, or whose due date was moved or given after the day of reception.
    """
    paused = [code for code, phase in rules.phases.items() if phase == "paused"]
    col, dated = pl.col, pl.col("due_at").is_not_null()
    wavering = events.group_by("case_id").agg(
        waits=col("status").is_in(paused).any(),
        moved=col("due_at").min() != col("due_at").max(),
        dated_on=pl.when(dated).then("occurred_at").min().dt.convert_time_zone(rules.zone).dt.date(),
    )
    late = (col("dated_on") > col("entered_on")).fill_null(False)
    ends = (
        rows.filter(_open())
        .select("case_id", "entered_on", "until")
        .unique()
        .join(wavering, on="case_id")
        .filter(col("waits").fill_null(False) | col("moved").fill_null(False) | late)
    )
    share = pl.format("{}{}{}", "case_id", pl.lit(_SHARE), "until")
    on = col("occurred_at").dt.convert_time_zone(rules.zone).dt.date()
    known = events.join(ends, on="case_id").filter(on < col("until")).with_columns(case_id=share)
    told = fold(known.lazy().select(EVENTS.names()), replace(rules, clocks=None))
    reason = col("status").replace_strict(dict(months.pauses), default="stop", return_dtype=pl.String)
    shares = col("case_id").str.split_exact(_SHARE, 1).struct
    return told.select(
        case_id=shares.field("field_0"),
        until=shares.field("field_1").str.to_date("%Y-%m-%d"),
        reason=pl.when(col("phase") == "paused").then(reason),
        due_then="due_on",
        told=pl.lit(value=True),
    ).collect(engine="in-memory")


def _open() -> pl.Expr:
    return (pl.col("went") > pl.col("month")).fill_null(True)


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    col = pl.col
    resolved, is_open = (col("went") == col("month")).fill_null(False), _open()
    runs = is_open & col("reason").is_null()
    due = pl.when(col("told").fill_null(False)).then("due_then").otherwise("due_on")
    over, near = (due < col("until")).fill_null(False), (due == col("until")).fill_null(False)
    return rows.with_columns(
        carried_over=col("came") < col("month"),
        new=col("came") == col("month"),
        resolved=resolved,
        **{name: resolved & (col("outcome") == name).fill_null(False) for name in OUTCOMES},
        withdrawn=resolved & col("withdrawn"),
        open_in_time=is_open & ~(runs & over),
        open_overdue=runs & over,
        about_to_breach=runs & near,
        **{f"paused_{name}": (is_open & (col("reason") == name)).fill_null(False) for name in REASONS},
    )
