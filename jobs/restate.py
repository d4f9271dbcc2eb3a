"""Closed months that a run changes against the revision that holds: which cells, by what, through what."""

from __future__ import annotations

import logging
from dataclasses import replace

import polars as pl
import psycopg

from ioc.kernel.months import MONTH_FIGURES
from ioc.warehouse.connection import Connection
from ioc.warehouse.known import Ends, below, events_of, touched
from ioc.warehouse.revisions import Published
from jobs.flow_day import Source
from jobs.runs import MONTHS, Run, ledger_table
from jobs.told import CELL, TOLD, position_of, told

log = logging.getLogger(__name__)

CAUSES = ("late-event", "correction", "replay", "identity", "definitions", "unexplained")
LEDGER = pl.Schema(
    {name: pl.String() for name in CELL}
    | {"old": pl.Int64(), "new": pl.Int64(), "cause": pl.String()}
    | {"events": pl.List(pl.String()), "event_count": pl.Int64()}
)


def ledger(
    conn: Connection, source: Source, before: Published | None, definitions: str, months: pl.DataFrame
) -> pl.DataFrame:
    """Frame of LEDGER: the run's `months` (columns of MONTHS) against those that hold.

    The rows of a cell lead from its old figure to the new one. What events explain comes first; what is left
    is `definitions` where these changed, else `unexplained`.
    """
    if before is None:
        return LEDGER.to_frame()
    old = _held(conn, source.rules.feed)
    closed = _closed(pl.concat([old, months]), old, before)
    changed = changed_of(figures_of(old, closed), figures_of(months, closed))
    if changed.is_empty():
        return LEDGER.to_frame()
    told = _told_safely(conn, source, before).join(closed, on=["calendar", "month"], how="semi")
    return chained(changed, told, "definitions" if definitions != before.definitions else "unexplained")


def _held(conn: Connection, feed: str) -> pl.DataFrame:
    names = ", ".join(MONTHS.columns)
    rows = conn.execute(
        f"select {names} from flow_month where feed = %s and to_revision is null".encode(), [feed]
    )
    return pl.DataFrame(rows.fetchall(), schema=MONTHS.frame, orient="row")


def _closed(both: pl.DataFrame, old: pl.DataFrame, before: Published) -> pl.DataFrame:
    """Calendar and month of those that were published: covered whole by the revision that holds.

    A revision of before months were counted published none.
    """
    there = old.select("calendar", "month").unique().with_columns(there=pl.lit(value=True))
    known = both.join(there, on=["calendar", "month"], how="left")
    counted = pl.col("calendar").is_in(old.get_column("calendar").unique().implode())
    inside = (counted & (pl.col("month_from") >= before.covers_from)) | pl.col("there").fill_null(False)
    held = known.filter(inside, pl.col("month_to") <= before.covers_to)
    return held.select("calendar", "month").unique()


def figures_of(months: pl.DataFrame, closed: pl.DataFrame) -> pl.DataFrame:
    figures = months.join(closed, on=["calendar", "month"], how="semi")
    return figures.unpivot(
        MONTH_FIGURES, index=[name for name in CELL if name != "figure"], variable_name="figure"
    ).filter(pl.col("value") != 0)


def changed_of(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """CELL, old and new of the figures that differ."""
    old, new = old.rename({"value": "old"}), new.rename({"value": "new"})
    both = old.join(new, on=list(CELL), how="full", coalesce=True)
    return both.with_columns(pl.col("old", "new").fill_null(0)).filter(pl.col("old") != pl.col("new"))


def chained(changed: pl.DataFrame, told: pl.DataFrame, rest: str) -> pl.DataFrame:
    """Each cell's old figure, led through what is told of it to the new one."""
    moved = told.group_by(CELL).agg(pl.col("change").sum().alias("moved"))
    cells = changed.join(moved, on=list(CELL), how="left").with_columns(pl.col("moved").fill_null(0))
    left = cells.filter(pl.col("new") - pl.col("old") != pl.col("moved")).select(
        *CELL,
        change=pl.col("new") - pl.col("old") - pl.col("moved"),
        cause=pl.lit(rest),
        events=pl.lit([], pl.List(pl.String)),
        event_count=pl.lit(0, pl.Int64),
    )
    order = pl.col("cause").replace_strict({cause: i for i, cause in enumerate(CAUSES)}, return_dtype=pl.Int8)
    rows = pl.concat([told.join(changed, on=list(CELL), how="semi"), left]).sort(*CELL, order)
    until = pl.col("change").cum_sum().over(CELL)
    return (
        rows.join(changed.select(*CELL, before="old"), on=list(CELL))
        .with_columns(new=pl.col("before") + until, old=pl.col("before") + until - pl.col("change"))
        .select(LEDGER.names())
    )


def _told_safely(conn: Connection, source: Source, before: Published) -> pl.DataFrame:
    """`told`; nothing where the kernel fails on a case: no rollup stops, and changes are unexplained."""
    try:
        known = _since(conn, source, position_of(before, source.rules.feed))
        plain = replace(source, rules=replace(source.rules, clocks=None))  # months need no clocks
        return TOLD.to_frame() if known.is_empty() else told(known, plain, before)
    except (Exception, pl.exceptions.PanicException) as exc:
        if isinstance(exc, psycopg.Error):
            raise
        log.exception("what %s restates could not be explained", source.rules.feed)
        return TOLD.to_frame()


def _since(conn: Connection, source: Source, old: Ends) -> pl.DataFrame:
    """All events below the run's position of the cases that got any since, as KNOWN."""
    feed, identity = source.rules.feed, source.rules.identity
    found = touched(conn, feed, old, source.position)
    cases = {source.cases.get(code, code) for code in found}
    codes = cases | {code for code, case in source.cases.items() if case in cases} | set(found)
    same_as = "" if identity is None else identity.same_as
    return below(events_of(conn, feed, codes, same_as), source.position)


def write_ledger(conn: Connection, run: Run, rows: pl.DataFrame) -> None:
    """The frame into the run's own staging table."""
    from psycopg import sql

    table = ledger_table(run.run_id)
    kinds = {"old": "bigint", "new": "bigint", "events": "text[]", "event_count": "bigint"}
    columns = ", ".join(f"{name} {kinds.get(name, 'text')}" for name in LEDGER)
    conn.execute(sql.SQL("drop table if exists {}").format(table))
    conn.execute(sql.SQL(f"create table {{}} ({columns})").format(table))
    with conn.cursor() as cursor, cursor.copy(sql.SQL("copy {} from stdin").format(table)) as copy:
        for row in rows.rows():
            copy.write_row(row)
