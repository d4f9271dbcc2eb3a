"""`ioc feed try`: a sample through admission and fold, printed and not kept."""

from __future__ import annotations

import json as json_
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer
from rich.console import Console
from rich.table import Table

from ioc.admit import Admission
from ioc.admit.promises import registry_for
from ioc.admit.times import EARLIEST
from ioc.clock import Clock
from ioc.errors import BadInput
from ioc.feeds.trial import Figure, Numbered, Sample, admitted, cases, figures
from ioc.named import any_feed
from ioc.settings import load
from schemas import AnyFeed, Feed, Finding, Registry
from schemas.source_files import read_source
from streams.importer.rows import rows

WIDE = 1_000  # a line is a row, however wide
SHOWN = 20  # refusals and cases; --json gives all
OF_CASES = (
    "case_id",
    "status",
    "phase",
    "entered_at",
    "due_at",
    "resolved_at",
    "outcome",
    "agency",
    "flags",
    "attributes",
)
OF_OBSERVATIONS = ("case_id", "events", "attributes", "flags")


def try_(
    name: Annotated[str, typer.Argument(help="The feed.")],
    file: Annotated[
        Path, typer.Argument(help="CSV or JSON lines, also .gz: canonical events, or a source's own.")
    ],
    source: Annotated[
        str | None, typer.Option(help="A source mapping's name or file; needed where several are.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(help="The instant of the figures (ISO, with zone); default: the newest event's."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """What a sample would come to: accepted, refused and why, cases, figures; exit 1 if any is refused."""
    settings = load()
    registry = registry_for(settings)
    feed = any_feed(registry, name, "NAME")
    if not file.is_file():
        raise BadInput("FILE", str(file), "give a file that exists")
    chosen = mapping(registry, name, source)
    sample_rows = [(row.number, row.message, row.why) for row in rows(file)]
    chosen = chosen or only_mapping(registry, name, sample_rows)
    admission = Admission(registry, secrets.token_bytes(32), settings.intake_max_event_bytes)
    sample = admitted(admission, feed, chosen, sample_rows, Clock.parse(settings.clock).now())
    folded = cases(registry, feed, sample.events)
    when = instant(at, sample)
    counted = list(figures(feed, folded, when)) if isinstance(feed, Feed) else []
    if json:
        print_json(sample, folded, when, counted)
    else:
        print_all(feed, sample, folded, when, counted)
    if sample.refused:
        raise typer.Exit(1)


def mapping(registry: Registry, feed: str, source: str | None) -> str | None:
    """The mapping's name; a file is read into the registry first."""
    if source is None:
        return None
    path = Path(source)
    if path.suffix in (".yaml", ".yml") and path.is_file():
        found: list[Finding] = []
        read = read_source(path.resolve(), registry, found)
        if found or read is None:
            raise BadInput("--source", source, "mend it:\n" + "\n".join(map(str, found)))
        source = read.source
    if source not in registry.sources or registry.sources[source].feed != feed:
        known = ", ".join(mappings(registry, feed)) or "none yet"
        raise BadInput("--source", source, f"name a mapping of this feed ({known}), or give its .yaml file")
    return source


def mappings(registry: Registry, feed: str) -> list[str]:
    return sorted(name for name, one in registry.sources.items() if one.feed == feed)


def only_mapping(registry: Registry, feed: str, sample: Iterable[Numbered]) -> str | None:
    """The feed's one mapping, where rows need any; BadInput where there are none or several."""
    if all(message is None or "specversion" in message for _, message, _ in sample):
        return None
    known = mappings(registry, feed)
    if len(known) != 1:
        mend = f"these rows are no canonical events; name their mapping ({', '.join(known) or 'none yet'})"
        raise BadInput("--source", None, f"{mend}, or give a .yaml file: docs/source-mappings.md")
    return known[0]


def instant(at: str | None, sample: Sample) -> datetime:
    """The instant asked for, else that of the newest event."""
    if at is None:
        return max((event.time for event in sample.events), default=EARLIEST)
    try:
        found = datetime.fromisoformat(at)
    except ValueError as exc:
        raise BadInput("--at", at, "write it as 2024-12-03T17:00:00+07:00") from exc
    if found.tzinfo is None:
        raise BadInput("--at", at, "say its zone: 2024-12-03T17:00:00+07:00")
    return found


def print_json(sample: Sample, folded: pl.DataFrame, at: datetime, counted: Sequence[Figure]) -> None:
    said = {
        "rows": sample.rows,
        "accepted": len(sample.events),
        "repeated": sample.repeated,
        "refused": [asdict(one) for one in sample.refused],
        "at": at.isoformat(),
        "cases": folded.to_dicts(),
        "figures": [asdict(one) for one in counted],
    }
    typer.echo(json_.dumps(said, ensure_ascii=False, default=str))


def print_all(
    feed: AnyFeed, sample: Sample, folded: pl.DataFrame, at: datetime, counted: Sequence[Figure]
) -> None:
    echo = typer.echo
    accepted, refused = len(sample.events), len(sample.refused)
    echo(f"rows {sample.rows}, events accepted {accepted}, repeated {sample.repeated}, refused {refused}")
    for one in sample.refused[:SHOWN]:
        value = "" if one.value is None else f" {one.value!r}"
        echo(f"  row {one.row}: {one.reason}: {one.field or 'the row'}{value}; {one.mend}")
    if sample.refused[SHOWN:]:
        echo(f"  and {len(sample.refused) - SHOWN} more (--json lists all)")
    is_case = isinstance(feed, Feed)
    grid(folded, OF_CASES if is_case else OF_OBSERVATIONS, "cases" if is_case else "observations")
    if counted:
        echo(f"\nfigures at {at.isoformat()}")
    for figure in counted:
        echo(f"  {figure.label}: {told(figure)}")
    echo("\nnothing was written")


def told(figure: Figure) -> str:
    if figure.whole is None:
        return f"{figure.value:g}"
    share = "not arisen" if figure.value is None else f"{figure.value:.2f} %"
    return f"{share} ({figure.part} of {figure.whole})"


def grid(folded: pl.DataFrame, columns: Sequence[str], what: str) -> None:
    """The first rows, without columns that say nothing."""
    shown = [name for name in columns if folded.get_column(name).null_count() < folded.height]
    typer.echo(f"\n{what}: {folded.height}")
    table = Table(box=None, pad_edge=False)
    for name in shown:
        table.add_column(name)
    for row in folded.head(SHOWN).iter_rows(named=True):
        table.add_row(*(cell(name, row[name]) for name in shown))
    Console(highlight=False, width=WIDE).print(table)


def cell(name: str, value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}Z"
    if name == "attributes" and value:
        said = {key: one for key, one in json_.loads(value).items() if one is not None}
        return ", ".join(f"{key} {one}" for key, one in said.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
