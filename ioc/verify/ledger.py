"""The ledger of restatements against what the revisions themselves show to have changed, in plain SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ioc.verify.check import SHOWN, Check
from ioc.warehouse.connection import Connection

LEDGER = (Path(__file__).parent / "ledger.sql").read_bytes()


def check_ledger(conn: Connection, feed: str) -> Check:
    """Over all revisions: each changed cell of a published month is in the ledger, and no other."""
    rows: list[Any] = conn.execute(LEDGER, {"feed": feed}).fetchall()
    counted: Any = conn.execute(
        "select (select count(*) from revision where feed = %(feed)s),"
        " (select count(*) from restatement where feed = %(feed)s)",
        {"feed": feed},
    ).fetchone()
    figures: dict[str, int | str] = {"revisions": counted[0], "rows": counted[1], "different": len(rows)}
    return Check(feed, "ledger = revisions", not rows, figures, [_said(row) for row in rows[:SHOWN]])


def _said(row: Any) -> str:
    revision, calendar, month, agency, channel, sector, figure, moved, told = row
    where = (
        f"{calendar} {month} {agency or '(no agency)'} {channel or '(no channel)'} {sector or '(no sector)'}"
    )
    return f"revision {revision}, {where}: {figure} changed by {moved}, and the ledger says {told}"
