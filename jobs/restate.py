"""Closed months that a run changes against the revision that holds: which cells, by what, through what."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import psycopg

from ioc.kernel.events import EVENTS
from ioc.kernel.fold import fold
from ioc.kernel.identity import joined
from ioc.kernel.months import MONTH_FIGURES, MONTH_KEYS, NEEDED, added
from ioc.kernel.rules import CaseRules
from ioc.ledger.restatements import EVENT_NAME
from ioc.warehouse.connection import Connection
from ioc.warehouse.revisions import Published
from jobs.flow_day import Source
from jobs.runs import MONTHS, Run, ledger_table
from jobs.whole import named

log = logging.getLogger(__name__)

LISTED = 100  # events named in a row of the ledger; all are counted
CAUSES = ("late-event", "correction", "replay", "identity", "definitions", "unexplained")
CELL = ("calendar", "month", "agency", "channel", "sector", "figure")
LEDGER = pl.Schema(
    {name: pl.String() for name in CELL}
    | {"old": pl.Int64(), "new": pl.Int64(), "cause": pl.String()}
    | {"events": pl.List(pl.String()), "event_count": pl.Int64()}
)
_TOUCHED = """
select distinct e.case_id
from unnest(%(partitions)s::int[], %(old)s::bigint[], %(new)s::bigint[]) m (partition, old, new)
join event e on e.partition = m.partition and e."offset" >= m.old and e."offset" < m.new
where e.feed = %(feed)s and e.topic = %(feed)s
"""
_EVENTS = f"""
select {", ".join(f'e."{name}"' for name in EVENTS)}, e.type, e.data->>%(same_as)s as other,
    exists (select from quarantine q where q.redriven_batch = e.batch) as again
from event e where e.feed = %(feed)s and e.case_id = any(%(codes)s)
"""


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
    changed = _changed(_closed_of(old, closed), _closed_of(months, closed))
    if changed.is_empty():
        return LEDGER.to_frame()
    told = _told_safely(conn, source, before).join(closed, on=["calendar", "month"], how="semi")
    return _chained(changed, told, "definitions" if definitions != before.definitions else "unexplained")


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


def _closed_of(months: pl.DataFrame, closed: pl.DataFrame) -> pl.DataFrame:
    figures = months.join(closed, on=["calendar", "month"], how="semi")
    return figures.unpivot(
        MONTH_FIGURES, index=[name for name in CELL if name != "figure"], variable_name="figure"
    ).filter(pl.col("value") != 0)


def _changed(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """CELL, old and new of the figures that differ."""
    old, new = old.rename({"value": "old"}), new.rename({"value": "new"})
    both = old.join(new, on=list(CELL), how="full", coalesce=True)
    return both.with_columns(pl.col("old", "new").fill_null(0)).filter(pl.col("old") != pl.col("new"))


def _chained(changed: pl.DataFrame, told: pl.DataFrame, rest: str) -> pl.DataFrame:
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
    """`_told`; nothing where the kernel fails on a case: no rollup stops, and changes are unexplained."""
    try:
        return _told(conn, source, before)
    except (Exception, pl.exceptions.PanicException) as exc:
        if isinstance(exc, psycopg.Error):
            raise
        log.exception("what %s restates could not be explained", source.rules.feed)
        return _NOTHING.to_frame()


def _told(conn: Connection, source: Source, before: Published) -> pl.DataFrame:
    """CELL, change, cause, events and event_count: what the events since that revision did to months."""
    feed = source.rules.feed
    old = {int(partition): end for partition, end in before.position.get(feed, {}).items()}
    known = _touched(conn, source, old)
    if known.is_empty():
        return _NOTHING.to_frame()
    earlier = known.filter(pl.col("offset") < _ends(old))
    now, then = (_months(part, source, before.covers_to) for part in (known, earlier))
    parts = [now.with_columns(sign=1), then.with_columns(sign=-1)]
    diff = (
        pl.concat(parts)
        .with_columns(pl.col(MONTH_FIGURES) * pl.col("sign"))
        .with_columns(pl.col("case_id").replace(dict(source.cases)))
        .unpivot(MONTH_FIGURES, index=["case_id", *MONTH_KEYS], variable_name="figure", value_name="change")
        .group_by("case_id", *MONTH_KEYS, "figure")
        .agg(pl.col("change").sum())
        .filter(pl.col("change") != 0)
    )
    return _by_cell(named(diff, source.months.calendars), _causes(known, old, source))


_NOTHING = pl.Schema(
    {name: pl.String() for name in CELL}
    | {"change": pl.Int64(), "cause": pl.String(), "events": pl.List(pl.String()), "event_count": pl.Int64()}
)


def _ends(position: dict[int, int]) -> pl.Expr:
    return pl.col("partition").replace_strict(position, default=0, return_dtype=pl.Int64)


def _touched(conn: Connection, source: Source, old: dict[int, int]) -> pl.DataFrame:
    """All events below the run's position of the cases that got any since; EVENTS, type, other and again."""
    feed, identity = source.rules.feed, source.rules.identity
    moved = {"partitions": list(source.position), "new": list(source.position.values())}
    moved["old"] = [old.get(partition, 0) for partition in source.position]
    found = [str(code) for (code,) in conn.execute(_TOUCHED, moved | {"feed": feed}).fetchall()]
    cases = {source.cases.get(code, code) for code in found}
    codes = cases | {code for code, case in source.cases.items() if case in cases} | set(found)
    same_as = "" if identity is None else identity.same_as
    asked = {"feed": feed, "codes": sorted(codes), "same_as": same_as}
    schema = pl.Schema({**EVENTS, "type": pl.String(), "other": pl.String(), "again": pl.Boolean()})
    rows = pl.DataFrame(conn.execute(_EVENTS.encode(), asked).fetchall(), schema=schema, orient="row")
    return rows.filter(pl.col("offset") < _ends(dict(source.position)))


