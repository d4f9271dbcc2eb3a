"""`ioc feed template`: the workbook for manual entry."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ioc.admit import registry_for
from ioc.entry import manual_feed, to_template
from ioc.errors import BadInput
from ioc.settings import load


def template(
    name: Annotated[str, typer.Argument(help="A feed that is entered by hand.")],
    file: Annotated[Path | None, typer.Argument(help="Where to write it; NAME.xlsx if left out.")] = None,
) -> None:
    """Write the XLSX that people fill in, with its lists and what each column means."""
    registry = registry_for(load())
    feed = manual_feed(registry, name)
    path = file or Path(f"{feed.feed}.xlsx")
    try:
        path.write_bytes(to_template(feed, registry))
    except OSError as exc:
        raise BadInput("FILE", str(path), f"name a file that can be written ({exc})") from exc
    typer.echo(str(path))
