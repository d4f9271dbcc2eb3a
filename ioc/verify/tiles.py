"""Tile = list = plain SQL: one snapshot, one instant, three ways to the number."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ioc.kernel.cases import CLOCKED
from ioc.kernel.measures import Measure
from ioc.verify.attributes import add_attributes, kept_columns
from ioc.verify.check import SHOWN, Check
from ioc.verify.clocks import REWRITTEN, add_clocks
from ioc.verify.refold import Rules, refold
from ioc.verify.stages import add_stages
from ioc.warehouse.connection import Connection
from schemas import Feed, Registry

COMPARED = (
    *(
        "phase",
        "status",
        "in_figures",
        "entered_at",
        "entered_on",
        "due_at",
        "due_on",
        "resolved_at",
        "resolved_on",
    ),
    *(
        "delivered_at",
        "withdrawn",
        "outcome",
        "outcome_by_date",
        "outcome_by_instant",
        "agency",
        "receiving_agency",
    ),
    *("channel", "procedure", "set_aside", "events", "attributes"),
)
KERNEL_ERROR = "kernel-error"


def check_tiles(conn: Connection, feed: Feed, registry: Registry, at: datetime) -> list[Check]:
    """Every number of every measure, and every case's row, against cases folded again from stored events."""
    conn.execute("set transaction isolation level repeatable read")
    refold(conn, Rules.of(feed.definitions), None)
    add_clocks(conn, feed, registry)
    add_attributes(conn, feed.feed, feed.attributes)
    add_stages(conn, feed, registry)
    conn.execute(
        "delete from verify_case"
        " where case_id in (select case_id from cases where feed = %s and set_aside = %s)",
        [feed.feed, KERNEL_ERROR],
    )
    clock = {"at": at, "at_date": at.astimezone(ZoneInfo(feed.zone)).date(), "feed": feed.feed}
    numbers = [
        _number(conn, feed, f"{name}.{role}" if role != "where" else name, text, clock)
        for name, measure in feed.measures.items()
        for role, text in measure.expressions().items()
        if measure.kind == "count" or role != "where"
    ]
    found = [*numbers, _rows(conn, feed)]
    conn.rollback()
    return found


def _number(conn: Connection, feed: Feed, name: str, text: str, clock: dict[str, Any]) -> Check:
    where = Measure.parse(text, feed.attribute_kinds).postgres()
    tile = _count(conn, f"select count(*) filter (where {where}) from cases where feed = %(feed)s", clock)
    listed = _count(
        conn,
        f"select count(*) from (select case_id from cases where feed = %(feed)s and ({where})) listed",
        clock,
    )
    # The measure's text as it stands in the feed's file; `at` and `at_date` are columns of a one-row table.
    instant = "(select %(at)s::timestamptz at, %(at_date)s::date at_date) clock"
    # Clocks that are not written a second time are lent by `cases`, and named.
    once = [column for column in CLOCKED if column not in REWRITTEN]
    lent = [column for column in once if re.search(rf"\b{column}\b", text)]
    counted = f"""(
        select {", ".join(["v.*", *(f"c.{column}" for column in lent), *kept_columns(feed)])}
        from verify_case v
        left join cases c on c.feed = %(feed)s and c.case_id = v.case_id
    ) counted"""
    plain = _count(conn, f"select count(*) from {counted}, {instant} where {text.replace('%', '%%')}", clock)
    figures: dict[str, int | str] = {"tile": tile, "list": listed, "sql": plain}
    if lent:
        figures["lent by cases"] = ", ".join(lent)
    figures["at"] = clock["at"].isoformat(timespec="seconds")
    return Check(feed.feed, f"tile {name}", tile == listed == plain, figures)


def _count(conn: Connection, sql: str, values: dict[str, Any]) -> int:
    row: Any = conn.execute(sql.encode(), values).fetchone()
    return int(row[0])


def _rows(conn: Connection, feed: Feed) -> Check:
    """Case by case: every column that both have."""
    ours, theirs = (", ".join(f"{alias}.{name}" for name in (*COMPARED, *REWRITTEN)) for alias in ("c", "v"))
    different = conn.execute(
        f"""
        select coalesce(c.case_id, v.case_id), to_jsonb(row({ours})), to_jsonb(row({theirs}))
        from (select * from cases where feed = %s and set_aside is distinct from %s) c
        full join verify_case v on v.case_id = c.case_id
        where c.case_id is null or v.case_id is null or ({ours}) is distinct from ({theirs})
        order by 1
        """.encode(),
        [feed.feed, KERNEL_ERROR],
    ).fetchall()
    cases = _count(conn, "select count(*) from cases where feed = %(feed)s", {"feed": feed.feed})
    folded = _count(conn, "select count(*) from verify_case", {})
    aside = _count(
        conn,
        "select count(*) from cases where feed = %(feed)s and set_aside = %(why)s",
        {"feed": feed.feed, "why": KERNEL_ERROR},
    )
    figures = {"cases": cases, "folded again": folded, "kernel errors": aside, "different": len(different)}
    return Check(
        feed.feed, "cases = refold", not different, figures, [_said(row) for row in different[:SHOWN]]
    )


def _said(row: Any) -> str:
    case_id, ours, theirs = row
    pairs = zip((*COMPARED, *REWRITTEN), (ours or {}).values(), (theirs or {}).values(), strict=False)
    parts = [f"{name} {a} and not {b}" for name, a, b in pairs if a != b]
    return f"case {case_id}: stored " + ("; ".join(parts) or "on one side only")
