"""The published rollup as a series of days, with what is needed to say how far it can be trusted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from psycopg import AsyncConnection

from screens.slow import texts

FIGURES = (
    "carried_over", "new", "received_total", "resolved", "early", "on_due_date", "late", "no_due_date",
    "withdrawn", "open_end", "open_end_overdue",
)  # fmt: skip
REVISION = """
select revision, covers_from, covers_to, zone, definitions, run_id, published_at from revision
where feed = %s order by revision desc limit 1
"""
COVERED = "select min(covers_from), max(covers_to) from revision where feed = %s"
DAYS = f"""
select day, {", ".join(f"sum({name})::bigint" for name in FIGURES)}, max(from_revision)
from flow_day_published where feed = %(feed)s and day between %(from)s and %(to)s
and (%(agency)s::text is null or agency = %(agency)s) group by day
"""
RESTATED = """
select day, count(distinct from_revision) - 1 from flow_day
where feed = %(feed)s and credit = 'resolving' and day between %(from)s and %(to)s
group by day having count(distinct from_revision) > 1
"""
Row = dict[str, Any]


async def read(connection: AsyncConnection[Any], feed: str, days: int, agency: str | None) -> Row:
    """The last `days` published days; `days` empty where nothing is published yet."""
    cursor = await connection.execute(REVISION, (feed,))
    row = await cursor.fetchone()
    if row is None or cursor.description is None:
        return {"days": []}
    revision = texts(dict(zip((c.name for c in cursor.description), row, strict=True)))
    covered = await (await connection.execute(COVERED, (feed,))).fetchone()
    assert covered is not None
    first: date = max(covered[0], covered[1] - timedelta(days=days - 1))
    names = {"feed": feed, "from": first, "to": covered[1], "agency": agency}
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
    return {"revision": revision, "covers": [covered[0].isoformat(), covered[1].isoformat()], "days": rows}
