"""`ioc reference build`: agencies, successions and procedure versions from the country's lists."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

import typer

from ioc.errors import BadInput
from ioc.reference import build
from schemas import Unusable
from schemas.source_files import PACKAGED

ROOT = re.compile(r"[A-Z][0-9A-Z]{2}")


def reference(
    action: Annotated[Literal["build"], typer.Argument(help="build: write the files anew")],
    lists: Annotated[Path, typer.Option("--from", help="folder of the published lists")],
    province: Annotated[str, typer.Option(help="its name today, as the list spells it")],
    root: Annotated[str, typer.Option(help="its level-1 organisation code, such as H20")],
    out: Annotated[Path, typer.Option(help="folder to write to, `reference` of a schemas folder")],
    assigned: Annotated[
        Path | None, typer.Option(help="codes given before; default: assigned.csv in --out, if there")
    ] = None,
) -> None:
    """Write agencies, successions and procedure versions from the country's lists, the same each time."""
    if not ROOT.fullmatch(root):
        raise BadInput("--root", root, "give a letter and two of 0-9 A-Z, such as H20")
    kept = assigned or (path if (path := out / "assigned.csv").is_file() else None)
    own = out / "procedures.csv"
    procedures = own if own.is_file() else PACKAGED / "reference/procedures.csv"
    try:
        built = build(lists, province, root, kept, procedures)
    except Unusable as exc:
        raise BadInput(
            "lists", f"{len(exc.findings)} finding(s)", f"nothing was written; mend:\n{exc}"
        ) from exc
    out.mkdir(parents=True, exist_ok=True)
    for name, text in built.files().items():
        (out / name).write_text(text, encoding="utf-8", newline="")
        typer.echo(f"{out / name}: {text.count(chr(10)) - 1:,} rows")
