"""Which published revision a command speaks of: the newest, or the one of an instant of the past."""

from __future__ import annotations

from typing import Annotated

import typer

from ioc.clock import Clock
from ioc.settings import Settings
from ioc.warehouse.connection import Connection
from ioc.warehouse.revisions import Published, known_at, newest, published_by, said_of
from schemas import Feed

AS_OF = Annotated[
    str | None,
    typer.Option(help="As published by then: an instant with its zone, or a local day, which means its end."),
]


def held(conn: Connection, settings: Settings, feed: Feed, as_of: str | None) -> Published:
    """The newest revision, or the one of then, said on stderr; Stop and BadInput where there is none."""
    if as_of is None:
        return newest(conn, feed.feed)
    at = known_at(as_of, feed.zone, Clock.parse(settings.clock).now())
    found = published_by(conn, feed.feed, at, as_of)
    typer.echo(f"as of {as_of}: {said_of(found)}", err=True)
    return found
