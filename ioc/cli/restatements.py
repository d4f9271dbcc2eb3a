"""`ioc restatements`: the ledger of closed figures that changed, and the events that changed one."""

from __future__ import annotations

import csv
import json
import sys
from datetime import date, datetime
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Table

from ioc.admit import registry_for
from ioc.cli.case import language_of
from ioc.errors import BadInput
from ioc.kernel.period_names import NamedPeriod
from ioc.ledger.observed import COLUMNS as SERIES_COLUMNS
from ioc.ledger.observed import restated
from ioc.ledger.restatements import COLUMNS, Row, entry, events_of, gone, listed
from ioc.ledger.words import cause, say, signed
from ioc.named import any_feed
from ioc.period_calendars import period_calendar, period_named
from ioc.settings import Settings, load
from ioc.story import Lang, Speaker
from ioc.suppressed import refuse_by_agency, told_of_an_entry
from ioc.warehouse import connect
from ioc.warehouse.connection import Connection
from ioc.warehouse.months import months_of
from schemas import Feed, Registry, near

Format = Literal["table", "json", "csv"]
TOLD = (*COLUMNS[:11], "cause_words", *COLUMNS[11:])
SERIES_TOLD = (*SERIES_COLUMNS[:-1], "cause_words", "event_count", "events")
OF_AN_EVENT = (
    *("source", "id", "type", "status", "occurred_at", "received_at", "topic", "partition", "offset"),
    *("code", "case_id"),
)
NUMBERS = ("restatement", "old", "new", "change", "event_count", "revision", "partition", "offset")


def restatements(
    feed: Annotated[str, typer.Option(help="A feed of either kind.")],
    calendar: Annotated[
        str, typer.Option(help="Whose months: CALENDAR, REPORT_15_14 (a month from the 15th to the 14th).")
    ] = "CALENDAR",
    period: Annotated[str | None, typer.Option(help="Only its months: 2024-01, 2024-Q1, 2024-9M.")] = None,
    agency: Annotated[str | None, typer.Option(help="Only this agency's code.")] = None,
    explain: Annotated[int | None, typer.Option(help="One entry's number: its events as stored.")] = None,
    form: Annotated[Format, typer.Option("--format", help="How to print.")] = "table",
    lang: Annotated[str, typer.Option(help="Language of the causes: vi or en.")] = "en",
) -> None:
    """Closed figures that changed: the cell, old and new, why, how many events, which run, when."""
    settings, language = load(), language_of(lang)
    registry = registry_for(settings)
    promised = any_feed(registry, feed)
    said = Speaker(language, promised.zone)
    if not isinstance(promised, Feed):
        if explain is not None:
            raise BadInput("explain", explain, "an observation's events are in its row: --format json")
        days = period_named(period, period_calendar(registry, calendar)) if period else None
        PRINT[form](of_series(settings, feed, days, agency, language), SERIES_TOLD, said)
        return
    for field, value in (("agency", agency), ("explain", explain)):
        if value is not None:
            refuse_by_agency(promised, field, value)
    months = months_named(registry, calendar, period)
    with connect(settings, name="ioc restatements") as conn:
        conn.execute("set transaction isolation level repeatable read, read only")
        if explain is not None:
            alone(period, agency)
            one(conn, feed, explain, form, said)
            return
        group = {"agency": agency_known(conn, registry, feed, agency)}
        found = listed(conn, feed, calendar, months, cell=group)
    rows = [in_words(row, language) for row in found]
    PRINT[form](rows, told_of_an_entry(promised, TOLD), said)
    if not rows:
        typer.echo(say(language, "ledger.none"), err=True)
    elif promised.hide_below is not None:
        typer.echo(say(language, "ledger.hidden"), err=True)


def of_series(
    settings: Settings, feed: str, days: NamedPeriod | None, agency: str | None, lang: Lang
) -> list[Row]:
    """What became of published observations, of periods that ended within the days."""
    within = (days.start, days.last) if days else (date.min, date.max)
    with connect(settings, name="ioc restatements") as conn:
        found = restated(conn, feed, *within, agency)
    return [in_words(row, lang) for row in found]


