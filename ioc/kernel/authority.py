"""Whose word counts where several systems tell of one case: at each stage the most believed that spoke."""

from __future__ import annotations

import polars as pl

from ioc.kernel.events import INSTANT
from ioc.kernel.rules import ENDS, CaseRules
from ioc.kernel.stages import Authority, Stage

DISAGREE = "systems-disagree"
FINAL = (*ENDS, "refused")


JUDGED = pl.Schema({"counts": pl.Boolean(), "due_at": INSTANT, "disagrees": pl.Boolean()})


def heard(events: pl.LazyFrame, authority: Authority, rules: CaseRules) -> pl.LazyFrame:
    """Events with `counts` (events.weighed) -> those less believed on their stage count no more.

    Of a case, an event counts whose stage nobody more believed spoke on; one of a phase in no stage always
    does. Its due date counts only if nobody more believed on the stage of `open` gave one. Adds `disagrees`:
    an event that does not count, of a system whose first instant of the phase lies more than the tolerance
    from the counted ones', or that ends the case in a way in which no counted event does.
    """
    read = pl.struct("case_id", "source", "status", "occurred_at", "due_at", "counts")
    judged = read.map_batches(
        lambda rows: _judged(rows.struct.unnest(), authority, rules).to_struct(),
        return_dtype=pl.Struct(JUDGED),
    )
    return events.with_columns(judged.alias("judged")).with_columns(pl.col("judged").struct.field(*JUDGED))


def _judged(events: pl.DataFrame, authority: Authority, rules: CaseRules) -> pl.DataFrame:
    """Columns of JUDGED, row by row. Few cases are told by two systems; only their rows are compared."""
    places = _told_by_several(events)
    found = events.select("counts", "due_at", disagrees=pl.lit(value=False))
    if places.is_empty():
        return found
    judged = _compared(events[places].lazy(), authority, rules).collect(engine="in-memory")
    return found.with_columns(found[name].scatter(places, judged[name]) for name in JUDGED)


def _told_by_several(events: pl.DataFrame) -> pl.Series:
    """The rows of such cases. A collision of hashes costs time, never a figure."""
    if events.get_column("source").n_unique() < 2:
        return pl.Series(dtype=pl.UInt32)
    keys = events.select(case=pl.col("case_id").hash(), source=pl.col("source").hash())
    told = keys.unique().get_column("case")
    several = told.filter(told.is_duplicated())
    return keys.get_column("case").is_in(several.unique().implode()).arg_true()


def _compared(events: pl.LazyFrame, authority: Authority, rules: CaseRules) -> pl.LazyFrame:
    col = pl.col
    spoken, at = col("said"), col("occurred_at").cast(pl.Int64)
    stage_of = {phase: i for i, stage in enumerate(authority.stages) for phase in stage.phases}
    stage = spoken.replace_strict(stage_of, default=None, return_dtype=pl.Int8)
    rank = pl.coalesce(
        *(pl.when(col("stage") == i).then(_rank(one)) for i, one in enumerate(authority.stages)), pl.lit(0)
    )
    best = pl.when("counts").then("rank").min().over("case_id", "stage")
    theirs = pl.when("counts").then(at).min().over("case_id", "said", "source")
    ours = pl.when("believed").then(at).min().over("case_id", "said")
    apart = ((theirs - ours).abs() > authority.tolerance).fill_null(spoken.is_in(FINAL))
    doubted = col("counts") & ~col("believed")
    phase = col("status").replace_strict(dict(rules.phases), default=None, return_dtype=pl.String)
    return (
        events.with_columns(said=phase)
        .with_columns(stage=stage)
        .with_columns(rank=rank)
        .with_columns(believed=col("counts") & (col("stage").is_null() | (col("rank") == best)))
        .select(counts="believed", due_at=_due(authority), disagrees=doubted & apart)
    )


def _rank(stage: Stage) -> pl.Expr:
    return pl.col("source").replace_strict(stage.ranks, default=stage.rank_of_others, return_dtype=pl.Int16)


def _due(authority: Authority) -> pl.Expr:
    due = pl.col("due_at")
    opening = next((stage for stage in authority.stages if "open" in stage.phases), None)
    if opening is None:
        return due
    rank = pl.when(pl.col("believed") & due.is_not_null()).then(_rank(opening))
    return pl.when(rank == rank.min().over("case_id")).then(due)
