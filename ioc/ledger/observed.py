"""Published observations that a later revision changed, or that came after their period was published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from psycopg.rows import dict_row

from ioc.warehouse.connection import Connection

Row = dict[str, Any]
LISTED = 100  # events named; all are counted
COLUMNS = (
    *("revision", "at", "series", "agency", "dimensions", "period", "old", "new", "old_n", "new_n"),
    *("cause", "event_count"),
)
# Nothing is kept beside the rows: a row that was closed and the one written with it are the change.
RESTATED = f"""
with moved as (
    select coalesce(n.from_revision, o.to_revision) revision,
        coalesce(n.observation, o.observation) observation,
        coalesce(n.series, o.series) series, coalesce(n.agency, o.agency) agency,
        coalesce(n.dimensions, o.dimensions) dimensions, coalesce(n.period, o.period) period,
        coalesce(n.period_to, o.period_to) period_to, o.observation is not null as held,
        o.value as old, n.value as new, o.n as old_n, n.n as new_n
    from (select * from series_period where feed = %(feed)s and to_revision is not null) o
    full join (select * from series_period where feed = %(feed)s) n
        on n.observation = o.observation and n.from_revision = o.to_revision
)
select m.revision, r.published_at as at, m.observation, m.series, m.agency, m.dimensions, m.period,
    m.old, m.new, m.old_n, m.new_n,
    case when e.count = 0 and b.definitions <> r.definitions then 'definitions'
        when e.count = 0 then 'unexplained' when m.held then 'correction' else 'late-event' end as cause,
    e.count as event_count, e.events
from moved m join revision r on r.revision = m.revision
join lateral (
    select position, definitions, covers_to from revision
    where feed = r.feed and revision < r.revision order by revision desc limit 1
) b on m.held or m.period_to <= b.covers_to
cross join lateral (
    select count(*), coalesce((array_agg(source || ' ' || id order by received_at))[:{LISTED}], '{{}}') events
    from event where feed = %(feed)s and case_id = m.observation
        and "offset" >= coalesce((b.position -> topic ->> partition::text)::bigint, 0)
        and "offset" < coalesce((r.position -> topic ->> partition::text)::bigint, 0)
) e
where m.period_to between %(first)s and %(last)s and m.agency = coalesce(%(agency)s, m.agency)
order by m.revision, m.observation
"""


def restated(
    conn: Connection,
    feed: str,
    first: date = date.min,
    last: date = date.max,
    agency: str | None = None,
) -> Sequence[Row]:
    """Rows of COLUMNS and `events`, of periods that ended on first..last, in the order of publishing.

    old is None where nothing was observed by then (`late-event`), new where nothing holds any more; '' is
    what has not arisen. A row without an event to explain it is `definitions` or `unexplained`.
    """
    asked = {"feed": feed, "first": first, "last": last, "agency": agency}
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(RESTATED.encode(), asked).fetchall()
