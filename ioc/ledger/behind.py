"""The cases behind a cell by what is known now. Which ones count is the kernel's word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
from psycopg.types.json import Jsonb

from ioc.kernel.events import EVENTS
from ioc.kernel.months import NEEDED, Months, added
from ioc.kernel.period_names import NamedPeriod
from ioc.kernel.rules import CaseRules
from ioc.ledger.cell import Cell, asked
from ioc.ledger.figure import months_for
from ioc.warehouse.connection import Connection
from ioc.warehouse.months import STOCKS
from ioc.warehouse.revisions import Published
from ioc.warehouse.story import events_frame

SHOWN = ("case_id", "agency", "channel", "procedure", "entered_on", "due_on", "resolved_on", "outcome")
BEHIND = pl.Schema({name: pl.Date() if name.endswith("_on") else pl.String() for name in SHOWN})
# Which cases can count at all, by the indexes; which do is the kernel's word.
_RESOLVED = "resolved_on between %(first)s and %(last)s"
_BY = {
    "new": "entered_on between %(first)s and %(last)s",
    "carried_over": "entered_on < %(first)s and (resolved_on is null or resolved_on >= %(first)s)",
    **dict.fromkeys(STOCKS, "entered_on <= %(last)s and (resolved_on is null or resolved_on > %(last)s)"),
}
CANDIDATES = """
select {columns} from cases where feed = %(feed)s and in_figures and {by}
    and coalesce(agency, '') = coalesce(%(agency)s, agency, '')
    and coalesce(channel, '') = coalesce(%(channel)s, channel, '')
    and (%(agencies)s::text[] is null or coalesce(agency, '') = any(%(agencies)s))
"""
AHEAD = """
select coalesce(sum(greatest(next_offset - coalesce((%(known)s::jsonb->>partition::text)::bigint, 0), 0)), 0)
from topic_partition where topic = %(feed)s
"""


def behind(
    conn: Connection,
    rules: CaseRules,
    cell: Cell,
    period: NamedPeriod,
    sectors: Mapping[str, str],
    pauses: Mapping[str, str],
) -> pl.DataFrame:
    """Frame of BEHIND, by case_id: the cases that make the cell by the events stored now.

    sectors, pauses: as kernel.months.Months.
    """
    months = months_for(cell.figure, period)
    first, last = months[0].start, months[-1].last
    cases = _candidates(conn, rules.feed, cell, first, last)
    counted_in = Months((period.calendar,), first, last, sectors, pauses)
    events = pl.DataFrame(schema=EVENTS)
    if cell.figure in STOCKS:
        events = events_frame(conn, rules.feed, cases.get_column("case_id").to_list())
    counted = added(events, cases, rules, counted_in).filter(pl.col(cell.figure) > 0)
    if cell.sector is not None:
        counted = counted.filter(sector=cell.sector)
    return cases.join(counted.select("case_id").unique(), on="case_id").select(SHOWN).sort("case_id")


def ahead(conn: Connection, feed: str, revision: Published) -> int:
    """How many messages the warehouse has taken since the revision's position."""
    names = {"feed": feed, "known": Jsonb(revision.position.get(feed, {}))}
    row: Any = conn.execute(AHEAD, names).fetchone()
    return int(row[0])


def _candidates(conn: Connection, feed: str, cell: Cell, first: date, last: date) -> pl.DataFrame:
    text = CANDIDATES.format(columns=", ".join(NEEDED), by=_BY.get(cell.figure, _RESOLVED))
    names = {"feed": feed, "first": first, "last": last, **asked(cell)}
    kinds: dict[str, Any] = {**BEHIND, "in_figures": pl.Boolean(), "withdrawn": pl.Boolean()}
    schema = {name: kinds[name] for name in NEEDED}
    return pl.DataFrame(conn.execute(text.encode(), names).fetchall(), schema=schema, orient="row")
