"""`ioc enter`: a filled-in sheet, checked cell by cell, then all of it to the intake or nothing."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path
from typing import Annotated, Any

import typer

from ioc.admit import registry_for
from ioc.cli.import_ import wait_until_known
from ioc.clock import Clock
from ioc.entry import Checked, Told, checked, manual_feed, person, post, sheet_of, told
from ioc.errors import BadInput
from ioc.settings import Settings, load
from ioc.warehouse import connect
from ioc.warehouse.observations import asked_told
from schemas import ObservationFeed


def enter(
    name: Annotated[str, typer.Argument(help="A feed that is entered by hand.")],
    file: Annotated[Path, typer.Argument(help="XLSX from `ioc feed template`, or CSV with its field names.")],
    by: Annotated[str, typer.Option(help="Who enters it; a token of the name is stored.")],
    source: Annotated[str, typer.Option(help="The event's source; manual:NAME if left out.")] = "",
) -> None:
    """Take a filled-in sheet, XLSX or CSV: every wrong cell is named, and nothing or all of it is taken."""
    settings, who = load(), person(by)
    registry = registry_for(settings)
    feed = manual_feed(registry, name)
    if not file.is_file():
        raise BadInput("FILE", str(file), "give a file that exists")
    sheet = sheet_of(file.read_bytes(), file.name)
    now, most = Clock.parse(settings.clock).now(), settings.intake_max_event_bytes
    found = checked(sheet, feed, registry, now, most)
    if found.findings:
        typer.echo("\n".join(map(str, found.findings)), err=True)
        typer.echo(f"{len(found.findings)} cells to mend; nothing was taken", err=True)
        raise typer.Exit(1)
    if not settings.intake_url:
        raise BadInput("IOC_INTAKE_URL", "", "start the stack first: ioc up")
    wait_until_known(settings)
    events = told_of(settings, feed, found, who, source or f"manual:{feed.feed}")
    answer = asyncio.run(
        post(settings.intake_url, feed.feed, events.messages, f"enter-{secrets.token_hex(8)}")
    )
    for i, mend in answer.refused:
        typer.echo(f"{sheet.name}, row {events.rows[i]}: the intake refused it; {mend}", err=True)
    known = events.standing + answer.duplicate
    typer.echo(f"{answer.accepted} rows accepted, {known} known already, {found.examples} examples left out")
    if answer.refused:
        raise typer.Exit(1)


def told_of(settings: Settings, feed: ObservationFeed, found: Checked, who: str, source: str) -> Told:
    """The rows as events, beside what the warehouse holds of the same."""
    rows = [(one.row, one.key, one.data) for one in found.entries]
    with connect(settings, autocommit=True, name="ioc enter") as conn:
        known: list[Any] = conn.execute(*asked_told(feed.feed, [key for _, key, _ in rows])).fetchall()
    return told(feed, rows, who, source, dict(known))
