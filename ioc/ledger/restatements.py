"""The ledger of closed figures that changed, read: entries, and the events that caused one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.rows import dict_row

from ioc.ledger.cell import GROUP, where
from ioc.warehouse.connection import Connection

Row = dict[str, Any]
EVENT_NAME = "{} {}"  # source and id; a source is a URI reference and has no space
COLUMNS = (
    *("restatement", "calendar", "month", "agency", "channel", "sector", "figure", "old", "new", "change"),
    *("cause", "event_count", "revision", "run_id", "at"),
)
_ENTRY = "select *, new - old as change from restatement"
LISTED = f"""
{_ENTRY} where feed = %(feed)s and calendar = %(calendar)s
    and (%(months)s::text[] is null or month = any(%(months)s)) and {where()}
    and figure = coalesce(%(figure)s, figure) and revision <= coalesce(%(revision)s, revision)
order by restatement
"""
# A restatement is made of what its revision knows beyond the one before: by the index that is a few offsets.
NEWS = """
join (
    select topic, p.key::int as partition, coalesce((b.position->topic->>p.key)::bigint, 0) as since,
        p.value::bigint as until
    from revision r
    left join lateral (
        select position from revision where feed = r.feed and revision < r.revision
        order by revision desc limit 1
    ) b on true
    cross join jsonb_each(r.position) t (topic, offsets) cross join jsonb_each_text(offsets) p
    where r.revision = %(revision)s
) k on e.topic = k.topic and e.partition = k.partition and e."offset" >= k.since and e."offset" < k.until
"""
CAUSES = """
select e.source, e.id, e.type, e.status, e.occurred_at, e.received_at, e.topic, e.partition, e."offset",
    e.case_id as code, coalesce(a.case_id, e.case_id) as case_id
from event e join unnest(%(sources)s::text[], %(ids)s::text[]) w (source, id) using (source, id) {among}
left join alias a on a.feed = e.feed and a.code = e.case_id
where e.feed = %(feed)s order by e.occurred_at, e.topic, e.partition, e."offset"
"""


def event_name(source: str, id: str) -> str:
    """An event as `restatement.events` names it."""
    return EVENT_NAME.format(source, id)


def listed(
    conn: Connection,
    feed: str,
    calendar: str,
    months: Sequence[str] | None = None,
    *,
    cell: Mapping[str, Any] | None = None,
    figure: str | None = None,
    revision: int | None = None,
) -> list[Row]:
    """Entries in the order in which they were written; None leaves a part open. Rows have COLUMNS.

    cell: as ledger.cell.asked, what is not in it is left open.
    """
    of = cell or {}
    names = {"feed": feed, "calendar": calendar, "months": None if months is None else list(months)}
    asked = {
        **names,
        **{part: of.get(part) for part in (*GROUP, "agencies")},
        "figure": figure,
        "revision": revision,
    }
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(LISTED.encode(), asked).fetchall()


def entry(conn: Connection, number: int) -> Row | None:
    """One entry with `feed` and `events`, None where there is none of this number."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(f"{_ENTRY} where restatement = %s".encode(), [number]).fetchone()


def events_of(conn: Connection, found: Row) -> list[Row]:
    """The entry's events as stored, in the order of occurred_at.

    Two contents under one source and id are two rows; so are two cases' events of one id.
    """
    names = [(source, id) for source, _, id in (name.partition(" ") for name in found["events"])]
    news = _stored(conn, found, names, NEWS)
    seen = {(row["source"], row["id"]) for row in news}
    older = [name for name in names if name not in seen]
    rows = [*news, *(_stored(conn, found, older, "") if older else [])]
    return sorted(rows, key=lambda row: row["occurred_at"])


def gone(found: Row, stored: Sequence[Row]) -> list[str]:
    """Names of the entry's events that are not stored."""
    there = {event_name(row["source"], row["id"]) for row in stored}
    return [name for name in found["events"] if name not in there]


def _stored(conn: Connection, found: Row, names: Sequence[tuple[str, str]], among: str) -> list[Row]:
    asked = {
        "feed": found["feed"],
        "revision": found["revision"],
        "sources": [source for source, _ in names],
        "ids": [id for _, id in names],
    }
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(CAUSES.format(among=among).encode(), asked).fetchall()
