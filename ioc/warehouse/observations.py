"""Observations as the warehouse holds them: the newest word on each key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from ioc.kernel.events import EVENTS
from ioc.kernel.observations import OBSERVED, ObservedRules, observed
from ioc.kernel.series import OBSERVATIONS
from ioc.warehouse.connection import Connection

_READ = """
select attributes->>'series', agency, (attributes->>'from')::date, (attributes->>'to')::date,
    (attributes->>'value')::float8, (attributes->>'n')::float8 {dimensions}
from cases where feed = %(feed)s and phase = %(phase)s
    and (attributes->>'from')::date >= %(first)s and (attributes->>'to')::date <= %(last)s
"""

# What was known at an instant: the events below the last position written down by then.
_KNOWN = f"""
with known as (
    select p.partition::int, p.next::bigint from (
        select position from knowledge where feed = %(feed)s and at <= %(at)s order by at desc limit 1
    ) k cross join lateral jsonb_each_text(k.position -> %(feed)s) p (partition, next)
)
select {", ".join(f'e."{name}"' for name in EVENTS)}, e.data::text from event e
join known k on k.partition = e.partition and e."offset" < k.next
where e.feed = %(feed)s and e.topic = %(feed)s
"""
_TOLD = """
select case_id, array_agg(id order by received_at, occurred_at, hash) from event
where feed = %(feed)s and case_id = any(%(keys)s) group by case_id
"""


_OF_TEXT = ("series", "from", "to", "value", "n")


def asked_told(feed: str, keys: Sequence[str]) -> tuple[bytes, dict[str, Any]]:
    """The statement and its parameters: per key the ids of what was told of it, the standing one last."""
    return _TOLD.encode(), {"feed": feed, "keys": list(keys)}


def asked(feed: str, dimensions: Sequence[str], first: date, last: date) -> tuple[bytes, dict[str, Any]]:
    """The statement and its parameters: what was observed of the periods within first..last."""
    told = "".join(f", attributes->>'{name}'" for name in dimensions)  # names of a feed's file: snake case
    names = {"feed": feed, "phase": OBSERVED, "first": first, "last": last}
    return _READ.format(dimensions=told).encode(), names


def framed(rows: Iterable[Sequence[Any]], dimensions: Sequence[str]) -> pl.DataFrame:
    """The rows of `asked` -> OBSERVATIONS, and a text for each dimension."""
    schema = {**OBSERVATIONS, **dict.fromkeys(dimensions, pl.String())}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def observations(
    conn: Connection, feed: str, dimensions: Sequence[str], first: date, last: date
) -> pl.DataFrame:
    """OBSERVATIONS, and a text for each dimension, of the periods within first..last."""
    return framed(conn.execute(*asked(feed, dimensions, first, last)).fetchall(), dimensions)


def observations_at(
    conn: Connection, rules: ObservedRules, at: datetime, first: date, last: date
) -> pl.DataFrame:
    """As `observations`, of what was known at `at`: folded again from the events stored by then."""
    rows = conn.execute(_KNOWN.encode(), {"feed": rules.feed, "at": at}).fetchall()
    events = pl.DataFrame(rows, schema={**EVENTS, "data": pl.String()}, orient="row")
    said = {name: pl.col("attributes").str.json_path_match(f"$.{name}") for name in _OF_TEXT}
    said |= {name: pl.col("attributes").str.json_path_match(f"$.{name}") for name in rules.dimensions}
    found = observed(events, rules).select("agency", **said)
    typed = found.with_columns(pl.col("from", "to").str.to_date(), pl.col("value", "n").cast(pl.Float64))
    within = typed.filter(pl.col("from") >= first, pl.col("to") <= last)
    return within.select(*OBSERVATIONS, *rules.dimensions)
