"""`ioc flags`: how many cases are to be looked at, per agency and flag."""

from __future__ import annotations

import csv
import json
import sys
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Table

from ioc.admit import registry_for
from ioc.named import case_feed
from ioc.settings import load
from ioc.suppressed import refuse_by_agency
from ioc.warehouse import connect
from ioc.warehouse.flags import ToLookAt, to_look_at, together
from schemas.flags import flags as words

COLUMNS = ("agency", "what", "count", "label", "why")
Format = Literal["table", "json", "csv"]
Row = dict[str, Any]
WHOLE = {  # what is no flag, with its words
    "set-aside": ("Cases set aside", "Resolved before received, or not folded: in no figure."),
    "quarantine": ("Messages in quarantine", "Refused on the way in; of which agency, nobody can tell."),
}


def flags(
    feed: Annotated[str, typer.Option(help="A case feed.")],
    agency: Annotated[str | None, typer.Option(help="Only this agency's code.")] = None,
    form: Annotated[Format, typer.Option("--format", help="How to print.")] = "table",
) -> None:
    """Cases to look at, per agency and flag, with those set aside and the messages in quarantine."""
    settings = load()
    chosen = case_feed(registry_for(settings), feed)
    if agency is not None:
        refuse_by_agency(chosen, "agency", agency)
    with connect(settings, name="ioc flags") as conn:
        conn.execute("set transaction isolation level repeatable read, read only")
        found, refused = to_look_at(conn, feed, agency)
    told = found if chosen.hide_below is None else together(found)
    PRINT[form](rows(told, refused if agency is None else None))


def rows(found: dict[str, ToLookAt], refused: int | None) -> list[Row]:
    """Per agency its flags, most frequent first, then what is set aside; the quarantine's count is last."""
    told = list[tuple[str, str, int, str, str]]()
    for agency, counted in found.items():
        for flag, count in sorted(counted.flags.items(), key=lambda one: (-one[1], one[0])):
            said = words().get(flag)
            told.append((agency, flag, count, said.label.en if said else flag, said.why.en if said else ""))
        if counted.set_aside:
            told.append((agency, "set-aside", counted.set_aside, *WHOLE["set-aside"]))
    if refused is not None:
        told.append(("", "quarantine", refused, *WHOLE["quarantine"]))
    return [dict(zip(COLUMNS, row, strict=True)) for row in told]


def as_json(told: list[Row]) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False))


def as_csv(told: list[Row]) -> None:
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(told)


def as_table(told: list[Row]) -> None:
    table = Table(box=None, pad_edge=False)
    for name in COLUMNS[:-1]:
        table.add_column(name, justify="right" if name == "count" else "left", no_wrap=True)
    for row in told:
        table.add_row(*(str(row[name]) for name in COLUMNS[:-1]))
    Console(highlight=False, width=None if sys.stdout.isatty() else 200).print(table)


PRINT = {"table": as_table, "json": as_json, "csv": as_csv}