def _months(events: pl.DataFrame, source: Source, last: date) -> pl.DataFrame:
    rules, cases = source.rules, dict[str, str]()
    if rules.identity is not None:
        links = events.filter(pl.col("type") == rules.identity.type).select("case_id", "other").rows()
        cases = rules.identity.cases(links)
    known = joined(events.select(EVENTS.names()).lazy(), cases).collect()
    folded = fold(known.lazy(), rules).select(NEEDED).collect(engine="in-memory")
    return added(known, folded, rules, replace(source.months, last=last))


def _causes(known: pl.DataFrame, old: dict[int, int], source: Source) -> pl.DataFrame:
    """Per case what came since: its events, whether any joins codes or all came again, the first day."""
    rules: CaseRules = source.rules
    alias: Any = False if rules.identity is None else pl.col("type") == rules.identity.type
    day = pl.col("occurred_at").dt.convert_time_zone(rules.zone).dt.date()
    return (
        known.filter(pl.col("offset") >= _ends(old))
        .with_columns(pl.col("case_id").replace(dict(source.cases)), alias=alias)
        .sort("partition", "offset")
        .group_by("case_id", maintain_order=True)
        .agg(
            told=pl.format(EVENT_NAME, "source", "id"),
            joins=pl.col("alias").any(),
            again=pl.col("again").all(),
            since=day.min(),
        )
    )


def _by_cell(diff: pl.DataFrame, causes: pl.DataFrame) -> pl.DataFrame:
    cause = (
        pl.when("joins")
        .then(pl.lit("identity"))
        .when("again")
        .then(pl.lit("replay"))
        .when(pl.col("since") > pl.col("month_to"))
        .then(pl.lit("correction"))
        .otherwise(pl.lit("late-event"))
    )
    events = pl.col("told").list.explode(keep_nulls=False, empty_as_null=False)
    return (
        diff.join(causes, on="case_id")
        .with_columns(cause=cause)
        .group_by(*CELL, "cause")
        .agg(
            change=pl.col("change").sum(),
            events=events.head(LISTED),
            event_count=pl.col("told").list.len().sum().cast(pl.Int64),
        )
        .filter(pl.col("change") != 0)
        .select(_NOTHING.names())
    )


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
