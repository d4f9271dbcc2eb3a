"""`ioc flow`: figures per period and group, from the published rollup alone."""

from __future__ import annotations

import csv
import json
import re
import sys
from datetime import date
from typing import Annotated, Any, Literal

import polars as pl
import typer
from rich.console import Console
from rich.table import Table

from ioc.admit import registry_for
from ioc.agencies import as_now, orphaned
from ioc.cli.held import AS_OF, held
from ioc.cli.map import AGENCIES, MAP_ON, day_of_map
from ioc.cli.recounted import DEFINITIONS_OF, recounted
from ioc.cli.scope import SCOPE, scope_named, within_scope
from ioc.errors import BadInput, Stop
from ioc.kernel.flow import FLOW_DAYS
from ioc.kernel.period_names import Period, PeriodCalendar
from ioc.kernel.periods import By, credit_of, periods
from ioc.named import case_feed
from ioc.period_calendars import period_calendar, period_named
from ioc.settings import load
from ioc.suppressed import refuse_by_agency, rows_told
from ioc.warehouse import connect
from ioc.warehouse.connection import Connection
from ioc.warehouse.revisions import Published, holds
from jobs.window import Window, day_of
from schemas import Feed, Registry

COLUMNS = (
    *("period", "from", "to", "group", "carried_over", "new", "received_total", "resolved"),
    *("early", "on_due_date", "late", "no_due_date", "open_end", "open_end_overdue"),
)
Format = Literal["table", "json", "csv"]
BY_AGENCY = ("agency", "receiving-agency")


def flow(
    feed: Annotated[str, typer.Option(help="A case feed.")],
    period: Annotated[
        Period,
        typer.Option(
            help="A row's period; 6m, 9m, ytd: from the year's first day on; range: --from to --to as one."
        ),
    ],
    by: Annotated[By, typer.Option(help="What a row's group is.")] = "none",
    calendar: Annotated[
        str, typer.Option(help="Whose periods: CALENDAR, REPORT_15_14 (a month from the 15th to the 14th).")
    ] = "CALENDAR",
    first: Annotated[
        str | None,
        typer.Option("--from", help="First day or period of the calendar; default: all published."),
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", help="Last day or period of the calendar, inclusive.")
    ] = None,
    scope: SCOPE = None,
    agencies: AGENCIES = "as-was",
    map_on: MAP_ON = None,
    as_of: AS_OF = None,
    definitions_of: DEFINITIONS_OF = None,
    form: Annotated[Format, typer.Option("--format", help="How to print.")] = "table",
) -> None:
    """Published figures, one row per period and group, zeros included."""
    settings = load()
    registry = registry_for(settings)
    promised = case_feed(registry, feed)
    on = day_of_map(settings, promised, agencies, map_on)
    ours = scope_named(registry, scope)
    one_division(promised, by, on, scope)
    chosen = reporting(registry, calendar, period, first, last)
    with connect(settings, name="ioc flow") as conn:
        conn.execute("set transaction isolation level repeatable read, read only")
        revision = held(conn, settings, promised, as_of)
        window = within(revision, first, last, chosen)
        if definitions_of is None:
            days = published_days(conn, feed, revision.revision, window, credit_of(by))
        else:
            given = (conn, settings, registry, promised, revision, definitions_of)
            days = recounted(*given)[0].days(window, credit_of(by))
    if on is not None:
        days = on_the_map(registry, days, on)
    days = within_scope(days, registry, ours, max(on or window.last, window.last))
    frame = periods(days.lazy(), period, by, window.first, window.last, chosen).collect()
    told(registry, promised, by, frame.select(COLUMNS).rows(named=True), form)


def one_division(feed: Feed, by: By, on: date | None, scope: str | None) -> None:
    """BadInput where a feed that hides small cells is to be cut a second way: two cuts tell by difference."""
    if scope is not None:
        refuse_by_agency(feed, "scope", scope)
    if on is not None and by in BY_AGENCY:
        refuse_by_agency(feed, "agencies", "as-now")


