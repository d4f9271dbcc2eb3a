"""`ioc flow`: figures per period and group, from the published rollup alone."""

from __future__ import annotations

import csv
import json
import sys
from datetime import date
from typing import Annotated, Any, Literal

import polars as pl
import typer
from rich.console import Console
from rich.table import Table

from ioc.admit import registry_for
from ioc.errors import BadInput, Stop
from ioc.kernel.flow import FLOW_DAYS
from ioc.kernel.periods import By, Period, periods
from ioc.settings import load
from ioc.warehouse import connect
from ioc.warehouse.connection import Connection
from jobs.runs import Published, published
from jobs.window import Window, day_of

COLUMNS = (
    *("period", "from", "to", "group", "carried_over", "new", "received_total", "resolved"),
    *("early", "on_due_date", "late", "no_due_date", "open_end", "open_end_overdue"),
)
Format = Literal["table", "json", "csv"]


def flow(
    feed: Annotated[str, typer.Option(help="A case feed.")],
    period: Annotated[Period, typer.Option(help="Length of a row's period.")],
    by: Annotated[By, typer.Option(help="What a row's group is.")] = "none",
    first: Annotated[
        str | None, typer.Option("--from", help="First day or month; default: all published.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day or month, inclusive.")] = None,
    form: Annotated[Format, typer.Option("--format", help="How to print.")] = "table",
) -> None:
    """Published figures, one row per period and group, zeros included."""
    settings = load()
    feeds = registry_for(settings).feeds
    if feed not in feeds:
        raise BadInput("feed", feed, f"name one of {', '.join(sorted(feeds))}")
    with connect(settings, name="ioc flow") as conn:
        conn.execute("set transaction isolation level repeatable read, read only")
        revision = published(conn, feed)
        if revision is None:
            raise Stop(f"feed {feed} has no published rollup yet: `ioc rollup --feed {feed} --from … --to …`")
        window = within(revision, first, last)
        days = published_days(conn, feed, window)
    frame = periods(days.lazy(), period, by, window.first, window.last).collect()
    PRINT[form](frame.select(COLUMNS).rows(named=True))


def within(revision: Published, first: str | None, last: str | None) -> Window:
    """The days asked for, by default all that are published; BadInput where some are not."""
    days = Window(
        day_of("from", first, end=False) if first else revision.covers_from,
        day_of("to", last, end=True) if last else revision.covers_to,
    )
    published_days = (
        f"published are {revision.covers_from}..{revision.covers_to}; ask within, or run `ioc rollup` first"
    )
    if days.first < revision.covers_from:
        raise BadInput("from", days.first.isoformat(), published_days)
    if days.last > revision.covers_to:
        raise BadInput("to", days.last.isoformat(), published_days)
    return days


def published_days(conn: Connection, feed: str, window: Window) -> pl.DataFrame:
    """The rows of the revision that holds now, as the kernel's FLOW_DAYS."""
    rows = conn.execute(
        f"select {', '.join(FLOW_DAYS)} from flow_day_published"
        " where feed = %s and day between %s and %s".encode(),
        [feed, window.first, window.last],
    ).fetchall()
    return pl.DataFrame(rows, schema=FLOW_DAYS, orient="row")


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
