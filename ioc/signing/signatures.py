"""The rows of table `signature`: written once, read back and held to their checksum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Json, Jsonb

from ioc.errors import BadInput, Stop
from ioc.forms import Issued
from ioc.signing.sealed import Content, checksum, unsealed
from ioc.warehouse.connection import Connection

READ = """
select nth, revision, content, checksum, signer, role, approver, reasons, signed_at from signature
where form = %(form)s and feed = %(feed)s and calendar = %(calendar)s and period = %(period)s
    and agency = %(agency)s and signed_at <= coalesce(%(at)s, 'infinity'::timestamptz) order by nth
"""
WRITE = """
insert into signature (form, feed, calendar, period, agency, nth, revision, content, checksum, signer, role,
    approver, reasons, signed_at)
values (%(form)s, %(feed)s, %(calendar)s, %(period)s, %(agency)s, %(nth)s, %(revision)s, %(content)s,
    %(checksum)s, %(signer)s, %(role)s, %(approver)s, %(reasons)s, %(signed_at)s)
"""


@dataclass(frozen=True)
class Signed:
    """One signing. `reasons`: what stood against it, each with what was found and why it was signed."""

    nth: int
    revision: int
    content: Content
    checksum: str
    signer: str
    role: str
    approver: str | None
    reasons: list[dict[str, str]]
    signed_at: datetime

    def issued(self) -> Issued:
        """The form as signed; Stop where the content is not what was signed."""
        if (found := checksum(self.content)) != self.checksum:
            raise Stop(
                f"signature {self.nth} of {self.signed_at.isoformat()} has checksum {self.checksum}, and its"
                f" content {found}: somebody changed it in the warehouse; restore the table from a backup"
            )
        return unsealed(self.content, self.checksum)


def signatures(conn: Connection, key: Mapping[str, str], at: datetime | None) -> list[Signed]:
    """Every signing of a form up to the instant (None: all), the first first. `key`: `Asked.key`."""
    rows: Any = conn.execute(READ.encode(), {**key, "at": at}).fetchall()
    return [Signed(*row) for row in rows]


def latest(conn: Connection, key: Mapping[str, str], at: datetime | None) -> Signed | None:
    """The last signing up to the instant."""
    return next(reversed(signatures(conn, key, at)), None)


def nth(conn: Connection, key: Mapping[str, str], at: datetime | None, number: int | None) -> Signed:
    """That signing, None: the last. Stop where the form was never signed, BadInput where not so often."""
    found = signatures(conn, key, at)
    of = " ".join(key.values())
    if not found:
        raise Stop(f"{of} is not signed: `ioc sign` signs it; without --signed its figures are printed")
    if number is None:
        return found[-1]
    if not 1 <= number <= len(found):
        raise BadInput("nth", number, f"{of} was signed {len(found)} time(s); give 1 to {len(found)}")
    return found[number - 1]


def write(conn: Connection, key: Mapping[str, str], signed: Signed) -> None:
    """Adds the row; the table refuses to change or remove it."""
    told = vars(signed) | {"content": Json(signed.content), "reasons": Jsonb(signed.reasons)}
    conn.execute(WRITE.encode(), {**key, **told})
