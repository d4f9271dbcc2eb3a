"""`--definitions-of T`: figures counted again by the rules in force then, which nobody published."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from ioc.clock import Clock
from ioc.kernel.months import Months
from ioc.kernel.period_names import NamedPeriod
from ioc.rules import sectors_of
from ioc.settings import Settings
from ioc.signing.view import Recounted
from ioc.warehouse.connection import Connection
from ioc.warehouse.in_force import InForce, in_force, said_of
from ioc.warehouse.months import before
from ioc.warehouse.revisions import Published, known_at
from jobs.recount import Recount, recount
from jobs.told import position_of
from schemas import Feed, Registry

DEFINITIONS_OF = Annotated[
    str | None,
    typer.Option(
        help="Counted again by the rules in force then (an instant, or a local day's end), at the revision's"
        " position; not published."
    ),
]
NO_FIELDS = "these definitions are of before fields of procedures were kept in them: today's fields are taken"


def recounted(
    conn: Connection,
    settings: Settings,
    registry: Registry,
    feed: Feed,
    revision: Published,
    definitions_of: str,
    period: NamedPeriod | None = None,
) -> tuple[Recount, Recounted]:
    """The feed as known to the revision, by the definitions of then, said on stderr; also as forms take it.

    The months of the period and of the one before it are counted; None: no months. BadInput where no
    definitions were known. The transaction must see one snapshot.
    """
    at = known_at(definitions_of, feed.zone, Clock.parse(settings.clock).now(), "definitions-of")
    found = in_force(conn, feed.feed, at, definitions_of)
    typer.echo(f"definitions of {definitions_of}: {said_of(found, feed.zone)}", err=True)
    position = position_of(revision, feed.feed)
    if period is None:
        done = recount(conn, found.rules, position)
    else:
        done = recount(conn, found.rules, position, _months(found, registry, period))
    return done, Recounted(done.months, found.hash, found.since, done.set_aside)


def _months(found: InForce, registry: Registry, period: NamedPeriod) -> Months:
    if found.sectors is None:
        typer.echo(f"note: {NO_FIELDS}", err=True)
    sectors = sectors_of(registry) if found.sectors is None else found.sectors
    asked = Months((period.calendar,), period.start, period.last, sectors, found.pauses)
    return replace(asked, first=min(period.start, before(period).start))
