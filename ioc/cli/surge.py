"""`ioc surge`: cases received in the last ended and the running hour, against the usual hour."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from ioc.admit import registry_for
from ioc.clock import Clock
from ioc.event import instant_text
from ioc.named import one_of
from ioc.settings import load
from ioc.warehouse import connect
from ioc.warehouse.revisions import known_at
from ioc.warehouse.surge import Watched, read, said
from schemas import Registry

Format = Literal["table", "json"]
Row = dict[str, Any]


def surge(
    feed: Annotated[str, typer.Option(help="A case feed that has a `surge`.")],
    at: Annotated[
        str | None,
        typer.Option(help="An instant of the past with its zone, or a local day, which means its end."),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How to print.")] = "table",
) -> None:
    """The last ended hour and the running one against the usual, by what is known now; where a surge lies."""
    settings = load()
    watched, now = _watched(registry_for(settings), feed), Clock.parse(settings.clock).now()
    then = now if at is None else known_at(at, watched.feed.zone, now, "at")
    with connect(settings, name="ioc surge") as conn:
        conn.execute("set transaction isolation level repeatable read, read only")
        found = read(conn, watched, then)
    hours = [{"hour": name, "usual": None, "times": None, **said(one)} for name, one in found.items()]
    PRINT[form](watched, then, hours)


def _watched(registry: Registry, name: str) -> Watched:
    able = {known: feed for known, feed in sorted(registry.feeds.items()) if feed.surge is not None}
    found = Watched.of(one_of(able, name, "feed", ", or give the feed a `surge`"), registry)
    assert found is not None  # of a feed with a surge
    return found


def _json(watched: Watched, at: datetime, hours: list[Row]) -> None:
    feed = watched.feed
    whole = {"feed": feed.feed, "at": instant_text(at), "zone": feed.zone, "rule": watched.rule.model_dump()}
    typer.echo(json.dumps({**whole, "hours": hours}, ensure_ascii=False))


def _table(watched: Watched, at: datetime, hours: list[Row]) -> None:
    zone = ZoneInfo(watched.feed.zone)
    table = Table(box=None, pad_edge=False)
    for heading in ("hour", "", "received", "usual", "", "most above their usual", "weeks"):
        table.add_column(heading, justify="right" if heading in ("received", "usual") else "left")
    for row in hours:
        start, end = (datetime.fromisoformat(row[name]).astimezone(zone) for name in ("from", "to"))
        top = ", ".join(
            f"{part['value'] or '–'} {part['n']} (usual {part['usual']:g})" for part in row["top"]
        )
        weeks = ", ".join(f"{week['day']} {week.get('n', week.get('left'))}" for week in row["weeks"])
        span, usual = f"{start:%Y-%m-%d %H:%M}–{end:%H:%M}", row["usual"]
        told = "no usual yet" if usual is None else f"{usual:g}"
        table.add_row(span, row["hour"], str(row["n"]), told, "SURGE" if row["surges"] else "", top, weeks)
    Console(highlight=False, width=None if sys.stdout.isatty() else 400).print(table)


PRINT = {"table": _table, "json": _json}
