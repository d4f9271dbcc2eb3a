"""One case as stored: its events in the fold's order, and its derived row."""

from __future__ import annotations

from typing import Any

import polars as pl
from psycopg.rows import dict_row

from ioc.kernel.authority import DISAGREE
from ioc.kernel.events import EVENTS
from ioc.kernel.fold import counting
from ioc.kernel.identity import joined
from ioc.kernel.rules import CaseRules
from ioc.warehouse.connection import Connection

_EVENTS = """
select e.*, coalesce(d.copies, 0) copies, least(e.received_at, d.received_at) first_received_at
from event e
left join lateral (
    select count(*) copies, min(received_at) received_at from duplicate d
    where (d.feed, d.case_id, d.source, d.id, d.hash) = (e.feed, e.case_id, e.source, e.id, e.hash)
) d on true
where e.feed = %(feed)s and e.case_id = any(%(codes)s)
"""
_DERIVED = """
select c.* from cases c where c.case_id = %(code)s
    or (c.feed, c.case_id) in (select feed, case_id from alias where code = %(code)s)
order by c.feed
"""


def derived(conn: Connection, code: str) -> list[dict[str, Any]]:
    """The rows of `cases` that any of their codes names so, one per feed that has it."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_DERIVED, {"code": code}).fetchall()


def codes_of(conn: Connection, feed: str, case_id: str) -> list[str]:
    """Every code of the case, the one it is known by first."""
    rows = conn.execute("select code from alias where (feed, case_id) = (%s, %s)", [feed, case_id])
    return [case_id, *sorted(str(code) for (code,) in rows if code != case_id)]


def events_of(conn: Connection, rules: CaseRules, case_id: str) -> list[dict[str, Any]]:
    """By (occurred_at, received_at, hash); `received_at` is the earliest receipt, `copies` counts repeats.

    `counts` as the kernel's fold.counting has it. `case_id` is the code that an event was sent under.
    """
    names = {"feed": rules.feed, "codes": codes_of(conn, rules.feed, case_id)}
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_EVENTS.encode(), names).fetchall()
    for row in rows:
        row["received_at"] = row.pop("first_received_at")
    frame = pl.DataFrame([{name: row[name] for name in EVENTS} for row in rows], schema=EVENTS)
    counts = counting(frame.with_columns(case_id=pl.lit(case_id)), rules).get_column("counts")
    for row, counted in zip(rows, counts, strict=True):
        row["counts"] = counted
    return sorted(rows, key=lambda row: (row["occurred_at"], row["received_at"], row["hash"]))


def events_frame(conn: Connection, feed: str, case_ids: list[str]) -> pl.DataFrame:
    """The events of these cases under all their codes, as the kernel's frame of EVENTS."""
    links = conn.execute(
        "select code, case_id from alias where feed = %s and case_id = any(%s)", [feed, case_ids]
    )
    cases = {str(code): str(case_id) for code, case_id in links.fetchall()}
    names = {"feed": feed, "codes": sorted({*case_ids, *cases})}
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_EVENTS.encode(), names).fetchall()
    for row in rows:
        row["received_at"] = row["first_received_at"]
    frame = pl.DataFrame([{name: row[name] for name in EVENTS} for row in rows], schema=EVENTS)
    return joined(frame.lazy(), cases).collect(engine="in-memory")


def disagreeing(conn: Connection, feed: str, limit: int) -> list[str]:
    """Cases of which two systems say different things, the newest told first."""
    rows = conn.execute(
        "select case_id from cases where feed = %s and flags @> array[%s]"
        " order by last_received_at desc, case_id limit %s",
        [feed, DISAGREE, limit],
    )
    return [str(case_id) for (case_id,) in rows]
