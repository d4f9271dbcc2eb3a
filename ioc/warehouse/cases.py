"""Cases between warehouse and kernel: the touched cases' events out as a frame, folded cases in."""

from __future__ import annotations

import logging
from collections.abc import Callable

import polars as pl

from ioc.kernel.cases import CASES
from ioc.kernel.events import EVENTS, INSTANT
from ioc.warehouse.connection import Connection

log = logging.getLogger(__name__)

Fold = Callable[[str, pl.DataFrame], pl.DataFrame]  # feed, its events -> rows of `cases` without the feed
KERNEL_ERROR = "kernel-error"

COLUMNS = (*CASES.names(), "attributes")
WRITTEN = ", ".join(COLUMNS[1:])
_LAST = ("last_occurred_at", "last_received_at")
_INSTANTS = [name for name, kind in EVENTS.items() if kind == INSTANT]


def _of(table: str) -> str:
    return ", ".join(f"{table}.{name}" for name in COLUMNS[1:])


def _column(name: str) -> str:
    kinds = {pl.Int32(): "int", pl.Int64(): "bigint", INSTANT: "bigint"}
    return f'"{name}" {kinds.get(EVENTS.get(name, pl.String()), "text")}'


def _out(name: str) -> str:
    if name == "case_id":  # an event of another code is the case's too
        return "c.case_id"
    if name == "received_at":  # a duplicate may have reached us before the copy that was delivered first
        return "(extract(epoch from least(e.received_at, d.received_at)) * 1000000)::bigint"
    if name in _INSTANTS:
        return f"(extract(epoch from e.{name}) * 1000000)::bigint"
    return f'e."{name}"'


# `offset 0` keeps each lateral a lookup by key, pruned to one partition of `event`. A function's plan is kept
# (planning 16 partitions costs more than the lookups), so it must not be one for tables that are still small.
_TOUCHED = f"""
create function pg_temp.touched() returns table ({", ".join(map(_column, ("feed", *EVENTS, "data")))})
language plpgsql set enable_seqscan to off as $$
#variable_conflict use_column
begin
    return query
    select c.feed, {", ".join(_out(name) for name in EVENTS)}, e.data::text
    from (
        select l.feed, l.case_id, coalesce(a.code, l.case_id) code
        from live_case l left join alias a on a.feed = l.feed and a.case_id = l.case_id
    ) c
    cross join lateral (
        select * from event e where e.feed = c.feed and e.case_id = c.code offset 0
    ) e
    left join lateral (
        select min(d.received_at) received_at from duplicate d
        where (d.feed, d.case_id, d.source, d.id, d.hash) = (e.feed, e.case_id, e.source, e.id, e.hash)
    ) d on true;
end $$
"""
_RAW = {name: pl.Int64() if kind == INSTANT else kind for name, kind in EVENTS.items()}
_WRITE = f"""
insert into cases (feed, {", ".join(COLUMNS)}) select feed, {", ".join(COLUMNS)} from live_fold
order by feed collate "C", case_id collate "C"
on conflict (feed, case_id) do update set ({WRITTEN}) = row({_of("excluded")})
where ({_of("cases")}) is distinct from ({_of("excluded")})
"""


def prepare(conn: Connection) -> None:
    """This session's temporary table and function; after those of `identity`."""
    conn.execute("create temp table live_fold on commit delete rows as select * from cases limit 0")
    conn.execute(_TOUCHED.encode())


def touched_events(conn: Connection) -> dict[str, pl.DataFrame]:
    """The events of the locked cases under all their codes, one frame of EVENTS and `data` per feed."""
    with (
        conn.cursor() as cursor,
        cursor.copy(b"copy (select * from pg_temp.touched()) to stdout (format csv)") as copy,
    ):
        text = b"".join(bytes(block) for block in copy)
    if not text:
        return {}
    frame = pl.read_csv(text, has_header=False, schema={"feed": pl.String(), **_RAW, "data": pl.String()})
    events = frame.with_columns(frame.select(pl.col(_INSTANTS).cast(INSTANT)))
    parts = events.partition_by("feed", as_dict=True, include_key=False)
    return {str(feed): part for (feed,), part in sorted(parts.items())}


def fold_safely(fold: Fold, feed: str, events: pl.DataFrame, definitions: str) -> list[pl.DataFrame]:
    """Rows of `cases`, folded; where the kernel fails, bisects by case and sets the offender aside."""
    try:
        return [_rows(feed, fold(feed, events))]
    except (Exception, pl.exceptions.PanicException):
        ids = events.get_column("case_id").unique().sort()
        if len(ids) == 1:
            log.exception("the kernel failed on case %s of %s: set aside", ids[0], feed)
            return [_rows(feed, _set_aside(events, definitions))]
    half = len(ids) // 2
    parts = [events.filter(pl.col("case_id").is_in(some.implode())) for some in (ids[:half], ids[half:])]
    return [rows for part in parts for rows in fold_safely(fold, feed, part, definitions)]


def _set_aside(events: pl.DataFrame, definitions: str) -> pl.DataFrame:
    last = [pl.col(name).max().alias(f"last_{name}") for name in ("occurred_at", "received_at")]
    counted = events.group_by("case_id").agg(pl.len().cast(pl.Int32).alias("events"), *last)
    named = {name: pl.lit(None, pl.String) for name in COLUMNS if name not in ("case_id", "events", *_LAST)}
    aside = {"set_aside": pl.lit(KERNEL_ERROR), "definitions": pl.lit(definitions)}
    falses = {
        "in_figures": pl.lit(False),
        "withdrawn": pl.lit(False),
        "flags": pl.lit([], pl.List(pl.String)),
    }
    return counted.with_columns(**named | aside | falses)


def _rows(feed: str, cases: pl.DataFrame) -> pl.DataFrame:
    """Folded cases as `copy live_fold` takes them; flags are codes, so an array's text needs no quotes."""
    flags = pl.format("{}{}{}", pl.lit("{"), pl.col("flags").list.join(","), pl.lit("}")).alias("flags")
    lazy = cases.lazy().select(pl.lit(feed).alias("feed"), *COLUMNS).with_columns(flags)
    return lazy.collect(engine="in-memory", optimizations=pl.QueryOptFlags.none())


def write_cases(conn: Connection, rows: list[pl.DataFrame]) -> None:
    """Writes folded cases over their locked rows; a row that stays as it was is not touched."""
    copy_in = f"copy live_fold ({', '.join(('feed', *COLUMNS))}) from stdin (format csv)"
    with conn.cursor() as cursor, cursor.copy(copy_in.encode()) as copy:
        for frame in rows:
            instants = "%Y-%m-%dT%H:%M:%S%.6fZ"
            copy.write(
                frame.write_csv(include_header=False, datetime_format=instants, quote_style="necessary")
            )
    conn.execute(_WRITE.encode())
