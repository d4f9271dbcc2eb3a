"""The published revision against a refold of the stored events below its position, row by row."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ioc.verify.check import SHOWN, Check
from ioc.verify.ledger import check_ledger
from ioc.verify.months import check_months
from ioc.verify.procedures import check_procedures
from ioc.verify.refold import refold, stored_rules
from ioc.warehouse.connection import Connection

FIGURES = (
    *("carried_over", "new", "received_total", "resolved", "early", "on_due_date", "late", "no_due_date"),
    *("withdrawn", "open_end", "open_end_overdue"),
)
FLOW = (Path(__file__).parent / "flow.sql").read_bytes()


@dataclass(frozen=True)
class Revision:
    """What the newest revision of a feed says of itself."""

    number: int
    covers_from: date
    covers_to: date
    position: dict[str, dict[str, int]]
    definitions: str


def newest(conn: Connection, feed: str) -> Revision | None:
    row: Any = conn.execute(
        "select revision, covers_from, covers_to, position, definitions from revision where feed = %s"
        " order by revision desc limit 1",
        [feed],
    ).fetchone()
    return None if row is None else Revision(*row)


def check_revision(conn: Connection, feed: str, wait_seconds: float = 30) -> list[Check]:
    """Nothing where the feed has no revision yet."""
    revision = newest(conn, feed)
    conn.rollback()
    if revision is None:
        return []
    behind = await_position(conn, revision.position, wait_seconds)
    rules = stored_rules(conn, revision.definitions)
    conn.rollback()
    if behind or rules is None:
        why = behind or [f"no definitions are stored under {revision.definitions}"]
        return [Check(feed, "revision = refold", False, {"revision": revision.number}, why)]
    conn.execute("set transaction isolation level repeatable read")
    refold(conn, rules, revision.position)
    conn.execute(FLOW, {"from": revision.covers_from, "to": revision.covers_to})
    found = [_compared(conn, feed, revision), check_months(conn, feed, revision.number)]
    found += [check_procedures(conn, rules, revision.number), check_ledger(conn, feed)]
    conn.rollback()
    return found


def await_position(
    conn: Connection, position: Mapping[str, Mapping[str, int]], seconds: float, every: float = 0.25
) -> list[str]:
    """Waits until live has taken every offset below the position; says what it lacks where it did not."""
    until = time.monotonic() + seconds
    while behind := _behind(conn, position):
        if time.monotonic() > until:
            return behind
        time.sleep(every)
    return []


def _behind(conn: Connection, position: Mapping[str, Mapping[str, int]]) -> list[str]:
    rows = conn.execute("select topic, partition, next_offset from topic_partition").fetchall()
    conn.rollback()
    there = {(str(t), str(p)): int(str(n)) for t, p, n in rows}
    return [
        f"live stands at {there.get((topic, partition), 0)} of {topic}/{partition}, the revision at {end}"
        for topic, ends in position.items()
        for partition, end in ends.items()
        if there.get((topic, partition), 0) < end
    ]


def _compared(conn: Connection, feed: str, revision: Revision) -> Check:
    """Rows that hold at the revision against rows counted again; neither side has rows of zeros only."""
    key = ("day", "credit", "agency", "channel")
    ours, theirs = (", ".join(f"{alias}.{name}" for name in FIGURES) for alias in ("p", "v"))
    rows: list[Any] = conn.execute(
        f"""
        with p as (
            select * from flow_day where feed = %(feed)s and from_revision <= %(revision)s
                and (to_revision is null or to_revision > %(revision)s)
        )
        select {", ".join(f"coalesce(p.{k}, v.{k})" for k in key)}, p.day is null, v.day is null,
            array[{ours}]::text[], array[{theirs}]::text[]
        from p full join verify_flow v
            on (v.day, v.credit, v.agency, v.channel) = (p.day, p.credit, p.agency, p.channel)
        where p.day is null or v.day is null or ({ours}) is distinct from ({theirs})
        order by 1, 2, 3, 4
        """.encode(),
        {"feed": feed, "revision": revision.number},
    ).fetchall()
    sums: Any = conn.execute(
        """
        select (select count(*) from verify_flow), (select count(*) from verify_case),
            (select coalesce(sum(new), 0) from verify_flow where credit = 'resolving'),
            (select coalesce(sum(resolved), 0) from verify_flow where credit = 'resolving')
        """
    ).fetchone()
    figures: dict[str, int | str] = {
        "revision": revision.number,
        "days": f"{revision.covers_from}..{revision.covers_to}",
        **dict(zip(("rows counted again", "cases", "new", "resolved"), map(int, sums), strict=True)),
        "different": len(rows),
    }
    return Check(feed, "revision = refold", not rows, figures, [_said(row) for row in rows[:SHOWN]])


def _said(row: Any) -> str:
    day, credit, agency, channel, unpublished, uncounted, ours, theirs = row
    where = f"{day} {credit} {agency or '(no agency)'} {channel or '(no channel)'}"
    if unpublished or uncounted:
        return f"{where}: {'not published' if unpublished else 'published, but nothing is counted there'}"
    parts = [f"{n} {a} and not {b}" for n, a, b in zip(FIGURES, ours, theirs, strict=True) if a != b]
    return f"{where}: published {', '.join(parts)}"
