"""`ioc status`: what runs, where, and how fresh it is."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ioc.settings import load
from ioc.stack.state import report


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Per part: state, pid, address, age of its newest event, memory. Exit 1 where a part is not up."""
    known = report(load(), datetime.now(UTC))
    if as_json:
        typer.echo(json.dumps(known, indent=1))
    else:
        _print(known)
    if any(part["state"] != "ready" for part in known["parts"]):
        raise typer.Exit(1)


def _print(known: dict[str, Any]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("part", "state", "pid", "newest event", "memory", "address"):
        table.add_column(heading, justify="right" if heading in ("pid", "memory") else "left")
    for part in known["parts"]:
        table.add_row(
            part["name"],
            part["state"] + (f" (restarted {part['restarts']}×)" if part["restarts"] else ""),
            str(part["pid"] or ""),
            _age(part["newest_event_age_seconds"]),
            _megabytes(part["memory_bytes"]),
            part["address"],
        )
    total = sum(part["memory_bytes"] or 0 for part in known["parts"])
    table.add_row("all", "", "", "", _megabytes(total), "")
    cases, lag = known["figures"]["cases"], known["lag"]
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    console.print(table)
    console.print(f"\n{_count(cases)} cases in the warehouse, {_count(lag)} messages on the way to it")
    for alert in known["alerts"] or []:
        whose = f" for {alert['feed']}" if alert["feed"] else ""
        console.print(
            f"[bold]ALERT[/] {alert['dag']}.{alert['task']} failed{whose} at {alert['at']}"
            f" in run {alert['run']}: {escape(alert['what'])}",
            soft_wrap=True,
        )
    if "reason" in known:
        console.print(known["reason"])
    console.print(f"stack's clock {known['now']}")


def _count(figure: int | None) -> str:
    return "?" if figure is None else f"{figure:,}"


def _age(seconds: float | None) -> str:
    return "" if seconds is None else f"{max(0.0, seconds):,.0f} s ago"


def _megabytes(size: int | None) -> str:
    return "" if size is None else f"{size / 1e6:,.0f} MB"
