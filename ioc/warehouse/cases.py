"""Cases between warehouse and kernel: the touched cases' events out as a frame, folded cases in."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from ioc.kernel.events import EVENTS, INSTANT
from ioc.warehouse.connection import Connection

Fold = Callable[[str, pl.LazyFrame], pl.LazyFrame]  # feed, its events -> rows of `cases` without the feed
KERNEL_ERROR = "kernel-error"

WRITTEN = (
    "source, phase, status, in_figures, entered_at, entered_on, due_at, due_on, resolved_at, resolved_on,"
    " delivered_at, withdrawn, outcome, outcome_by_date, outcome_by_instant, agency, receiving_agency,"
    " channel, procedure, set_aside, flags, events, last_occurred_at, last_received_at, definitions"
)
_INSTANTS = [name for name, kind in EVENTS.items() if kind == INSTANT]


def _out(name: str) -> str:
    if name == "received_at":  # a duplicate may have reached us before the copy that was delivered first
        return "(extract(epoch from least(e.received_at, d.received_at)) * 1000000)::bigint"
    if name in _INSTANTS:
        return f"(extract(epoch from e.{name}) * 1000000)::bigint"
    return f'e."{name}"'


# `offset 0` keeps each lateral a lookup by key, pruned to one partition of `event` whatever statistics say.
_EVENTS_OF_CASES = f"""
copy (
    select c.feed, {", ".join(_out(name) for name in EVENTS)}
    from live_case c
    cross join lateral (
        select * from event e where e.feed = c.feed and e.case_id = c.case_id offset 0
    ) e
    left join lateral (
        select min(d.received_at) received_at from duplicate d
        where (d.feed, d.case_id, d.source, d.id, d.hash) = (e.feed, e.case_id, e.source, e.id, e.hash)
    ) d on true
) to stdout (format csv)
"""


def touched_events(conn: Connection) -> dict[str, pl.DataFrame]:
    """The events of the cases in `live_case`, one frame of EVENTS per feed; read after the lock."""
    with conn.cursor() as cursor, cursor.copy(_EVENTS_OF_CASES.encode()) as copy:
        text = b"".join(bytes(block) for block in copy)
    if not text:
        return {}
    raw = {name: pl.Int64() if kind == INSTANT else kind for name, kind in EVENTS.items()}
    frame = pl.read_csv(text, has_header=False, schema={"feed": pl.String(), **raw})
    frame = frame.with_columns(pl.col(_INSTANTS).cast(INSTANT))
    return {str(feed): part.drop("feed") for (feed,), part in frame.group_by("feed")}


def fold_safely(fold: Fold, feed: str, events: pl.DataFrame, definitions: str) -> pl.DataFrame:
    """Folds; where the kernel fails, bisects by case and sets the offender aside instead of stopping."""
    try:
        return fold(feed, events.lazy()).collect()
    except (Exception, pl.exceptions.PanicException):
        ids = events.get_column("case_id").unique().sort()
        if len(ids) == 1:
            return _set_aside(events, definitions)
    half = len(ids) // 2
    parts = [events.filter(pl.col("case_id").is_in(chosen.implode())) for chosen in (ids[:half], ids[half:])]
    return pl.concat([fold_safely(fold, feed, part, definitions) for part in parts], how="diagonal")


def _set_aside(events: pl.DataFrame, definitions: str) -> pl.DataFrame:
    last = (
        pl.col("occurred_at").max().alias("last_occurred_at"),
        pl.col("received_at").max().alias("last_received_at"),
    )
    return (
        events.group_by("case_id")
        .agg(pl.len().cast(pl.Int32).alias("events"), *last)
        .with_columns(pl.lit(KERNEL_ERROR).alias("set_aside"), pl.lit(definitions).alias("definitions"))
    )


def write_cases(conn: Connection, feed: str, cases: pl.DataFrame) -> None:
    """Writes folded cases over their locked rows; a row that stays as it was is not touched."""
    columns = [name.strip() for name in f"case_id, {WRITTEN}".split(",")]
    whole = pl.concat(
        [pl.DataFrame(schema={name: pl.Null for name in columns}), cases], how="diagonal_relaxed"
    )
    text = (
        whole.select(columns)
        .with_columns(_flags(whole), *_defaults(whole))
        .write_csv(include_header=False, datetime_format="%Y-%m-%dT%H:%M:%S%.6fZ", quote_style="necessary")
    )
    names = ", ".join(columns)
    with conn.cursor() as cursor:
        cursor.execute("delete from live_fold")
        with cursor.copy(f"copy live_fold ({names}) from stdin (format csv)".encode()) as copy:
            copy.write(text)
    new = ", ".join(f"excluded.{name}" for name in columns[1:])
    old = ", ".join(f"cases.{name}" for name in columns[1:])
    conn.execute(
        f"""
        insert into cases (feed, {names}) select %s, {names} from live_fold order by case_id collate "C"
        on conflict (feed, case_id) do update set ({WRITTEN}) = row({new})
        where ({old}) is distinct from ({new})
        """.encode(),
        [feed],
    )


def _flags(cases: pl.DataFrame) -> pl.Expr:
    if cases.schema["flags"] != pl.List(pl.String):
        return pl.lit("{}").alias("flags")
    return pl.format("{}{}{}", pl.lit("{"), pl.col("flags").list.join(",").fill_null(""), pl.lit("}")).alias(
        "flags"
    )


def _defaults(cases: pl.DataFrame) -> list[pl.Expr]:
    falses = [pl.col(name).cast(pl.Boolean).fill_null(False) for name in ("in_figures", "withdrawn")]
    return [*falses, pl.col("events").cast(pl.Int32).fill_null(0)]
