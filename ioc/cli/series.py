"""`ioc series`: observations of a period, added up over time, dimensions and agencies as promised."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Annotated, Any, Literal

import polars as pl
import typer
from rich.console import Console
from rich.table import Table

from ioc.admit import registry_for
from ioc.cli.scope import SCOPE, scope_named, within_scope
from ioc.clock import Clock
from ioc.errors import BadInput
from ioc.kernel.period_names import NamedPeriod, previous
from ioc.kernel.series import over_period
from ioc.named import observation_feed, one_of
from ioc.period_calendars import period_calendar, period_named
from ioc.rules import adding, observed_rules
from ioc.settings import Settings, load
from ioc.warehouse import connect
from ioc.warehouse.connection import Connection
from ioc.warehouse.observations import observations, observations_at, observations_published
from ioc.warehouse.revisions import known_at, newest, published_by, said_of
from schemas import ObservationFeed, Registry, Scope, Series, near

Format = Literal["table", "json", "csv"]
Keep = Callable[[pl.DataFrame], pl.DataFrame]
Read = Callable[[date, date], pl.DataFrame]


def series(
    feed: Annotated[str, typer.Option(help="A feed of observations.")],
    period: Annotated[str, typer.Argument(help="2024, 2024-Q1, 2024-03, 2024-03-05, 2024-W09, a range.")],
    name: Annotated[str | None, typer.Option("--series", help="This one alone.")] = None,
    by: Annotated[str, typer.Option(help="What to keep apart: none, agency, dimensions, or a,b.")] = "none",
    scope: SCOPE = None,
    calendar: Annotated[str, typer.Option(help="Whose periods: CALENDAR, REPORT_15_14.")] = "CALENDAR",
    as_of: Annotated[
        str | None, typer.Option(help="As known then: an instant with its zone, or a local day's end.")
    ] = None,
    published: Annotated[
        bool, typer.Option(help="Of the audited revision that holds, or held at --as-of; ended periods.")
    ] = False,
    form: Annotated[Format, typer.Option("--format", help="How to print.")] = "table",
) -> None:
    """Each series with its unit, target and the period before; what may not be added up has no line."""
    settings = load()
    registry = registry_for(settings)
    promised = observation_feed(registry, feed)
    apart = _apart(promised, by)
    chosen = _chosen(promised, name)
    ours = scope_named(registry, scope)
    days = period_named(period, period_calendar(registry, calendar))
    with connect(settings, name="ioc series") as conn:
        keep = _of(registry, ours, days.last)
        read = _reading(conn, settings, promised, as_of, published)
        rows = compared(lambda first, last: keep(read(first, last)), promised, chosen, days, apart)
    PRINT[form](rows, promised)


def _reading(
    conn: Connection, settings: Settings, feed: ObservationFeed, as_of: str | None, published: bool
) -> Read:
    """What is known now, or was at an instant of the past, or what was published; by today's definitions."""
    dimensions = sorted(feed.dimensions)
    if published:
        at = known_at(as_of, feed.zone, Clock.parse(settings.clock).now()) if as_of else None
        held = published_by(conn, feed.feed, at, as_of or "") if at else newest(conn, feed.feed)
        typer.echo(said_of(held), err=True)
        return partial(observations_published, conn, feed.feed, dimensions, held.revision)
    if as_of is None:
        return partial(observations, conn, feed.feed, dimensions)
    at = known_at(as_of, feed.zone, Clock.parse(settings.clock).now())
    return partial(observations_at, conn, observed_rules(feed), at)


def _chosen(feed: ObservationFeed, name: str | None) -> dict[str, Series]:
    return feed.series if name is None else {name: one_of(feed.series, name, "series")}


def _apart(feed: ObservationFeed, by: str) -> tuple[str, ...]:
    known = ("agency", *feed.dimensions)
    apart = tuple(part.strip() for part in by.split(",")) if by != "none" else ()
    for part in apart:
        if part not in known:
            mend = f"take none, or some of {', '.join(known)}{near(part, known)}"
            raise BadInput("by", part, mend)
    return apart


def _of(registry: Registry, scope: Scope | None, on: date) -> Keep:
    """The same agencies for the period and the one before it, or the two could not be compared."""
    return lambda told: within_scope(told, registry, scope, on)


def compared(
    read: Read,
    feed: ObservationFeed,
    chosen: dict[str, Series],
    days: NamedPeriod,
    by: Sequence[str],
) -> list[dict[str, Any]]:
    """A line per series and group: value, n, observations, arisen, `before` of the period before, target."""
    how = adding(chosen)

    def of(period: NamedPeriod) -> pl.DataFrame:
        told = read(period.start, period.last)
        return over_period(told, how, period.start, period.last, by, tuple(feed.dimensions))

    keys = ["series", *by]
    before = of(previous(days)).select(*keys, before="value")
    rows = of(days).join(before, on=keys, how="left", nulls_equal=True).sort(keys)
    return [_line(row, chosen[row["series"]], by) for row in rows.rows(named=True)]


def _line(row: dict[str, Any], one: Series, by: Sequence[str]) -> dict[str, Any]:
    group = " ".join(row[name] or "–" for name in by)
    return row | {"group": group, "target": one.target, "missed": one.missed(row["value"])}


def _called(row: dict[str, Any], feed: ObservationFeed) -> str:
    """The group, each value of a dimension by its words where it has any."""
    apart = [name for name in row if name == "agency" or name in feed.dimensions]
    words = {name: one.values for name, one in feed.dimensions.items()}
    said = [(row[name], words.get(name, {}).get(row[name])) for name in apart]
    return " ".join(label.en if label else value or "–" for value, label in said)


def shown(one: Series, value: float | None) -> str:
    """With the series' decimals; a dash where nothing has arisen."""
    return "–" if value is None else f"{value:,.{one.decimals}f}"


def _table(rows: list[dict[str, Any]], feed: ObservationFeed) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("series", "group", "value", "unit", "target", "before", "observations"):
        table.add_column(heading, justify="left" if heading in ("series", "group", "unit") else "right")
    for row in rows:
        one = feed.series[row["series"]]
        aim = "" if row["target"] is None else f"{'>=' if one.good == 'up' else '<='} {row['target']:g}"
        value = shown(one, row["value"]) + (" !" if row["missed"] else "")
        name = f"{row['series']}: {one.label.en}"
        said = (value, one.unit.en, aim, shown(one, row["before"]), str(row["observations"]))
        table.add_row(name, _called(row, feed) or "all", *said)
    wide = None if sys.stdout.isatty() else 400  # a pipe has no edge to wrap at
    Console(highlight=False, width=wide).print(table if rows else "nothing was observed of this period")


def _json(rows: list[dict[str, Any]], feed: ObservationFeed) -> None:
    units = {name: one.unit.en for name, one in feed.series.items()}
    typer.echo(json.dumps([row | {"unit": units[row["series"]]} for row in rows], ensure_ascii=False))


def _csv(rows: list[dict[str, Any]], _: ObservationFeed) -> None:
    columns = ("series", "group", "value", "n", "observations", "arisen", "before", "target", "missed")
    written = csv.DictWriter(sys.stdout, columns, extrasaction="ignore")
    written.writeheader()
    written.writerows(rows)


PRINT = {"table": _table, "json": _json, "csv": _csv}
