"""`ioc simulate`: a simulated province-year as a file of messages, or as the event log that holds them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.progress import Progress

from ioc.admit import registry_for
from ioc.errors import BadInput
from ioc.settings import load
from jobs.event_log import EventLog
from streams.simulator.files import write_messages
from streams.simulator.log import write_log
from streams.simulator.places import reference
from streams.simulator.plan import province_year, year_starts
from streams.simulator.settings import default_simulation, read


def simulate(
    out: Annotated[Path | None, typer.Option(help="JSON lines as sent; `.gz` packs them")] = None,
    events_log: Annotated[Path | None, typer.Option(help="folder for the event log (Delta)")] = None,
    year: Annotated[int, typer.Option(help="the year to simulate")] = 2024,
    scale: Annotated[float, typer.Option(help="1.0: the published totals to the unit")] = 1.0,
    seed: Annotated[int, typer.Option(help="the same seed gives the same bytes", min=0)] = 1,
    simulation: Annotated[Path | None, typer.Option(help="settings; default: the packaged ones")] = None,
) -> None:
    """Write a simulated province's events to a file."""
    if out is None and events_log is None:
        raise BadInput("--out", None, "give --out FILE, --events-log FOLDER, or both")
    settings = load()
    registry = registry_for(settings)
    chosen = read(simulation or default_simulation())
    log = EventLog(chosen.feed, str(events_log))
    if events_log is not None and log.open() is not None:
        raise BadInput("--events-log", str(events_log), "name a folder without an event log of this feed")
    plan = province_year(chosen, reference(registry), year, scale, seed)
    sends = plan.sends.filter(pl.col("at") < year_starts(year + 1))
    typer.echo(f"{len(plan.cases):,} cases, {len(sends):,} messages")
    if out is not None:
        with Progress(transient=True) as progress:
            task = progress.add_task(out.name, total=len(sends))
            write_messages(plan, sends, out, lambda rows: progress.advance(task, rows))
        typer.echo(f"{out}: {out.stat().st_size:,} bytes")
    if events_log is not None:
        log.make(settings.log_buckets)
        rows = write_log(plan, sends, registry, log.uri, settings.log_buckets)
        typer.echo(f"{events_log}: {rows:,} events")
