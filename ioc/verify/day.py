"""One day's cases folded again by refold.sql: those that anything occurred of on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from ioc.verify.refold import refold, stored_rules
from ioc.warehouse.connection import Connection

SOME = (Path(__file__).parent / "some.sql").read_bytes()
AHEAD = 24 * 60  # minutes; far more than any feed lets a sender's clock run ahead


def recount(conn: Connection, definitions: str, position: Mapping[str, Mapping[str, int]], day: date) -> None:
    """Makes verify_case of this transaction: whatever entered or was resolved on the local day is in it.

    Empty where nobody stored the definitions. Its cost grows with what was received since the day began.
    """
    for name in ("case", "some"):
        conn.execute(f"drop table if exists pg_temp.verify_{name}".encode())
    rules = stored_rules(conn, definitions)
    if rules is None:
        conn.execute("create temp table verify_case (like cases) on commit drop")
        return
    conn.execute(SOME, {"feed": rules.feed, "day": day, "zone": rules.zone, "ahead": AHEAD})
    conn.execute("analyze verify_some")
    refold(conn, rules, position, some=True)
