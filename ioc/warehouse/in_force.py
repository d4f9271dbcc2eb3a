"""Which definitions of a feed were in force at an instant, as the warehouse keeps them by hash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ioc.errors import BadInput
from ioc.kernel.rules import CaseRules
from ioc.rules import pauses_in, rules_of
from ioc.warehouse.connection import Connection

HELD = """
select d.hash, s.known_at, d.content from definitions_since s join definitions d on d.hash = s.hash
where s.feed = %(feed)s and s.known_at <= %(at)s order by s.known_at desc limit 1
"""
EARLIEST = "select min(known_at) from definitions_since where feed = %(feed)s"


@dataclass(frozen=True)
class InForce:
    """A feed's definitions as stored; `since`: when they became known, UTC."""

    hash: str
    since: datetime
    content: Mapping[str, Any]

    @property
    def rules(self) -> CaseRules:
        """Without clocks, as rollups take them."""
        return rules_of(self.content, self.hash)

    @property
    def sectors(self) -> dict[str, str] | None:
        """Procedure -> its field; None in definitions of before fields were kept in them."""
        said = self.content.get("sectors")
        return None if said is None else dict(said)

    @property
    def pauses(self) -> dict[str, str]:
        return pauses_in(self.content)


def in_force(conn: Connection, feed: str, at: datetime, said: str) -> InForce:
    """The definitions known at `at`; BadInput, `said` being how that was asked, where none were."""
    row: Any = conn.execute(HELD, {"feed": feed, "at": at}).fetchone()
    if row is None:
        first: Any = conn.execute(EARLIEST, {"feed": feed}).fetchone()
        when = f"the earliest are known since {first[0].isoformat()}" if first[0] else "nor since"
        raise BadInput("definitions-of", said, f"no definitions of {feed} were known then; {when}")
    found, since, content = row
    return InForce(str(found), since, content)


def said_of(found: InForce, zone: str) -> str:
    """One line for a person: by which definitions, and that nobody published what they give."""
    since = found.since.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
    return f"not published: counted again by definitions {found.hash}, known since {since}"
