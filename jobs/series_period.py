"""series_period: events of observations -> kernel -> one row per key whose period has ended.

Few enough for one process, without Spark. Read is the warehouse; by a full run, or of too many, the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from ioc.kernel.events import EVENTS
from ioc.kernel.observations import ENDED, ObservedRules, ended, observed
from ioc.warehouse.connection import Connection
from ioc.warehouse.known import touched
from ioc.warehouse.observations import ending, events_below
from ioc.warehouse.offsets import ends
from ioc.warehouse.revisions import Published, published
from jobs.event_log import Pinned, Position, below
from jobs.runs import Rebuild
from jobs.told import position_of

AT_ONCE = 50_000  # keys; where more are asked for, the log is read sooner
_HELD = """
select count(*), count(*) filter (where observation = any(%(keys)s)), min(period_from) from series_period
where feed = %(feed)s and to_revision is null
"""


@dataclass(frozen=True)
class Ended:
    """Rows of ENDED to stage, what they knew, and how many observations hold once they are published.

    before: the revision that they change; None where they are all that is to hold.
    """

    rows: pl.DataFrame
    position: Position
    before: Published | None
    first: date
    observations: int


def of_log(pinned: Pinned, rules: ObservedRules, last: date) -> Ended:
    """All observations of periods that had ended by `last`, out of the pinned log."""
    parts = [_bucket(pinned, bucket, rules, last) for bucket in range(pinned.buckets)]
    rows = pl.concat([ENDED.to_frame(), *parts]).sort("observation")
    return Ended(rows, pinned.position, None, _first(rows, last), rows.height)


def _bucket(pinned: Pinned, bucket: int, rules: ObservedRules, last: date) -> pl.DataFrame:
    """A key's events lie in one bucket."""
    events = below(pinned.scan().filter(pl.col("bucket") == bucket), pinned)
    return ended(observed(events.select(*EVENTS, "data").collect(), rules), rules, last)


def of_warehouse(conn: Connection, rules: ObservedRules, last: date) -> Ended:
    """What changes: keys that anything came for since the revision that holds, or whose period ended since.

    All there is where nothing was published by these definitions. Rebuild where that is more than a process
    takes: the log is to be read. `conn` must be within no transaction: one snapshot is read.
    """
    conn.execute("set transaction isolation level repeatable read")
    before = published(conn, rules.feed)
    if before is None or before.definitions != rules.definitions:
        return _all(conn, rules, last)
    reached = ends(conn, rules.feed)
    keys = set(touched(conn, rules.feed, position_of(before, rules.feed), reached))
    keys |= set(ending(conn, rules.feed, before.covers_to, last))
    if len(keys) > AT_ONCE:
        raise Rebuild(f"{len(keys)} observations came or ended since")
    rows = ended(observed(events_below(conn, rules.feed, reached, sorted(keys)), rules), rules, last)
    told: Any = conn.execute(_HELD, {"feed": rules.feed, "keys": rows["observation"].to_list()}).fetchone()
    held, again, first = told
    return Ended(rows, reached, before, min(first or last, _first(rows, last)), held + rows.height - again)


def _all(conn: Connection, rules: ObservedRules, last: date) -> Ended:
    row: Any = conn.execute("select count(*) from cases where feed = %s", [rules.feed]).fetchone()
    if row[0] > AT_ONCE:
        raise Rebuild(f"all {row[0]} observations are to be read")
    reached = ends(conn, rules.feed)
    rows = ended(observed(events_below(conn, rules.feed, reached), rules), rules, last)
    return Ended(rows, reached, None, _first(rows, last), rows.height)


def _first(rows: pl.DataFrame, last: date) -> date:
    found = rows.get_column("period_from").min()
    return found if isinstance(found, date) else last
