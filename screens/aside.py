"""What was refused on the way in and waits for a mend: the newest first, with counts by reason."""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from screens.slow import texts

MOST = 200
REASONS = """
select reason, count(*) as n from quarantine where feed = %s and redriven_at is null
group by reason order by n desc, reason
"""
NEWEST = """
select reason, field, value, mend, source, received_at, topic || '/' || partition || '/' || "offset" as place
from quarantine where feed = %s and redriven_at is null order by received_at desc, "offset" desc limit %s
"""


async def read(connection: AsyncConnection[Any], feed: str) -> dict[str, Any]:
    """Payloads stay in the warehouse; `ioc quarantine` shows them to whoever mends."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        reasons = await (await cursor.execute(REASONS, (feed,))).fetchall()
        newest = await (await cursor.execute(NEWEST, (feed, MOST))).fetchall()
    return {
        "count": sum(row["n"] for row in reasons),
        "reasons": reasons,
        "rows": [texts(row) for row in newest],
    }
