"""`ioc check`: what feeds, mappings, forms and tables get wrong, all at once and before anything runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ioc.admit.promises import schema_folders
from ioc.check import Checked, check
from ioc.clock import Clock
from ioc.errors import BadInput, IocError
from ioc.settings import Settings, load
from ioc.warehouse import connect
from schemas import Finding
from schemas.source_files import PACKAGED


def check_(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Further folders of schemas, or a feed's own folder.")
    ] = None,
) -> None:
    """Check every feed, source mapping, form and table file; exit 1 with a line for each finding."""
    settings = load()
    folders = [*schema_folders(settings), *added(paths or [])]
    found, why = checked(settings, list(dict.fromkeys(folders)))
    for finding in found.findings:
        typer.echo(shown(finding))
    if found.findings:
        typer.echo(f"{len(found.findings)} finding{'s' * (len(found.findings) != 1)}", err=True)
        raise typer.Exit(1)
    typer.echo(", ".join(f"{n} {word}{'s' * (n != 1)}" for word, n in found.counts.items()) + " checked")
    if why:
        typer.echo(f"measures were not compared in PostgreSQL: {why}", err=True)


def added(paths: list[Path]) -> list[Path]:
    """The folders to read; of a feed's folder under `feeds` all beside it too, for it leans on that."""
    found = []
    for path in (given.resolve() for given in paths):
        if not path.is_dir():
            raise BadInput("PATH", str(path), "name a folder: with feeds/ or sources/ in it, or a feed's own")
        root = path.parent.parent if (path / "feed.yaml").is_file() and path.parent.name == "feeds" else path
        if not root.is_relative_to(PACKAGED):
            found.append(root)
    return found


def checked(settings: Settings, folders: list[Path]) -> tuple[Checked, str]:
    """What was found, and why measures were not tried in PostgreSQL, if they were not."""
    now = Clock().now()  # examples are held to the real time, whatever clock a demo runs by
    try:
        conn = connect(settings, name="ioc check")
    except IocError as exc:
        return check(folders, now), str(exc)
    with conn:
        return check(folders, now, conn), ""


def shown(finding: Finding) -> str:
    """With the file's path from here, where it lies below."""
    return str(finding).removeprefix(f"{Path.cwd()}/")
