"""What is to be looked at, counted: the one text of each count, for screens and the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ioc.warehouse.connection import Connection

# Parameters feed, agency (null: every one; '': cases of which no event gave any). A case has a flag once.
FLAGGED = """
select coalesce(agency, ''), flag, count(*) from cases cross join unnest(flags) flag
where feed = %(feed)s and flags <> '{}' and coalesce(agency, '') = coalesce(%(agency)s, agency, '')
group by 1, 2
"""
TOTALS = """
select coalesce(agency, ''), count(*) filter (where flags <> '{}'),
    count(*) filter (where set_aside is not null) from cases
where feed = %(feed)s and (flags <> '{}' or set_aside is not null)
    and coalesce(agency, '') = coalesce(%(agency)s, agency, '')
group by 1
"""
REFUSED = "select count(*) from quarantine where feed = %(feed)s and redriven_at is null"


@dataclass
class ToLookAt:
    """Cases of one agency: how many have each flag, how many have any, how many are set aside."""

    flags: dict[str, int] = field(default_factory=dict)
    flagged: int = 0
    set_aside: int = 0


def gathered(
    flagged: Iterable[tuple[str, str, int]], totals: Iterable[tuple[str, int, int]]
) -> dict[str, ToLookAt]:
    """Rows of FLAGGED and TOTALS by agency, in the order of codes."""
    found = {agency: ToLookAt({}, flags, aside) for agency, flags, aside in sorted(totals)}
    for agency, flag, count in flagged:
        found[agency].flags[flag] = count
    return found


def together(found: Mapping[str, ToLookAt]) -> dict[str, ToLookAt]:
    """All agencies as one, under no code: of a feed that does not tell small numbers per agency."""
    one = ToLookAt()
    for row in found.values():
        one.flagged += row.flagged
        one.set_aside += row.set_aside
        for flag, count in row.flags.items():
            one.flags[flag] = one.flags.get(flag, 0) + count
    return {"": one} if found else {}


def to_look_at(conn: Connection, feed: str, agency: str | None) -> tuple[dict[str, ToLookAt], int]:
    """By agency, and how many messages of the feed wait in quarantine, whose agency nobody can tell."""
    asked = {"feed": feed, "agency": agency}
    flagged: Any = conn.execute(FLAGGED.encode(), asked).fetchall()
    totals: Any = conn.execute(TOTALS.encode(), asked).fetchall()
    refused: Any = conn.execute(REFUSED.encode(), asked).fetchone()
    return gathered(flagged, totals), int(refused[0])
