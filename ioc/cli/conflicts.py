"""`ioc conflicts`: the cases of which two systems say different things, and what each says."""

from __future__ import annotations

import json as json_
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from ioc.admit import registry_for
from ioc.kernel.rules import CaseRules
from ioc.named import case_feed
from ioc.rules import case_rules
from ioc.settings import load
from ioc.warehouse import connect
from ioc.warehouse.story import codes_of, disagreeing, events_of
from schemas import Feed

Row = dict[str, Any]


def conflicts(
    feed: Annotated[str, typer.Option(help="the feed's name")],
    limit: Annotated[int, typer.Option(min=1, help="at most so many cases, the newest told first")] = 50,
    json: Annotated[bool, typer.Option("--json", help="print everything as JSON")] = False,
) -> None:
    """Cases of which two systems say different things, with what each says; one of them counts."""
    settings = load()
    promised = case_feed(registry_for(settings), feed)
    rules = case_rules(promised)
    with connect(settings, autocommit=True, name="ioc conflicts") as conn:
        found = [
            {
                "case_id": case,
                "codes": codes_of(conn, feed, case),
                "said": said(events_of(conn, rules, case), rules),
            }
            for case in disagreeing(conn, feed, limit)
        ]
    if json:
        typer.echo(json_.dumps({"rows": found}, default=_text, ensure_ascii=False))
    else:
        show(promised, found)


def said(events: list[Row], rules: CaseRules) -> list[Row]:
    """Per phase and system: its code, when it first says so, and whether its word counts."""
    rows: dict[tuple[str, str], Row] = {}
    for event in events:  # in the order of occurred_at
        phase = rules.phases.get(event["status"])
        if phase in (None, "note"):
            continue
        first = {
            "phase": phase,
            "source": event["source"],
            "code": event["case_id"],
            "at": event["occurred_at"],
        }
        row = rows.setdefault((phase, event["source"]), first | {"counts": False})
        row["counts"] = row["counts"] or event["counts"]
    return sorted(rows.values(), key=lambda row: (row["phase"], row["at"]))


def show(feed: Feed, found: list[Row]) -> None:
    table = Table(
        "case", "phase", "system", "under the code", "first", "counts", title="systems that disagree"
    )
    zone = ZoneInfo(feed.zone)
    for case in found:
        for i, row in enumerate(case["said"]):
            at = f"{row['at'].astimezone(zone):%Y-%m-%d %H:%M:%S %z}"
            words = (row["phase"], row["source"], row["code"], at, "yes" if row["counts"] else "no")
            table.add_row("" if i else case["case_id"], *words)
    Console().print(table)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
