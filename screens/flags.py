"""What is to be looked at: counts per agency and flag, at the position that their lists are opened at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from ioc.event import instant_text
from ioc.warehouse.flags import FLAGGED, REFUSED, TOTALS, gathered, together
from schemas import Feed
from screens.position import read_position


async def read(connection: AsyncConnection[Any], feed: Feed, now: datetime) -> dict[str, Any]:
    """`agencies`: code -> {flags: {flag: cases}, flagged, set_aside}; `refused`: messages in quarantine.

    Of a feed that hides small cells all agencies are told as one, under no code.
    """
    asked = {"feed": feed.feed, "agency": None}
    flagged, totals, refused = [
        await (await connection.execute(text.encode(), asked)).fetchall()
        for text in (FLAGGED, TOTALS, REFUSED)
    ]
    found = gathered(flagged, totals)
    if feed.hide_below is not None:
        found = together(found)
    return {
        "at": instant_text(now),
        "position": (await read_position(connection, feed.feed)).text(),
        "refused": refused[0][0],
        "agencies": {agency: vars(row) for agency, row in found.items()},
    }
