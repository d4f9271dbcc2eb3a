"""Observations as the warehouse holds them: the newest word on each key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from ioc.kernel.events import EVENTS
from ioc.kernel.observations import ENDED, OBSERVED, ObservedRules, ended, observed
from ioc.kernel.series import OBSERVATIONS
from ioc.warehouse.connection import Connection
from ioc.warehouse.revisions import holds

# The same of the rows that hold now in the revision that was published last.
_READ_PUBLISHED = """
select series, nullif(agency, ''), period_from, period_to, value::float8, n::float8 {dimensions}
from series_period_published where feed = %(feed)s and period_from >= %(first)s and period_to <= %(last)s
"""
_RECEIPT = ("received_at", "partition", "offset")  # a delivery's own
_READ = """
select attributes->>'series', agency, (attributes->>'from')::date, (attributes->>'to')::date,
    (attributes->>'value')::float8, (attributes->>'n')::float8 {dimensions}
from cases where feed = %(feed)s and phase = %(phase)s
    and (attributes->>'from')::date >= %(first)s and (attributes->>'to')::date <= %(last)s
"""

# Every delivery below a position, of some keys or all; a duplicate's receipt may be the earlier one.
_BELOW = f"""
with asked as (
    select {", ".join(f'e."{name}"' for name in EVENTS)}, e.data::text from event e
    where e.feed = %(feed)s and (%(keys)s::text[] is null or e.case_id = any(%(keys)s))
    union all
    select {", ".join(f'{"d" if name in _RECEIPT else "e"}."{name}"' for name in EVENTS)}, e.data::text
    from duplicate d
    join event e on (e.feed, e.case_id, e.source, e.id, e.hash) = (d.feed, d.case_id, d.source, d.id, d.hash)
    where d.feed = %(feed)s and (%(keys)s::text[] is null or d.case_id = any(%(keys)s))
)
select a.* from asked a
join unnest(%(partitions)s::int[], %(ends)s::bigint[]) k (partition, next)
    on k.partition = a.partition and a."offset" < k.next
"""
_POSITION = """
select coalesce(position -> feed, '{}') from knowledge where feed = %(feed)s and at <= %(at)s
order by at desc limit 1
"""
_ENDING = """
select case_id from cases where feed = %(feed)s and phase = %(phase)s
    and (attributes->>'to')::date > %(after)s and (attributes->>'to')::date <= %(last)s
"""
_ANY_ENDED = """
select from cases where feed = %(feed)s and case_id = any(%(keys)s)
    and (attributes->>'to')::date <= %(last)s limit 1
"""
_PUBLISHED = f"""
select observation, series, agency, dimensions, period_from, period_to, value, n from series_period
where feed = %(feed)s and {holds("%(revision)s")} and period_from >= %(first)s and period_to <= %(last)s
"""
_TOLD = """
select case_id, array_agg(id order by received_at, occurred_at, hash) from event
where feed = %(feed)s and case_id = any(%(keys)s) group by case_id
"""


def asked_told(feed: str, keys: Sequence[str]) -> tuple[bytes, dict[str, Any]]:
    """The statement and its parameters: per key the ids of what was told of it, the standing one last."""
    return _TOLD.encode(), {"feed": feed, "keys": list(keys)}


def asked(
    feed: str, dimensions: Sequence[str], first: date, last: date, *, published: bool = False
) -> tuple[bytes, dict[str, Any]]:
    """The statement and its parameters: what was observed of the periods within first..last."""
    text, data = (_READ_PUBLISHED, "dimensions") if published else (_READ, "attributes")
    told = "".join(f", {data}->>'{name}'" for name in dimensions)  # names of a feed's file: snake case
    names = {"feed": feed, "phase": OBSERVED, "first": first, "last": last}
    return text.format(dimensions=told).encode(), names


def framed(rows: Iterable[Sequence[Any]], dimensions: Sequence[str]) -> pl.DataFrame:
    """The rows of `asked` -> OBSERVATIONS, and a text for each dimension."""
    schema = {**OBSERVATIONS, **dict.fromkeys(dimensions, pl.String())}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def observations(
    conn: Connection, feed: str, dimensions: Sequence[str], first: date, last: date
) -> pl.DataFrame:
    """OBSERVATIONS, and a text for each dimension, of the periods within first..last."""
    return framed(conn.execute(*asked(feed, dimensions, first, last)).fetchall(), dimensions)


def events_below(
    conn: Connection, feed: str, ends: Mapping[int, int], keys: Sequence[str] | None = None
) -> pl.DataFrame:
    """EVENTS and `data` of every delivery below the offsets; of these keys alone where they are named."""
    asked = {"feed": feed, "partitions": list(ends), "ends": list(ends.values())}
    named = asked | {"keys": None if keys is None else list(keys)}
    rows = conn.execute(_BELOW.encode(), named).fetchall()
    return pl.DataFrame(rows, schema={**EVENTS, "data": pl.String()}, orient="row")


def ending(conn: Connection, feed: str, after: date, last: date) -> list[str]:
    """The keys, as they stand, whose period ended after the one day and by the other, inclusive."""
    names = {"feed": feed, "phase": OBSERVED, "after": after, "last": last}
    return [str(key) for (key,) in conn.execute(_ENDING, names).fetchall()]


def any_ended(conn: Connection, feed: str, keys: Sequence[str], last: date) -> bool:
    """Whether the period of any of these, as it stands, had ended by the day."""
    asked = {"feed": feed, "keys": list(keys), "last": last}
    return bool(keys) and conn.execute(_ANY_ENDED, asked).fetchone() is not None


def observations_at(
    conn: Connection, rules: ObservedRules, at: datetime, first: date, last: date
) -> pl.DataFrame:
    """As `observations`, of what was known at `at`: folded again from the events stored by then."""
    row: Any = conn.execute(_POSITION, {"feed": rules.feed, "at": at}).fetchone()
    ends = {int(partition): int(end) for partition, end in (row[0] if row else {}).items()}
    found = ended(observed(events_below(conn, rules.feed, ends), rules), rules, last)
    return _typed(found, rules.dimensions).filter(pl.col("from") >= first)


def observations_published(
    conn: Connection, feed: str, dimensions: Sequence[str], revision: int, first: date, last: date
) -> pl.DataFrame:
    """As `observations`, of what held at the revision."""
    asked = {"feed": feed, "revision": revision, "first": first, "last": last}
    rows = conn.execute(_PUBLISHED.encode(), asked).fetchall()
    columns = ("observation", "series", "agency", "dimensions", "period_from", "period_to", "value", "n")
    schema = {name: ENDED[name] for name in columns}
    return _typed(pl.DataFrame(rows, schema=schema, orient="row"), dimensions)


def _typed(found: pl.DataFrame, dimensions: Sequence[str]) -> pl.DataFrame:
    """ENDED -> OBSERVATIONS, and a text for each dimension."""
    named = {name: pl.col("dimensions").str.json_path_match(f"$.{name}") for name in dimensions}
    return found.with_columns(
        pl.col("agency").replace({"": None}),
        pl.col("value", "n").replace({"": None}).cast(pl.Float64),
        **{"from": pl.col("period_from"), "to": pl.col("period_to")},
        **named,
    ).select(*OBSERVATIONS, *dimensions)
