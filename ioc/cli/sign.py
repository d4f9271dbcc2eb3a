"""`ioc sign`: an official form goes from provisional to final, with signer, role, time and checksum."""

from __future__ import annotations

from typing import Annotated

import typer

from ioc.admit import registry_for
from ioc.cli.form import AGENCY, CALENDAR, FEED, FORM, PERIOD, asked_for
from ioc.cli.map import Agencies
from ioc.clock import Clock
from ioc.errors import BadInput
from ioc.settings import load
from ioc.signing.sign import NOWHERE, Wish
from ioc.signing.sign import sign as sign_form
from ioc.warehouse import connect


def sign(
    form: FORM,
    period: PERIOD,
    feed: FEED,
    agency: AGENCY,
    signer: Annotated[str, typer.Option(help="Who signs.")],
    role: Annotated[str, typer.Option(help="As what: Giám đốc, Chủ tịch.")],
    calendar: CALENDAR = "CALENDAR",
    because: Annotated[
        str | None, typer.Option(help="Why it is signed although something stands against it; printed on it.")
    ] = None,
    approver: Annotated[
        str | None, typer.Option(help="Who allows signing again after figures changed.")
    ] = None,
    place: Annotated[str, typer.Option(help="Where it is signed.")] = NOWHERE,
    agencies: Annotated[
        Agencies, typer.Option(help="As was alone: a form is signed by the agencies of its period.")
    ] = "as-was",
) -> None:
    """Sign a form as published now; refused while anything stands against it, unless --because says why."""
    if agencies != "as-was":
        mend = (
            "leave it out: a form is signed by the agencies in force in its period; `ioc form` shows as-now"
        )
        raise BadInput("agencies", agencies, mend)
    wish = Wish(signer, role, because, approver, place)
    settings = load()
    registry, now = registry_for(settings), Clock.parse(settings.clock).now()
    asked = asked_for(registry, form, period, feed, agency, calendar)
    with connect(settings, autocommit=True, name="ioc sign") as conn:
        done = sign_form(conn, registry, asked, wish, now)
    of = " ".join(asked.key.values())
    typer.echo(f"signed {of} as number {done.nth}: revision {done.revision}, checksum {done.checksum}")