def months_named(registry: Registry, calendar: str, period: str | None) -> list[str] | None:
    """The period's months; None for every one. BadInput where calendar or period does not exist."""
    chosen = period_calendar(registry, calendar)
    if period is None:
        return None
    return [month.name for month in months_of(period_named(period, chosen))]


def alone(period: str | None, agency: str | None) -> None:
    for field, value in (("period", period), ("agency", agency)):
        if value is not None:
            raise BadInput(field, value, "leave it out with --explain: the number names the entry")


def agency_known(conn: Connection, registry: Registry, feed: str, agency: str | None) -> str | None:
    """The code; BadInput where neither reference data nor the ledger has it: no entries would say nothing."""
    if agency is None or agency in registry.agencies:
        return agency
    rows = conn.execute(
        "select code from agency union select agency from restatement where feed = %s", [feed]
    ).fetchall()
    known = {str(code) for (code,) in rows} | set(registry.agencies)
    if agency not in known:
        raise BadInput("agency", agency, f"no such agency is known{near(agency, known)}")
    return agency


def in_words(row: Row, lang: Lang) -> Row:
    return {**row, "cause_words": cause(lang, row["cause"])}


def one(conn: Connection, feed: str, number: int, form: Format, said: Speaker) -> None:
    """An entry and its events."""
    found = entry(conn, number)
    if found is None or found["feed"] != feed:
        raise BadInput(
            "explain", number, f"{feed} has no such entry; `ioc restatements --feed {feed}` lists them"
        )
    events = events_of(conn, found)
    missing = gone(found, events)
    if form == "json":
        whole = {**in_words(found, said.lang), "events": events, "events_not_stored": missing}
        typer.echo(json.dumps(whole, ensure_ascii=False, default=text))
        return
    if form == "table":
        for line in told(found, said):
            typer.echo(line)
    PRINT[form](events, OF_AN_EVENT, said)
    more = found["event_count"] - len(found["events"])
    notes = [say(said.lang, "events.gone", events=", ".join(missing))] if missing else []
    notes += [say(said.lang, "events.more", n=more)] if more > 0 else []
    for note in notes:
        typer.echo(note, err=True)


def told(row: Row, said: Speaker) -> list[str]:
    """The entry in three sentences."""
    lang = said.lang
    values = {name: row[name] for name in ("restatement", "figure", "month", "calendar", "old", "new")}
    return [
        say(lang, "entry", **values, cell=cell_of(row, lang), change=signed(row["change"])),
        say(lang, "entry.why", cause=cause(lang, row["cause"]), n=row["event_count"]),
        say(lang, "entry.who", run=row["run_id"], revision=row["revision"], at=said.when(row["at"])),
    ]


def cell_of(group: dict[str, Any], lang: Lang) -> str:
    """`agency H20.01, every channel, …`; None is every one, '' one that none was given of; not told: none."""
    parts = []
    for part in [part for part in ("agency", "channel", "sector") if part in group]:
        value = group[part]
        shown = say(lang, "every") if value is None else value or say(lang, "nothing")
        parts.append(say(lang, f"cell.{part}", value=shown))
    return ", ".join(parts)


def as_json(rows: list[Row], columns: tuple[str, ...], said: Speaker) -> None:
    shown = [{name: row[name] for name in columns} for row in rows]
    typer.echo(json.dumps(shown, ensure_ascii=False, default=text))


def as_csv(rows: list[Row], columns: tuple[str, ...], said: Speaker) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([text(row[name]) for name in columns] for row in rows)


def as_table(rows: list[Row], columns: tuple[str, ...], said: Speaker) -> None:
    table = Table(box=None, pad_edge=False)
    shown = [name for name in columns if name not in ("cause", "code")]
    for name in shown:
        table.add_column(name, justify="right" if name in NUMBERS else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(in_cell(name, row[name], said) for name in shown))
    Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 400).print(table)


def in_cell(name: str, value: object, said: Speaker) -> str:
    if isinstance(value, datetime):
        return said.when(value)
    return signed(value) if name == "change" and isinstance(value, int) else text(value)


def text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


PRINT = {"table": as_table, "json": as_json, "csv": as_csv}
