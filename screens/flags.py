"""What is to be looked at: counts per agency and flag, at the position that their lists are opened at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from ioc.event import instant_text
from ioc.warehouse.flags import FLAGGED, REFUSED, TOTALS, gathered
from screens.position import read_position


async def read(connection: AsyncConnection[Any], feed: str, now: datetime) -> dict[str, Any]:
    """`agencies`: code -> {flags: {flag: cases}, flagged, set_aside}; `refused`: messages in quarantine."""
    asked = {"feed": feed, "agency": None}
    flagged, totals, refused = [
        await (await connection.execute(text.encode(), asked)).fetchall()
        for text in (FLAGGED, TOTALS, REFUSED)
    ]
    return {
        "at": instant_text(now),
        "position": (await read_position(connection, feed)).text(),
        "refused": refused[0][0],
        "agencies": {agency: vars(found) for agency, found in gathered(flagged, totals).items()},
    }
