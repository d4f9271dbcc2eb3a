"""Which revision held at an instant, and which rows hold at a revision: the one text of both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ioc.errors import BadInput, Stop
from ioc.warehouse.connection import Connection

# Parameters feed, at (null: now). Revisions of a feed are published one after another.
PUBLISHED = """
select revision, covers_from, covers_to, zone, position, definitions, run_id, published_at from revision
where feed = %(feed)s and published_at <= coalesce(%(at)s, 'infinity'::timestamptz)
order by revision desc limit 1
"""
FIRST = "select min(published_at) from revision where feed = %(feed)s"
_TICK = timedelta(microseconds=1)  # the warehouse's instants have no finer one


@dataclass(frozen=True)
class Published:
    """A published revision. `position`: {topic: {partition: next offset}}; days are inclusive, in `zone`."""

    revision: int
    covers_from: date
    covers_to: date
    zone: str
    position: dict[str, dict[str, int]]
    definitions: str
    run_id: str
    published_at: datetime


def published(conn: Connection, feed: str, at: datetime | None = None) -> Published | None:
    """The newest revision published by `at` (None: that holds now), None where there was none."""
    row: Any = conn.execute(PUBLISHED, {"feed": feed, "at": at}).fetchone()
    return None if row is None else Published(*row)


def newest(conn: Connection, feed: str) -> Published:
    """The revision that holds now; Stop where none was published."""
    if (found := published(conn, feed)) is not None:
        return found
    raise Stop(f"feed {feed} has no published rollup yet: `ioc rollup --feed {feed} --from … --to …`")


def published_by(conn: Connection, feed: str, at: datetime, said: str) -> Published:
    """`published`; BadInput where nothing was published by then, `said` being how that was asked."""
    found = published(conn, feed, at)
    if found is None:
        row: Any = conn.execute(FIRST, {"feed": feed}).fetchone()
        raise nothing_by_then(feed, said, row)
    return found


def nothing_by_then(feed: str, said: str, first: Sequence[datetime | None] | None) -> BadInput:
    """What is said where no revision was published by then; `first` is the row of FIRST."""
    when = first[0] if first else None
    mend = f"the first was published at {when.isoformat()}" if when else "nor since: `ioc rollup` publishes"
    return BadInput("as-of", said, f"no revision of {feed} was published by then; {mend}")


def holds(revision: str, rows: str = "") -> str:
    """SQL: whether a row held at the revision. `rows`: the table's alias with its dot, where it has one."""
    return (
        f"{rows}from_revision <= {revision} and ({rows}to_revision is null or {rows}to_revision > {revision})"
    )


def known_at(text: str, zone: str, now: datetime, field: str = "as-of") -> datetime:
    """`2024-09-15T17:00:00+07:00`, or the last instant of the local day `2024-09-15`, in UTC.

    BadInput for what is neither, and for what lies ahead of `now`: nobody knows what will be known then.
    """
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            after = date.fromisoformat(text) + timedelta(days=1)
            at = datetime.combine(after, time.min, ZoneInfo(zone)).astimezone(UTC) - _TICK
        else:
            at = datetime.fromisoformat(text)
            if at.tzinfo is None:
                raise BadInput(field, text, "add the zone: Z or an offset")
            at = at.astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        mend = "give an instant such as 2024-03-05T01:30:00Z, or a local day such as 2024-03-05"
        raise BadInput(field, text, mend) from exc
    if at > now:
        shown = now.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
        raise BadInput(field, text, f"give an instant or an ended day up to now, {shown}, or leave it out")
    return at


def offsets_of(found: Published) -> list[str]:
    """`topic/partition@next offset`, in order."""
    return [
        f"{topic}/{partition}@{offset}"
        for topic, partitions in sorted(found.position.items())
        for partition, offset in sorted(partitions.items(), key=lambda one: int(one[0]))
    ]


def said_of(found: Published) -> str:
    """One line for a person: which revision, what it knew, by which definitions."""
    at = found.published_at.astimezone(ZoneInfo(found.zone)).isoformat(timespec="seconds")
    return (
        f"revision {found.revision}, published {at}, days {found.covers_from}..{found.covers_to}"
        f" in {found.zone}; position {' '.join(offsets_of(found)) or 'none'}; definitions {found.definitions}"
    )
