"""Flow: cases -> what each adds to its days -> carried over, new, resolved and open per day and group."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from ioc.kernel.deadline import OUTCOMES
from ioc.kernel.rules import CaseRules

CREDITS = ("resolving", "receiving")  # whose a case is; each counts every case
GROUP = ("credit", "agency", "channel")
KEYS = ("day", *GROUP)
FLOWS = ("new", "resolved", *OUTCOMES, "withdrawn")
CONTRIBUTIONS = (*FLOWS, "overdue_in", "overdue_out")
FIGURES = (
    "carried_over",
    "new",
    "received_total",
    "resolved",
    *OUTCOMES,
    "withdrawn",
    "open_end",
    "open_end_overdue",
)
_KEYS: dict[str, pl.DataType] = {"day": pl.Date()} | {name: pl.String() for name in GROUP}
CELLS = pl.Schema(_KEYS | {name: pl.Int64() for name in CONTRIBUTIONS})
FLOW_DAYS = pl.Schema(_KEYS | {name: pl.Int64() for name in FIGURES})


def cells(cases: pl.LazyFrame, rules: CaseRules) -> pl.LazyFrame:
    """Frame of CASES -> frame of CELLS, a row per (day, credit, agency, channel) touched.

    Every case is in two cells, which are never added: of the agency that resolves it (credit `resolving`)
    and of the one where it was handed in (`receiving`; the resolving one where none was said), as domain 2.3
    credits result and workload. Cells of disjoint sets of cases add up. Days are those the fold cut in the
    feed's zone; a missing agency or channel is ''. A case is overdue at the end of day D while received, not
    resolved by then, and due before D+1 begins: `overdue_in` counts on the day this starts, `overdue_out` on
    the day it is resolved. `withdrawn` is counted within `on_due_date`.
    """
    overdue_on = pl.max_horizontal("entered_on", "due_on")
    overdue = pl.col("due_on").is_not_null() & (overdue_on < pl.col("resolved_on")).fill_null(True)
    counted = cases.filter("in_figures").select(
        pl.col("channel").fill_null(""),
        "entered_on",
        "resolved_on",
        "outcome",
        "withdrawn",
        resolving=pl.col("agency").fill_null(""),
        receiving=pl.coalesce("receiving_agency", "agency", pl.lit("")),
        overdue_on=pl.when(overdue).then(overdue_on),
    )
    happened: dict[str, dict[str, pl.Expr]] = {
        "entered_on": {"new": pl.len()},
        "resolved_on": {
            "resolved": pl.len(),
            **{name: (pl.col("outcome") == name).sum() for name in OUTCOMES},
            "withdrawn": pl.col("withdrawn").sum(),
            "overdue_out": pl.col("overdue_on").count(),
        },
        "overdue_on": {"overdue_in": pl.len()},
    }
    parts = [_daily(counted, credit, day, counts) for credit in CREDITS for day, counts in happened.items()]
    return add_up(pl.concat(parts))


def add_up(parts: pl.LazyFrame) -> pl.LazyFrame:
    """Cells of disjoint sets of cases, one above the other -> their sum, a row per key."""
    return parts.group_by(*_KEYS).agg(pl.col(CONTRIBUTIONS).sum()).select(CELLS.names())


def flow_days(cells: pl.LazyFrame, covers_from: date, covers_to: date) -> pl.LazyFrame:
    """Frame of CELLS (from the first event on) -> frame of FLOW_DAYS for covers_from..covers_to, inclusive.

    A row per day and (credit, agency, channel) seen, without the rows of nothing but zeros; sorted by KEYS.
    received_total = carried_over + new; open_end = received_total - resolved.
    """
    opening = covers_from - timedelta(days=1)
    known = cells.filter(pl.col("day") <= covers_to).with_columns(
        pl.max_horizontal("day", pl.lit(opening)),
        pl.col(CONTRIBUTIONS).cast(pl.Int64),
    )
    days = pl.LazyFrame({"day": pl.date_range(opening, covers_to, eager=True)})
    dense = known.select(GROUP).unique().join(days, how="cross")
    open_end = (pl.col("new") - pl.col("resolved")).cum_sum().over(GROUP)
    overdue = (pl.col("overdue_in") - pl.col("overdue_out")).cum_sum().over(GROUP)
    return (
        dense.join(add_up(known), on=list(_KEYS), how="left")
        .with_columns(pl.col(CONTRIBUTIONS).fill_null(0))
        .sort(*_KEYS)
        .with_columns(open_end=open_end, open_end_overdue=overdue)
        .with_columns(received_total=pl.col("open_end") + pl.col("resolved"))
        .with_columns(carried_over=pl.col("received_total") - pl.col("new"))
        .filter(pl.col("day") >= covers_from, pl.any_horizontal(pl.col(FIGURES) != 0))
        .select(FLOW_DAYS.names())
    )


def _daily(counted: pl.LazyFrame, credit: str, day: str, counts: dict[str, pl.Expr]) -> pl.LazyFrame:
    """Cells of what happened on one of the cases' dates; contributions not counted are 0."""
    found = {name: counts.get(name, pl.lit(0)).cast(pl.Int64) for name in CONTRIBUTIONS}
    happened = counted.filter(pl.col(day).is_not_null())
    summed = happened.group_by(day=day, agency=credit, channel="channel").agg(**found)
    return summed.with_columns(credit=pl.lit(credit)).select(CELLS.names())
