"""`ioc case`: one case, from its events to its deadline status."""

from __future__ import annotations

import json as json_
import unicodedata
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from ioc.admit import registry_for
from ioc.agencies import Agencies, responsible_now
from ioc.clock import Clock
from ioc.errors import BadInput
from ioc.rules import case_rules
from ioc.settings import load
from ioc.story import LANGS, Lang, Line, Speaker, Story
from ioc.warehouse import connect
from ioc.warehouse.connection import Connection
from ioc.warehouse.story import codes_of, derived, events_of
from schemas import Feed


def case(
    id: Annotated[str, typer.Argument(help="the case's id, or any code it has")],
    feed: Annotated[str | None, typer.Option(help="where several feeds have a case of this id")] = None,
    lang: Annotated[str, typer.Option(help="language of the story: vi or en")] = "en",
    json: Annotated[bool, typer.Option("--json", help="print everything as JSON")] = False,
) -> None:
    """One case: its events in order, and its story: intervals, due dates, outcomes and why."""
    settings, language = load(), language_of(lang)
    at, registry = Clock.parse(settings.clock).now(), registry_for(settings)
    with connect(settings, autocommit=True, name="ioc case") as conn:
        row = found(conn, unicodedata.normalize("NFC", id), feed)
        if row["feed"] not in registry.feeds:
            raise BadInput("--feed", row["feed"], "its feed.yaml is gone: add its folder to IOC_SCHEMAS_PATH")
        feed_ = registry.feeds[row["feed"]]
        events = events_of(conn, case_rules(feed_), row["case_id"])
        codes = codes_of(conn, row["feed"], row["case_id"])
    story = Story(registry, case_rules(feed_, registry))
    lines, said = story.tell(row, events, at, language), story.speaker(language)
    whose = responsible_now(registry, row, at.astimezone(ZoneInfo(feed_.zone)).date())
    if json:
        told = {
            "case": row,
            "codes": codes,
            "agencies": whose,
            "events": events,
            "story": [said.data(line) for line in lines],
            "at": at,
            "lang": lang,
        }
        typer.echo(json_.dumps(told, default=text_of, ensure_ascii=False))
    else:
        show(feed_, row, codes, whose, events, lines, said)


def language_of(lang: str) -> Lang:
    """BadInput where the story is not told in this language."""
    found = next((known for known in LANGS if known == lang), None)
    if found is None:
        raise BadInput("--lang", lang, f"take {' or '.join(LANGS)}")
    return found


def found(conn: Connection, case_id: str, feed: str | None) -> dict[str, Any]:
    """The case's row; BadInput where there is none, or several and no feed was named."""
    rows = [row for row in derived(conn, case_id) if feed in (None, row["feed"])]
    if not rows:
        raise BadInput(
            "ID", case_id, "no event of such a case has arrived; `ioc quarantine` shows refused ones"
        )
    if len(rows) > 1:
        raise BadInput("ID", case_id, f"name its feed: --feed {' or '.join(row['feed'] for row in rows)}")
    return rows[0]


def text_of(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def show(
    feed: Feed,
    row: dict[str, Any],
    codes: list[str],
    whose: Agencies,
    events: list[dict[str, Any]],
    story: list[Line],
    said: Speaker,
) -> None:
    console = Console()
    status = feed.lifecycle.statuses.get(row["status"])
    label = f" ({status.label.en})" if status else ""
    console.print(
        f"[bold]{row['case_id']}[/bold]  {feed.label.en}, phase {row['phase']}, status {row['status']}{label}"
    )
    if len(codes) > 1:
        console.print(f"  also known as: {', '.join(codes[1:])}", highlight=False)
    for role, agency in whose.items():
        if agency is not None:
            now = " now" if role == "responsible" else ""
            console.print(f"  {role} agency{now}: {agency['code']} {agency['name']}", highlight=False)
    for name in ("channel", "procedure"):
        if row[name] is not None:
            console.print(f"  {name.replace('_', ' ')}: {row[name]}", highlight=False)
    table = Table(
        "occurred", "received by us", "status", "due", "source", "event", "offset", title="events in order"
    )
    for event in events:
        mark = (
            ""
            if event["counts"]
            else " (does not count: its other content came first, or another system is believed)"
        )
        copies = f" +{event['copies']} copies" if event["copies"] else ""
        table.add_row(
            said.when(event["occurred_at"]),
            said.when(event["received_at"]),
            event["status"] or "",
            said.when(event["due_at"]) if event["due_at"] else "",
            event["source"],
            event["id"] + mark,
            f"{event['topic']}/{event['partition']}@{event['offset']}{copies}",
        )
    console.print(table)
    for line in story:
        console.print(said.printed(line), highlight=False, markup=False, soft_wrap=True)
    console.print(f"Folded with definitions {row['definitions']}.", highlight=False)
