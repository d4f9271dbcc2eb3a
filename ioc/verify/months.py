"""Published months of forms against a count of the refolded cases, month by month, in plain SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ioc.verify.check import SHOWN, Check
from ioc.warehouse.connection import Connection

MONTHS = (Path(__file__).parent / "months.sql").read_bytes()
FIGURES = (
    *("carried_over", "new", "resolved", "early", "on_due_date", "late", "no_due_date", "withdrawn"),
    "open_end",
)


def check_months(conn: Connection, feed: str, revision: int) -> Check:
    """Needs verify_case, folded at the revision's position. Sectors are added up; how open cases stand at a
    month's end, in time or overdue, is not counted again.
    """
    rows: list[Any] = conn.execute(MONTHS, {"feed": feed, "revision": revision}).fetchall()
    count = "select count(distinct (calendar, month)) from flow_month where feed = %s and to_revision is null"
    counted: Any = conn.execute(count.encode(), [feed]).fetchone()
    figures: dict[str, int | str] = {"revision": revision, "months": counted[0], "different": len(rows)}
    return Check(feed, "months = refold", not rows, figures, [_said(row) for row in rows[:SHOWN]])


def _said(row: Any) -> str:
    calendar, month, agency, channel, ours, theirs = row
    where = f"{calendar} {month} {agency or '(no agency)'} {channel or '(no channel)'}"
    parts = [f"{n} {a} and not {b}" for n, a, b in zip(FIGURES, ours, theirs, strict=True) if a != b]
    return f"{where}: published {', '.join(parts)}"
