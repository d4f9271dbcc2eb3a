"""`ioc quarantine`: what was refused or set aside, with the mend."""

from __future__ import annotations

import json as json_
from collections import Counter
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ioc.settings import load
from ioc.warehouse import connect
from ioc.warehouse.refusals import SetAside, refusals, set_aside

MOST_SHOWN = 50  # rows of a table on a terminal; --json has all
MENDS = {"kernel-error": "report it with `ioc case ID --json`; it is folded again when the product is mended"}
MEND_CASE = "send the event that mends it; `ioc case ID` shows how the case came about"


def quarantine(
    reason: Annotated[str | None, typer.Option(help="only this reason code")] = None,
    json: Annotated[bool, typer.Option("--json", help="everything as JSON, payloads included")] = False,
) -> None:
    """What was refused or set aside, and how to mend it."""
    with connect(load(), autocommit=True, name="ioc quarantine") as conn:
        rows = refusals(conn, reason)
        cases = [case for case in set_aside(conn) if reason in (None, case.reason)]
    if json:
        typer.echo(json_.dumps(as_json(rows, cases), default=text_of, ensure_ascii=False))
    else:
        show(rows, cases)


def text_of(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def as_json(rows: list[dict[str, Any]], cases: list[SetAside]) -> dict[str, Any]:
    standing = [row for row in rows if row["redriven_at"] is None]
    return {
        "counts": dict(sorted(Counter(row["reason"] for row in standing).items())),
        "redriven": len(rows) - len(standing),
        "set_aside": [{**vars(case), "mend": MENDS.get(case.reason, MEND_CASE)} for case in cases],
        "set_aside_counts": dict(sorted(Counter(case.reason for case in cases).items())),
        "rows": rows,
    }


def show(rows: list[dict[str, Any]], cases: list[SetAside]) -> None:
    console = Console()
    standing = [row for row in rows if row["redriven_at"] is None]
    counts = Table("reason", "messages", "cases", title="quarantined messages and cases set aside")
    messages, aside = Counter(row["reason"] for row in standing), Counter(case.reason for case in cases)
    for name in sorted(messages.keys() | aside.keys()):
        counts.add_row(name, str(messages[name]), str(aside[name]))
    console.print(counts)
    if standing:
        console.print(messages_table(standing[:MOST_SHOWN]))
    if cases:
        console.print(cases_table(cases[:MOST_SHOWN]))
    hidden = max(0, len(standing) - MOST_SHOWN) + max(0, len(cases) - MOST_SHOWN)
    if hidden:
        console.print(f"{hidden} more: ioc quarantine --json")
    if len(rows) > len(standing):
        console.print(f"{len(rows) - len(standing)} messages were sent again: ioc quarantine --json")


def messages_table(rows: list[dict[str, Any]]) -> Table:
    table = Table("reason", "source", "field", "value", "mend", "offset")
    for row in rows:
        place = f"{row['topic']}/{row['partition']}@{row['offset']}"
        table.add_row(
            *(str(row[name] or "") for name in ("reason", "source", "field", "value", "mend")), place
        )
    return table


def cases_table(cases: list[SetAside]) -> Table:
    table = Table("reason", "feed", "case", "mend")
    for case in cases:
        table.add_row(case.reason, case.feed, case.case_id, MENDS.get(case.reason, MEND_CASE))
    return table
