"""`ioc explain`: one published figure down to its revision, run, audit, code and position, and its cases."""

from __future__ import annotations

import json as json_
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from ioc.admit import registry_for
from ioc.cli.case import language_of
from ioc.cli.explain_text import as_data, as_text
from ioc.cli.held import AS_OF, held
from ioc.cli.restatements import text
from ioc.clock import Clock
from ioc.ledger.cell import cell as cell_named
from ioc.ledger.explained import explained
from ioc.named import case_feed
from ioc.period_calendars import period_calendar, period_named
from ioc.settings import load
from ioc.story import Speaker
from ioc.warehouse import connect
from ioc.warehouse.months import ended_and_covered


def explain(
    feed: Annotated[str, typer.Argument(help="A case feed.")],
    period: Annotated[str, typer.Argument(help="Whole months of the calendar: 2024-01, 2024-Q1, 2024-9M.")],
    cell: Annotated[
        str,
        typer.Argument(
            help="agency=H20.01,channel=online,sector=…,figure=resolved; left out: all of them. under=H20:"
            " that agency with all under it."
        ),
    ],
    calendar: Annotated[
        str, typer.Option(help="Whose months: CALENDAR, REPORT_15_14 (a month from the 15th to the 14th).")
    ] = "CALENDAR",
    as_of: AS_OF = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many cases are listed.")] = 20,
    lang: Annotated[str, typer.Option(help="Language: vi or en.")] = "en",
    json: Annotated[bool, typer.Option("--json", help="print everything as JSON")] = False,
) -> None:
    """A published figure: its revision, run, audit and code, what it was before and why, and its cases."""
    settings, language = load(), language_of(lang)
    registry = registry_for(settings)
    promised, wanted = case_feed(registry, feed, "FEED"), cell_named(cell)
    named = period_named(period, period_calendar(registry, calendar), "PERIOD")
    with connect(settings, name="ioc explain") as conn:
        conn.execute("set transaction isolation level repeatable read, read only")
        revision = held(conn, settings, promised, as_of)
        today = Clock.parse(settings.clock).now().astimezone(ZoneInfo(promised.zone)).date()
        ended_and_covered(revision, feed, named, today)
        told = explained(conn, registry, promised, revision, named, wanted)
    if json:
        typer.echo(json_.dumps(as_data(told, language, limit), ensure_ascii=False, default=text))
        return
    for line in as_text(told, Speaker(language, promised.zone), limit):
        typer.echo(line)
