"""`ioc import`: a file's rows to the intake, then what became of them in the warehouse."""

from __future__ import annotations

import asyncio
import json as json_
import secrets
import shutil
import time
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from ioc.admit import registry_for
from ioc.admit.promises import fingerprint
from ioc.errors import BadInput, Retry
from ioc.named import one_of
from ioc.settings import Settings, load
from ioc.warehouse import connect
from ioc.warehouse.imports import Landed, landed
from streams.importer.rows import rows
from streams.importer.send import Sender, Sent
from streams.promises import mapping_folder

STILL_SECONDS = 120.0  # without one more event in the warehouse
READY_SECONDS = 90.0  # a stack that was started just before needs a while


def import_(
    file: Annotated[Path, typer.Argument(help="CSV or JSON lines, also .gz")],
    source: Annotated[str, typer.Option(help="a source mapping's name, or the path of its file")],
    json: Annotated[bool, typer.Option("--json", help="print the counts as JSON")] = False,
) -> None:
    """Send a file's events through a source mapping, the way an agency would."""
    settings = load()
    if not file.is_file():
        raise BadInput("FILE", str(file), "give a file that exists")
    if not settings.intake_url:
        raise BadInput("IOC_INTAKE_URL", "", "start the stack first: ioc up")
    name = adopt(settings, source)
    wait_until_known(settings)
    batch = f"import-{secrets.token_hex(8)}"
    bar = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[said]}"),
        TimeElapsedColumn(),
    )
    with Progress(*bar, console=Console(stderr=True)) as progress:
        sent = send(settings, progress, file, name, batch)
        final = arrive(settings, progress, batch, sent)
    report(sent, final, json)


def adopt(settings: Settings, source: str) -> str:
    """The mapping's name; a file is checked with everything else and copied to the stack's own schemas."""
    path = Path(source)
    if path.suffix not in (".yaml", ".yml"):
        return known(settings, source)
    if not path.is_file():
        raise BadInput("--source", source, "give a mapping file that exists, or the name of a known mapping")
    kept = mapping_folder(settings) / f"{path.stem}.yaml"
    if kept.exists() and kept.read_bytes() == path.read_bytes():
        return known(settings, path.stem)
    kept.parent.mkdir(parents=True, exist_ok=True)
    before = kept.read_bytes() if kept.exists() else None
    draft = kept.with_name(f".{kept.name}")
    shutil.copyfile(path, draft)
    draft.replace(kept)
    try:
        return known(settings, path.stem)
    except BadInput:
        if before is None:
            kept.unlink()
        else:
            kept.write_bytes(before)
        raise


def known(settings: Settings, name: str) -> str:
    sources = dict(sorted(registry_for(settings).sources.items()))
    one_of(sources, name, "--source", "; or give a .yaml file")
    return name


def wait_until_known(settings: Settings) -> None:
    """Until the intake holds the same promises as this process; asked, it looks at the files."""
    until, why = time.monotonic() + READY_SECONDS, ""
    while time.monotonic() < until:
        try:
            said = httpx.get(f"{settings.intake_url}/health", timeout=10).json()
        except (httpx.TransportError, ValueError) as exc:
            why = f"{type(exc).__name__}: {exc}"
        else:
            if said["problem"]:
                raise Retry(f"the intake cannot read the schemas: {said['problem']}")
            if said["promises"] == fingerprint(settings):
                return
            why = "it reads other schema folders than this command: compare IOC_HOME and IOC_SCHEMAS_PATH"
        time.sleep(0.2)
    raise Retry(f"the intake at {settings.intake_url} is not ready: {why}; see `ioc status`")


def send(settings: Settings, progress: Progress, file: Path, source: str, batch: str) -> Sent:
    task = progress.add_task("sending", total=max(file.stat().st_size, 1), said="")

    def tell(sent: Sent) -> None:
        progress.update(task, completed=sent.read, said=f"{sent.rows} rows, {sent.events} events")

    sender = Sender(settings.intake_url, source, batch, tell)
    try:
        asyncio.run(sender.send(rows(file)))
    except* (BadInput, Retry) as group:
        raise group.exceptions[0] from None
    progress.update(task, completed=file.stat().st_size)
    return sender.sent


def arrive(settings: Settings, progress: Progress, batch: str, sent: Sent) -> Landed:
    """Waits until the warehouse has every event; Retry where nothing more arrives for STILL_SECONDS."""
    task = progress.add_task("arriving", total=max(sent.events, 1), said="")
    found, moved = Landed(), time.monotonic()
    with connect(settings, autocommit=True, name="ioc import") as conn:
        while found.events < sent.events:
            began = time.monotonic()
            newer = landed(conn, batch)
            moved = began if newer.events > found.events else moved
            found = newer
            tell_arrival(progress, task, found)
            if began - moved > STILL_SECONDS:
                missing = sent.events - found.events
                raise Retry(f"{missing} events are on their way for {STILL_SECONDS:g} s; see `ioc status`")
            if found.events < sent.events:
                time.sleep(max(0.1, 3 * (time.monotonic() - began)))
    return found


def tell_arrival(progress: Progress, task: TaskID, found: Landed) -> None:
    said = f"{found.events} in the warehouse, {found.quarantined} quarantined"
    progress.update(task, completed=found.events, said=said)


def report(sent: Sent, final: Landed, json: bool) -> None:
    """Prints the counts; exit 1 unless each event came to exactly one of the three."""
    counts = {"rows": sent.rows, "events": sent.events, **final.as_dict()}
    if json:
        typer.echo(json_.dumps(counts))
    else:
        for name, count in counts.items():
            typer.echo(f"{name:<12}{count:>10}")
    if sent.events != final.events:
        typer.echo(f"{sent.events} events were sent, {final.events} are accounted for", err=True)
        raise typer.Exit(1)
