"""`ioc reference …`: agencies and procedures from the country's lists, and a procedure's versions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from ioc.admit import registry_for
from ioc.errors import BadInput
from ioc.reference import build, catalogue
from ioc.settings import load
from jobs.window import day_of
from schemas import ProcedureVersion, Registry, Unusable, near
from schemas.source_files import PACKAGED

LEVELS = ("ministry", "province", "district", "commune")
ROOT = re.compile(r"[A-Z][0-9A-Z]{2}")
app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def root() -> None:
    """Agencies, successions and procedures: from the country's lists, and as they hold."""


@app.command("build")
def build_(
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
    write(out, built.files())


@app.command("catalogue")
def catalogue_(
    lists: Annotated[Path, typer.Option("--from", help="folder of the published lists")],
    out: Annotated[Path, typer.Option(help="folder to write to, `reference` of a schemas folder")],
    since: Annotated[
        str | None,
        typer.Option(help="the day from which the list holds; needed where --out has an older one"),
    ] = None,
) -> None:
    """Write the national list's procedures, with deciding acts and limits; a newer list on an older one."""
    day = day_of("--since", since, end=False) if since else None
    try:
        files = catalogue(lists, out, day)
    except Unusable as exc:
        raise BadInput(
            "lists", f"{len(exc.findings)} finding(s)", f"nothing was written; mend:\n{exc}"
        ) from exc
    write(out, files)


@app.command("procedures")
def procedures_(
    code: Annotated[
        str | None, typer.Argument(help="a procedure's versions; without: how many there are")
    ] = None,
) -> None:
    """A procedure's versions as cases are held to them, or how many procedures each level has."""
    registry = registry_for(load())
    for line in counted(registry) if code is None else told(registry, code):
        typer.echo(line)


def write(out: Path, files: Mapping[str, str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (out / name).write_text(text, encoding="utf-8", newline="")
        typer.echo(f"{out / name}: {text.count(chr(10)) - 1:,} rows")


def counted(registry: Registry) -> Iterator[str]:
    levels = Counter[str](one.level for one in registry.procedures.values())
    yield from (f"{level}: {levels[level]:,}" for level in LEVELS if levels[level])
    versions = [one for code in registry.procedures for one in registry.procedure_versions.get(code, ())]
    without = sum(one.limit is None and one.unit is None for one in versions)
    yield f"all: {levels.total():,} procedures, {len(versions):,} versions, {without:,} without a limit"


def told(registry: Registry, code: str) -> Iterator[str]:
    procedure = registry.procedures.get(code)
    if procedure is None:
        known = near(code, registry.procedures)
        raise BadInput("CODE", code, f"name a procedure of reference/procedures.csv{known}")
    yield f"{code} {procedure.name} ({procedure.level}; {procedure.field})"
    for version in registry.procedure_versions.get(code, ()):
        yield f"  {version.version}: {spell(version)}; {limit(version)}; {pauses(version)}{invented(version)}"


def spell(version: ProcedureVersion) -> str:
    return f"{version.valid_from or 'since ever'} – {version.valid_to or 'still'}"


def limit(version: ProcedureVersion) -> str:
    if version.unit == "same_day":
        return "on the same day"
    if version.limit is None:
        return "no limit"
    online = "" if version.limit_online is None else f", online {version.limit_online}"
    return f"{version.limit}{online} {(version.unit or 'of an unknown unit').replace('_', ' ')}"


def pauses(version: ProcedureVersion) -> str:
    """Supplement, fee and stop in one word where they are alike."""
    by = {name: getattr(version, f"pause_{name}") for name in ("supplement", "fee", "stop")}
    if len(set(by.values())) == 1:
        return f"pauses {by['fee']}"
    return ", ".join(f"{name} {what}" for name, what in by.items())


def invented(version: ProcedureVersion) -> str:
    return f"; made: {', '.join(version.made)}" if version.made else ""
