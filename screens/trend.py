"""The published rollup as a series of days, with what is needed to say how far it can be trusted."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from ioc.event import instant_text
from ioc.warehouse.revisions import FIRST, PUBLISHED, holds, nothing_by_then
from screens.slow import texts

FIGURES = (
    "carried_over", "new", "received_total", "resolved", "early", "on_due_date", "late", "no_due_date",
    "withdrawn", "open_end", "open_end_overdue",
)  # fmt: skip
DAYS = f"""
select day, {", ".join(f"sum({name})::bigint" for name in FIGURES)}, max(from_revision)
from flow_day where feed = %(feed)s and credit = 'resolving' and day between %(from)s and %(to)s
and {holds("%(revision)s")} and (%(agency)s::text is null or agency = %(agency)s) group by day
"""
RESTATED = """
select day, count(distinct from_revision) - 1 from flow_day
where feed = %(feed)s and credit = 'resolving' and day between %(from)s and %(to)s
and from_revision <= %(revision)s group by day having count(distinct from_revision) > 1
"""
Row = dict[str, Any]


async def read(
    connection: AsyncConnection[Any], feed: str, days: int, agency: str | None, as_of: datetime | None
) -> Row:
    """The last `days` days as published by `as_of` (None: now); `days` empty where nothing is published yet.

    BadInput where nothing was published by `as_of`.
    """
    async with connection.cursor(row_factory=dict_row) as cursor:
        row = await (await cursor.execute(PUBLISHED, {"feed": feed, "at": as_of})).fetchone()
    if row is None:
        return await nothing(connection, feed, as_of)
    position = row.pop("position")
    covered: tuple[date, date] = (row["covers_from"], row["covers_to"])
    first = max(covered[0], covered[1] - timedelta(days=days - 1))
    names = {"feed": feed, "from": first, "to": covered[1], "agency": agency, "revision": row["revision"]}
    published = {r[0]: r[1:] for r in await (await connection.execute(DAYS, names)).fetchall()}
    restated = dict(await (await connection.execute(RESTATED, names)).fetchall())
    rows = []
    for n in range((covered[1] - first).days + 1):
        day = first + timedelta(days=n)
        figures = published.get(day, (0,) * (len(FIGURES) + 1))
        rows.append(
            {
                "day": day.isoformat(),
                **dict(zip(FIGURES, figures[:-1], strict=True)),
                "restated": restated.get(day, 0),
            }
        )
    return {
        "revision": {**texts(row), "position": position},
        "covers": [day.isoformat() for day in covered],
        "days": rows,
        **({"as_of": instant_text(as_of)} if as_of else {}),
    }


async def nothing(connection: AsyncConnection[Any], feed: str, as_of: datetime | None) -> Row:
    if as_of is None:
        return {"days": []}
    first = await (await connection.execute(FIRST, {"feed": feed})).fetchone()
    raise nothing_by_then(feed, instant_text(as_of), first)
