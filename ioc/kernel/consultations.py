"""Consultation of another agency: a clock of its own, which stops no other (Decree 61/2018, Art 19(5))."""

from __future__ import annotations

import polars as pl

from ioc.kernel.rules import CONSULTS

HELD = pl.Schema(
    {
        "case_id": pl.String(),
        "consultations": pl.Int32(),
        "late_consultations": pl.Int32(),
        "consulting_from": pl.Int64(),
        "consult_due": pl.Int64(),
    }
)
NONE = {name: pl.lit(None, kind) for name, kind in HELD.items() if name != "case_id"}
_ASKED, _ANSWERED = (CONSULTS.index(said) for said in ("asked", "answered"))


def held(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of timeline.ordered with consult, agency (the one consulted), due_at -> a row of HELD per case.

    An agency's first answer after it was asked ends all that it was asked before. late_consultations: those
    answered after the due date they were asked with. consulting_from, consult_due: of the one that ends
    first of those that run; a case that ended waits for none.
    """
    col, one = pl.col, ["case_id", "agency"]
    answer = pl.when(col("consult") == _ANSWERED).then("at").backward_fill().over(one)
    due, running = col("due_at").cast(pl.Int64), col("answered").is_null() & col("resolved").is_null()
    soonest = pl.when(running).then(due.fill_null(2**62))
    return (
        rows.filter(col("alive") & col("consult").is_not_null())
        .with_columns(col("agency").fill_null(""))
        .with_columns(answered=answer)
        .filter(col("consult") == _ASKED)
        .group_by("case_id")
        .agg(
            consultations=pl.len().cast(pl.Int32),
            late_consultations=(col("answered") > due).sum().cast(pl.Int32),
            consulting_from=col("at").min_by(soonest),
            consult_due=due.min_by(soonest),
        )
    )
