"""`ioc feed …`: list feeds, begin one, try it on a sample, publish its events."""

from __future__ import annotations

import json as json_
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ioc.admit.promises import schema_folders
from ioc.check import check
from ioc.check.place import folder_of
from ioc.cli.feed_docs import docs
from ioc.cli.feed_template import template
from ioc.cli.feed_try import WIDE, try_
from ioc.clock import Clock
from ioc.errors import BadInput
from ioc.feeds.begin import Kind, begin
from ioc.feeds.freeze import freeze
from ioc.feeds.listed import Listed, listed
from ioc.named import any_feed
from ioc.settings import Settings, load
from schemas import AnyFeed, Finding, Registry
from schemas.registry import read
from schemas.source_files import path_of, shown

app = typer.Typer(add_completion=False, no_args_is_help=True)
app.command("try")(try_)
app.command("template")(template)
app.command("docs")(docs)


@app.callback()
def root() -> None:
    """Feeds as a data engineer handles them: list, new, try, freeze, docs."""


@app.command("list")
def list_(json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False) -> None:
    """Every feed: its kind, owner, events with their versions, sources and file."""
    registry, found = read(schema_folders(load()))
    rows = [listed(registry, feed) for _, feed in sorted(registry.every.items())]
    if json:
        typer.echo(json_.dumps([row.as_dict() for row in rows], ensure_ascii=False))
    else:
        _print(rows)
    if found:
        typer.echo(f"{len(found)} findings, so some may be missing; `ioc check` lists them", err=True)
        raise typer.Exit(1)


def _print(rows: list[Listed]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("feed", "kind", "called", "events", "shows", "sources", "file"):
        table.add_column(heading)
    for row in rows:
        events = ", ".join(f"{event} {' '.join(said)}" for event, said in row.events.items())
        shows = f"{row.figures} {'measures' if row.kind == 'case' else 'series'}"
        cells = (row.kind, row.label, events, shows, ", ".join(row.sources), row.file)
        table.add_row(row.feed, *cells)
    Console(highlight=False, width=WIDE).print(table)


@app.command("new")
def new(
    name: Annotated[str, typer.Argument(help="The feed's name: small letters, digits, hyphens.")],
    kind: Annotated[Kind, typer.Option(help="Cases that begin and end, or observations of series.")] = "case",
    folder: Annotated[
        Path | None,
        typer.Option(
            "--in", help="The folder of schemas; default: IOC_SCHEMAS_PATH's first, else the home's."
        ),
    ] = None,
    vi: Annotated[str | None, typer.Option(help="What it is called in Vietnamese.")] = None,
    en: Annotated[str | None, typer.Option(help="What it is called in English.")] = None,
    owner: Annotated[str | None, typer.Option(help="Who answers for it.")] = None,
) -> None:
    """Begin a feed: files that pass `ioc check`, and a sample to try; make them yours."""
    settings = load()
    root = (folder or home_of_ones_own(settings)).resolve()
    folders = schema_folders(settings)
    registry, _ = read(folders)
    words = {key: word for key, word in {"vi": vi, "en": en, "owner": owner}.items() if word}
    made = begin(registry, name, kind, root, words)
    for path in made:
        typer.echo(path)
    found = within(check([*folders, root], Clock().now()).findings, root / "feeds" / name)
    if found:
        raise BadInput("NAME", name, "mend what was written:\n" + "\n".join(map(str, found)))
    if root not in schema_folders(settings):
        typer.echo(f"no stack reads it yet: add {root} to IOC_SCHEMAS_PATH", err=True)


def home_of_ones_own(settings: Settings) -> Path:
    """Where a feed of one's own goes when no folder is named: a folder that every process reads."""
    given = [text for text in settings.schemas_path.split(":") if text]
    return Path(given[0]) if given else settings.home / "schemas"


@app.command("freeze")
def freeze_(
    names: Annotated[list[str], typer.Argument(help="Feeds whose events are published.")],
) -> None:
    """Publish the feed's event versions: a copy of each, which later changes are held to."""
    folders = schema_folders(load())
    registry, _ = read(folders)
    feeds = [named(registry, name) for name in names]
    found = check(folders, Clock().now()).findings
    for feed in feeds:
        if wrong := within(found, folder_of(feed)):
            mend = "mend this first: what is published must hold\n" + "\n".join(map(str, wrong))
            raise BadInput("NAME", feed.feed, mend)
        for path, what in freeze(feed):
            typer.echo(f"{shown(path)}: {what}")


def within(found: tuple[Finding, ...], folder: Path) -> list[Finding]:
    """Those about files of the folder."""
    return [one for one in found if path_of(one.file).is_relative_to(folder)]


def named(registry: Registry, name: str) -> AnyFeed:
    """The feed of either kind; BadInput that names those there are."""
    return any_feed(registry, name, "NAME", "; `ioc check` tells of feeds that cannot be used")