def told(registry: Registry, feed: Feed, by: By, rows: list[dict[str, Any]], form: Format) -> None:
    """Prints the rows; of a feed that hides small cells those by agency only as far as they may be told."""
    if feed.hide_below is None or by not in BY_AGENCY:
        PRINT[form](rows)
        return
    rows = rows_told(rows, COLUMNS[4:], registry.agencies, feed.hide_below)
    if form != "json":
        unsaid = dict.fromkeys(COLUMNS, f"< {feed.hide_below}")
        rows = [{name: row.get(name, unsaid[name]) for name in COLUMNS} for row in rows]
    PRINT[form](rows)


def reporting(
    registry: Registry, name: str, period: Period, first: str | None, last: str | None
) -> PeriodCalendar:
    """The calendar; BadInput where it has no such periods, or a range is not given whole."""
    calendar = period_calendar(registry, name)
    if period not in calendar.kinds:
        raise BadInput("period", period, f"{name} has {', '.join(calendar.kinds)}")
    for field, text in (("from", first), ("to", last)):
        if period == "range" and text is None:
            raise BadInput(field, text, "say --from and --to: a range is exactly what is given")
    return calendar


def within(revision: Published, first: str | None, last: str | None, calendar: PeriodCalendar) -> Window:
    """The days asked for, by default all that are published; BadInput where some are not."""
    days = Window(
        edge("from", first, calendar, end=False) if first else revision.covers_from,
        edge("to", last, calendar, end=True) if last else revision.covers_to,
    )
    published_days = (
        f"published are {revision.covers_from}..{revision.covers_to}; ask within, or run `ioc rollup` first"
    )
    if days.first < revision.covers_from:
        raise BadInput("from", days.first.isoformat(), published_days)
    if days.last > revision.covers_to:
        raise BadInput("to", days.last.isoformat(), published_days)
    return days


def edge(field: str, text: str, calendar: PeriodCalendar, *, end: bool) -> date:
    """A day as 2011-03-05, or the first or last day of a period of the calendar, such as 2011-03."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return day_of(field, text, end=end)
    named = period_named(text, calendar, field)
    return named.last if end else named.start


def published_days(conn: Connection, feed: str, revision: int, window: Window, credit: str) -> pl.DataFrame:
    """The rows that held at the revision, as the kernel's FLOW_DAYS. Stop where none has the credit."""
    asked = {
        "feed": feed,
        "revision": revision,
        "credit": credit,
        "first": window.first,
        "last": window.last,
    }
    rows = conn.execute(
        f"select {', '.join(FLOW_DAYS)} from flow_day where feed = %(feed)s and {holds('%(revision)s')}"
        " and credit = %(credit)s and day between %(first)s and %(last)s".encode(),
        asked,
    ).fetchall()
    if (
        not rows
        and credit == "receiving"
        and published_days(conn, feed, revision, window, "resolving").height
    ):
        raise Stop(
            f"revision {revision} of {feed} knows no receiving agencies yet: `ioc rollup --feed {feed} …`"
            " makes one that does"
        )
    return pl.DataFrame(rows, schema=FLOW_DAYS, orient="row")


def on_the_map(registry: Registry, days: pl.DataFrame, on: date) -> pl.DataFrame:
    """The days' figures under the agencies of that day; a note names those that ended without successor."""
    mapped = as_now(days, registry.history, on)
    if alone := orphaned(mapped, registry.history, on):
        said = ", ".join(alone)
        typer.echo(f"note: ended without a successor, so shown under their own names: {said}", err=True)
    return mapped


def as_json(rows: list[dict[str, Any]]) -> None:
    said = json.dumps(rows, ensure_ascii=False, default=date.isoformat)
    sys.stdout.write(said.replace("}, {", "},\n {") + "\n")


def as_csv(rows: list[dict[str, Any]]) -> None:
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def as_table(rows: list[dict[str, Any]]) -> None:
    table = Table(box=None, pad_edge=False)
    for name in COLUMNS:
        table.add_column(name, justify="left" if name in COLUMNS[:4] else "right", no_wrap=True)
    for row in rows:
        table.add_row(*(shown(row[name]) for name in COLUMNS))
    terminal = sys.stdout.isatty()  # a pipe has no edge to wrap at
    Console(highlight=False, width=None if terminal else 400).print(table)


def shown(value: object) -> str:
    """678744 as 678.744, a day as 31/01/2011, nothing as nothing."""
    if isinstance(value, int):
        return f"{value:,}".replace(",", ".")
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value if value is not None else "")


PRINT = {"table": as_table, "json": as_json, "csv": as_csv}
