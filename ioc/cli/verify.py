"""`ioc verify`: the figures against plain SQL, a refold and the offsets."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console

from ioc.admit import registry_for
from ioc.clock import Clock
from ioc.settings import load
from ioc.verify.check import Check
from ioc.verify.run import verify as checks_of


def verify(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Check tiles, the published revision and every offset; exit 1 on any mismatch."""
    settings = load()
    console = Console(highlight=False, soft_wrap=True)
    found = []
    for check in checks_of(settings, registry_for(settings), Clock.parse(settings.clock).now()):
        found.append(check)
        if not as_json:
            _print(console, check)
    wrong = sum(not check.ok for check in found)
    if as_json:
        typer.echo(
            json.dumps(
                {"ok": not wrong, "checks": [c.as_json() for c in found]}, ensure_ascii=False, indent=1
            )
        )
    else:
        console.print(
            f"{len(found)} checks, {wrong} wrong" if found else "nothing was delivered yet: nothing to check"
        )
    if wrong:
        raise typer.Exit(1)


def _print(console: Console, check: Check) -> None:
    figures = ", ".join(f"{name} {value}" for name, value in check.figures.items())
    console.print(f"{'ok   ' if check.ok else 'WRONG'} {check.feed}: {check.name}: {figures}")
    for line in check.differs:
        console.print(f"      {line}")
