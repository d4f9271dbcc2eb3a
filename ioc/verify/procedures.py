"""Published months by procedure against a count of the refolded cases, in plain SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ioc.verify.attributes import add_attributes
from ioc.verify.check import SHOWN, Check
from ioc.verify.refold import Rules
from ioc.warehouse.connection import Connection

PROCEDURES = (Path(__file__).parent / "procedures.sql").read_bytes()
FIGURES = (
    *("new", "full_service", "partial_service", "resolved", "early", "on_due_date", "late", "no_due_date"),
    *("withdrawn", "set_aside"),
)


def check_procedures(conn: Connection, rules: Rules, revision: int) -> Check:
    """Needs verify_case, folded at the revision's position. What clocks give, letters and receptions, is not
    counted again.
    """
    add_attributes(conn, rules.feed, [rules.level] if rules.level else [])
    asked = {"feed": rules.feed, "revision": revision, "attribute": rules.level}
    asked |= {"full": list(rules.full), "partial": list(rules.partial)}
    rows: list[Any] = conn.execute(PROCEDURES, asked).fetchall()
    count = "select count(*) from procedure_month where feed = %s and to_revision is null"
    counted: Any = conn.execute(count.encode(), [rules.feed]).fetchone()
    figures: dict[str, int | str] = {"revision": revision, "rows": counted[0], "different": len(rows)}
    return Check(rules.feed, "procedures = refold", not rows, figures, [_said(row) for row in rows[:SHOWN]])


def _said(row: Any) -> str:
    calendar, month, agency, channel, procedure, ours, theirs = row
    place = f"{agency or '(no agency)'} {channel or '(no channel)'} {procedure or '(no procedure)'}"
    parts = [f"{n} {a} and not {b}" for n, a, b in zip(FIGURES, ours, theirs, strict=True) if a != b]
    return f"{calendar} {month} {place}: published {', '.join(parts)}"
