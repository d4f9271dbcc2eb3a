"""`ioc form`: an official form of an agency and period, from published figures or as it was signed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from ioc.admit import registry_for
from ioc.cli.form_table import as_table
from ioc.cli.held import AS_OF, held
from ioc.cli.map import AGENCIES, MAP_ON, Agencies, day_of_map
from ioc.cli.recounted import DEFINITIONS_OF, recounted
from ioc.clock import Clock
from ioc.errors import BadInput
from ioc.forms import Issued, to_csv, to_json, to_xlsx
from ioc.forms.printed import footnotes
from ioc.named import case_feed, one_of
from ioc.period_calendars import period_calendar, period_named
from ioc.settings import load
from ioc.signing.draft import Asked, draft
from ioc.signing.sign import shown
from ioc.signing.signatures import latest, nth
from ioc.signing.view import View
from ioc.warehouse import connect
from ioc.warehouse.revisions import known_at
from schemas import Registry

Format = Literal["table", "json", "csv", "xlsx"]
FORM = Annotated[str, typer.Argument(help="The form: II.06a of one agency, II.06b of all under one.")]
PERIOD = Annotated[
    str, typer.Argument(help="Whole months of the calendar: 2024-01, 2024-Q1, 2024-H1, 2024, 2024-9M.")
]
FEED = Annotated[str, typer.Option(help="A case feed.")]
AGENCY = Annotated[str, typer.Option(help="Whose form it is: the agency's code.")]
CALENDAR = Annotated[
    str, typer.Option(help="Whose periods: CALENDAR, REPORT_15_14 (a month from the 15th to the 14th).")
]


def form(
    form: FORM,
    period: PERIOD,
    feed: FEED,
    agency: AGENCY,
    calendar: CALENDAR = "CALENDAR",
    how: Annotated[Format, typer.Option("--format", help="How to print; xlsx goes to --output.")] = "table",
    output: Annotated[Path | None, typer.Option(help="The file to write; default: print.")] = None,
    as_of: AS_OF = None,
    definitions_of: DEFINITIONS_OF = None,
    agencies: AGENCIES = "as-was",
    map_on: MAP_ON = None,
    signed: Annotated[
        bool, typer.Option("--signed", help="As it was signed, whatever changed since.")
    ] = False,
    number: Annotated[
        int | None, typer.Option("--nth", help="With --signed: which signing; default: the last.")
    ] = None,
) -> None:
    """Print or write an official form; exit 1, with the cell and both sides, where its gates do not hold."""
    if how == "xlsx" and output is None:
        raise BadInput("output", None, "name the file to write the workbook to")
    if number is not None and not signed:
        raise BadInput("nth", number, "say --signed too")
    if signed:
        only_as_signed(definitions_of, agencies)
    settings = load()
    registry, now = registry_for(settings), Clock.parse(settings.clock).now()
    asked = asked_for(registry, form, period, feed, agency, calendar)
    at = known_at(as_of, asked.feed.zone, now) if as_of is not None else None
    with connect(settings, name="ioc form") as conn:
        conn.execute("set transaction isolation level repeatable read, read only")
        if signed:
            found = nth(conn, asked.key, at, number).issued()
        else:
            revision = held(conn, settings, asked.feed, as_of)
            on = day_of_map(settings, asked.feed, agencies, map_on)
            again = None
            if definitions_of is not None:
                given = (conn, settings, registry, asked.feed, revision, definitions_of)
                again = recounted(*given, asked.period)[1]
            made = draft(conn, registry, asked, revision, now, at, View(again, on))
            found = shown(made, latest(conn, asked.key, at))
    put(found, how, output)


def only_as_signed(definitions_of: str | None, agencies: Agencies) -> None:
    """Nothing where neither is asked for; else BadInput: what was signed is what it is."""
    mend = "leave it out: a form was signed by the {} of then, and --signed prints that"
    if definitions_of is not None:
        raise BadInput("definitions-of", definitions_of, mend.format("definitions"))
    if agencies != "as-was":
        raise BadInput("agencies", agencies, mend.format("agencies"))


def asked_for(registry: Registry, form: str, period: str, feed: str, agency: str, calendar: str) -> Asked:
    """What was asked for by name; BadInput where there is no such form, feed, calendar or period."""
    chosen, of = one_of(dict(sorted(registry.forms.items())), form, "form"), case_feed(registry, feed)
    return Asked(chosen, of, period_named(period, period_calendar(registry, calendar)), agency)


def put(found: Issued, how: Format, output: Path | None) -> None:
    """Prints it or writes the file; what CSV has no place for goes to stderr."""
    if how == "csv":
        for note in footnotes(found.filled, [one.said("vi") for one in found.mismatches]):
            typer.echo(note, err=True)
    if how == "xlsx" and output is not None:
        output.write_bytes(to_xlsx(found))
    elif output is not None:
        output.write_text({"json": to_json, "csv": to_csv, "table": as_table}[how](found), encoding="utf-8")
    else:
        typer.echo({"json": to_json, "csv": to_csv, "table": as_table}[how](found), nl=False)
    if output is not None:
        typer.echo(f"wrote {output}", err=True)
