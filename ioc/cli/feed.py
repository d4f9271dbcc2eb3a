"""`ioc feed …`: list feeds, begin one, try it on a sample, publish its events."""

from __future__ import annotations

from typing import Annotated

import typer

from ioc.admit.promises import schema_folders
from ioc.check import check
from ioc.check.place import folder_of, path_of
from ioc.clock import Clock
from ioc.errors import BadInput
from ioc.feeds.freeze import freeze
from ioc.settings import load
from schemas import AnyFeed, Registry, near
from schemas.registry import read
from schemas.source_files import shown

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def root() -> None:
    """Feeds as a data engineer handles them: list, new, try, freeze."""


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
        wrong = [one for one in found if path_of(one.file).is_relative_to(folder_of(feed))]
        if wrong:
            mend = "mend this first: what is published must hold\n" + "\n".join(map(str, wrong))
            raise BadInput("NAME", feed.feed, mend)
        for path, what in freeze(feed):
            typer.echo(f"{shown(path)}: {what}")


def named(registry: Registry, name: str) -> AnyFeed:
    """The feed of either kind; BadInput that names those there are."""
    if name not in registry.every:
        known = ", ".join(sorted(registry.every))
        mend = (
            f"name one of {known}{near(name, registry.every)}; `ioc check` tells of feeds that cannot be used"
        )
        raise BadInput("NAME", name, mend)
    return registry.every[name]
