"""Which sources were silent on a working day of a period that is over, told from the stored events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

from ioc.warehouse.connection import Connection

_DAY_MINUTES = 24 * 60
# A source gives a sign on a day where an event of it occurred or was received then: what came late after an
# outage fills the days that it tells of. It is expected from its first sign on, and only where it ever told
# of one of the agencies (null: of anything). A feed with a rhythm above a day is given as many days.
SILENT = """
with told as (
    select e.source, d.day, bool_or(%(agencies)s::text[] is null or e.agency = any(%(agencies)s)
        or e.receiving_agency = any(%(agencies)s)) as ours
    from event e cross join lateral (values
        ((e.occurred_at at time zone %(zone)s)::date), ((e.received_at at time zone %(zone)s)::date)
    ) d (day)
    where e.feed = %(feed)s and d.day <= %(last)s
    group by e.source, d.day
), expected as (
    select source, min(day) as first from told group by source having bool_or(ours)
)
select s.source, array_agg(w.day order by w.day)
from expected s join unnest(%(days)s::date[]) w (day) on w.day >= s.first
where not exists (
    select from told t where t.source = s.source and t.day between w.day - %(rhythm_days)s + 1 and w.day
)
group by s.source order by s.source
"""

# The days on which a feed as a whole was not silent: something was received then, or a case entered then as
# told later; a rhythm above a day counts here too. By indexes alone, since boards ask it while they live.
TOLD = """
select array(
    select d.day from unnest(%(days)s::date[]) d (day)
    where exists (
        select from cases where feed = %(feed)s and in_figures
            and entered_on > d.day - %(rhythm_days)s and entered_on <= d.day
    ) or exists (
        select from event where feed = %(feed)s
            and received_at >= (d.day - %(rhythm_days)s + 1)::timestamp at time zone %(zone)s
            and received_at < (d.day + 1)::timestamp at time zone %(zone)s
    )
)
"""


def rhythm_days(minutes: int) -> int:
    """Within so many days a feed of this rhythm gives a sign."""
    return ceil(minutes / _DAY_MINUTES)


@dataclass(frozen=True)
class Silent:
    """A source and the working days on which nothing of it occurred or was received."""

    source: str
    days: tuple[date, ...]


def silent(
    conn: Connection,
    feed: str,
    zone: str,
    rhythm_minutes: int,
    working_days: Sequence[date],
    agencies: Sequence[str] | None,
) -> list[Silent]:
    """The sources that were silent on any of the days (of one period, in order), by name."""
    if not working_days:
        return []
    asked: dict[str, Any] = {
        "feed": feed,
        "zone": zone,
        "rhythm_days": rhythm_days(rhythm_minutes),
        "days": list(working_days),
        "last": working_days[-1],
        "agencies": None if agencies is None else list(agencies),
    }
    rows: Any = conn.execute(SILENT.encode(), asked).fetchall()
    return [Silent(source, tuple(days)) for source, days in rows]
