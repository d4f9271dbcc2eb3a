"""`ioc measures`: what no sum gives: services with records, working hours, letters, receptions."""

from __future__ import annotations

import csv
import json
import sys
from datetime import date
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from ioc.admit import registry_for
from ioc.cli.held import AS_OF, held
from ioc.clock import Clock
from ioc.kernel.period_figures import NAMES, measured
from ioc.named import case_feed
from ioc.period_calendars import period_calendar, period_named
from ioc.settings import load
from ioc.signing.whose import ancestry
from ioc.suppressed import refuse_by_agency
from ioc.warehouse import connect
from ioc.warehouse.details import by_level, details
from ioc.warehouse.months import ended_and_covered
from schemas import Feed, Registry
from schemas.period_measures import PeriodMeasure, period_measures

By = Literal["none", "agency", "parent"]
Format = Literal["table", "json", "csv"]
ONLINE = "online"  # the kind of channel


def measures(
    feed: Annotated[str, typer.Option(help="A case feed.")],
    period: Annotated[str, typer.Argument(help="Whole months of the calendar: 2024-01, 2024-Q1, 2024-9M.")],
    by: Annotated[
        By, typer.Option(help="For all, per agency, or per agency above; each counted from the detail.")
    ] = "none",
    calendar: Annotated[str, typer.Option(help="Whose periods: CALENDAR, REPORT_15_14.")] = "CALENDAR",
    as_of: AS_OF = None,
    form: Annotated[Format, typer.Option("--format", help="How to print.")] = "table",
) -> None:
    """A period's measures that do not add up, with their targets, from published detail."""
    settings = load()
    registry = registry_for(settings)
    chosen, days = case_feed(registry, feed), period_named(period, period_calendar(registry, calendar))
    if by != "none":
        refuse_by_agency(chosen, "by", by)
    today = Clock.parse(settings.clock).now().astimezone(ZoneInfo(chosen.zone)).date()
    with connect(settings, name="ioc measures") as conn:
        conn.execute("set transaction isolation level repeatable read, read only")
        revision = held(conn, settings, chosen, as_of)
        ended_and_covered(revision, feed, days, today)
        procedures, hours = details(conn, feed, revision, days)
        levels = by_level(conn, revision)
    seen = sorted({*procedures["agency"], *hours["agency"]})
    groups = grouped(registry, by, seen, days.last)
    online = [channel for channel, kind in chosen.channel_kinds.items() if kind == ONLINE]
    rows = measured(procedures, hours, groups, online, levels).rows(named=True)
    PRINT[form](rows, chosen)


def grouped(registry: Registry, by: By, agencies: list[str], on: date) -> dict[str, str]:
    """Agency -> the group its cases are counted in, as agencies stand on the day."""
    if by == "none":
        return dict.fromkeys(agencies, "")
    if by == "agency":
        return {code: code for code in agencies}
    above = {code: ancestry(registry.history, code, on) for code in agencies}
    return {code: chain[1] if len(chain) > 1 else code for code, chain in above.items()}


def missed(measure: PeriodMeasure, value: float | None, target: float | None) -> bool:
    """Whether the value lies on the wrong side of the target."""
    if value is None or target is None:
        return False
    return value < target if measure.better == "higher" else value > target


def shown(measure: PeriodMeasure, value: float | None) -> str:
    """As screens and forms write it: 98.23 of a share, a whole number else, nothing where there is none."""
    if value is None:
        return ""
    return f"{value:.2f}" if measure.unit == "percent" else f"{value:.0f}"


def _table(rows: list[dict[str, Any]], feed: Feed) -> None:
    """A line per measure and a column per group: groups are few, words are long."""
    known = period_measures()
    table = Table(box=None, pad_edge=False)
    for heading in ("measure", "unit", "target", *(row["group"] or "all" for row in rows)):
        table.add_column(heading, justify="left" if heading in ("measure", "unit") else "right")
    for name in known:
        measure, target = known[name], feed.targets.get(name)
        sign = {"higher": ">=", "lower": "<="}.get(measure.better or "", "")
        aim = "" if target is None else f"{sign} {target:g}"
        values = [
            shown(measure, row[name]) + (" !" if missed(measure, row[name], target) else "") for row in rows
        ]
        table.add_row(f"{name}: {measure.label.en}", measure.unit, aim, *values)
    say = Console(highlight=False, soft_wrap=True)
    say.print(table)
    for name, measure in known.items():
        if measure.explain and any(row[name] is not None for row in rows):
            say.print(f"{name}: {measure.explain.en}")


def _json(rows: list[dict[str, Any]], feed: Feed) -> None:
    known = period_measures()
    found = []
    for row in rows:
        targets = {
            name: {"target": t, "missed": missed(known[name], row[name], t)}
            for name, t in feed.targets.items()
        }
        found.append(row | {"targets": targets})
    typer.echo(json.dumps(found, ensure_ascii=False))


def _csv(rows: list[dict[str, Any]], _: Feed) -> None:
    written = csv.DictWriter(sys.stdout, ["group", *NAMES])
    written.writeheader()
    written.writerows(rows)


PRINT = {"table": _table, "json": _json, "csv": _csv}
