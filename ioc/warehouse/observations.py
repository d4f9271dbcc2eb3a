"""Observations as the warehouse holds them: the newest word on each key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import polars as pl

from ioc.kernel.observations import OBSERVED
from ioc.kernel.series import OBSERVATIONS
from ioc.warehouse.connection import Connection

_READ = """
select attributes->>'series', agency, (attributes->>'from')::date, (attributes->>'to')::date,
    (attributes->>'value')::float8, (attributes->>'n')::float8 {dimensions}
from cases where feed = %(feed)s and phase = %(phase)s
    and (attributes->>'from')::date >= %(first)s and (attributes->>'to')::date <= %(last)s
"""

_TOLD = """
select case_id, array_agg(id order by received_at, occurred_at, hash) from event
where feed = %(feed)s and case_id = any(%(keys)s) group by case_id
"""


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
