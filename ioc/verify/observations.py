"""Every observation against the stored events, in plain SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ioc.verify.check import SHOWN, Check
from ioc.warehouse.connection import Connection
from schemas import ObservationFeed

OBSERVATIONS = (Path(__file__).parent / "observations.sql").read_bytes()
SAID = ("series", "period", "value", "n", "reason")


def check_observations(conn: Connection, feed: ObservationFeed) -> Check:
    """Key by key: agency, series, period, value, n, reason and dimensions. What was set aside is left out."""
    asked = {"feed": feed.feed, "names": [*SAID, *feed.dimensions]}
    conn.execute("set transaction isolation level repeatable read")
    rows: list[Any] = conn.execute(OBSERVATIONS, asked).fetchall()
    counted: Any = conn.execute("select count(*) from cases where feed = %(feed)s", asked).fetchone()
    conn.rollback()
    differs = [
        f"{key}: stored {agency} {said} and not {theirs} {them}" for key, agency, said, theirs, them in rows
    ]
    figures: dict[str, int | str] = {"observations": int(counted[0]), "different": len(rows)}
    return Check(feed.feed, "observations = refold", not rows, figures, differs[:SHOWN])
