"""`ioc feed docs`: what feeds promise, written for people and for machines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ioc.admit import registry_for
from ioc.clock import Clock
from ioc.errors import BadInput
from ioc.feeds.catalogue import Catalogue
from ioc.named import any_feed
from ioc.settings import load


def docs(
    out: Annotated[Path, typer.Option(help="The folder to write into.")],
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Feeds; all if none.")
    ] = None,
) -> None:
    """Write a catalogue (index.html and a page per feed) and asyncapi.yaml of what feeds promise."""
    registry = registry_for(load())
    for name in names or ():
        any_feed(registry, name, "NAME")
    catalogue = Catalogue(
        registry, Clock().now(), names or ()
    )  # by no demo's clock: examples are of any year
    try:
        out.mkdir(parents=True, exist_ok=True)
        for file, content in catalogue.files():
            (out / file).write_bytes(content)
            typer.echo(out / file)
    except OSError as exc:
        raise BadInput("--out", str(out), f"name a folder that can be written ({exc})") from exc
