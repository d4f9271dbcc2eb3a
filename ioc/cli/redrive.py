"""`ioc redrive`: quarantined messages through the intake again, after a mapping or a list is mended."""

from __future__ import annotations

import json as json_
import secrets
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

import httpx
import orjson
import typer

from ioc.admit import Admission, Admitted, registry_for
from ioc.admit.verdict import Verdict
from ioc.cli.import_ import wait_until_known
from ioc.clock import Clock
from ioc.errors import Retry
from ioc.event import Receipt
from ioc.settings import Settings, load
from ioc.warehouse import connect
from ioc.warehouse.connection import Connection
from ioc.warehouse.refusals import mark_redriven, refusals
from streams.promises import token_key

LOST = "not-kept"  # masked text is no message: its sender must send it again


def redrive(
    reason: Annotated[str | None, typer.Option(help="only this reason code")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would happen, send nothing")] = False,
    json: Annotated[bool, typer.Option("--json", help="print the result as JSON")] = False,
) -> None:
    """Send quarantined messages again after a mapping is mended."""
    settings = load()
    with connect(settings, autocommit=True, name="ioc redrive") as conn:
        rows = refusals(conn, reason, standing=True)
        told = rehearse(settings, rows) if dry_run else drive(settings, conn, rows)
    report(told, dry_run, json)


def canonical(row: dict[str, Any]) -> bool:
    """Whether the message was a CloudEvent, not a source's own."""
    return "specversion" in row["payload"]


def told(row: dict[str, Any], verdict: str, why: str = "") -> dict[str, Any]:
    """What happens to a row, as it is printed."""
    place = f"{row['topic']}/{row['partition']}@{row['offset']}"
    return {"offset": place, "was": row["reason"], "verdict": verdict, "why": why}


def kept(row: dict[str, Any]) -> bool:
    return isinstance(row["payload"], dict)


def lost(row: dict[str, Any]) -> dict[str, Any]:
    return told(row, LOST, "its content was not kept, for it may be personal; have it sent again")


def rehearse(settings: Settings, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the promises as they are now would say of each row."""
    admission = Admission(registry_for(settings), token_key(settings), settings.intake_max_event_bytes)
    receipt = Receipt(Clock.parse(settings.clock).now())
    found = []
    for row in rows:
        if not kept(row):
            found.append(lost(row))
            continue
        verdicts = rehearsed(admission, row, receipt)
        refused = [verdict for verdict in verdicts if not isinstance(verdict, Admitted)]
        if refused:
            found.append(
                told(row, "quarantined", f"{refused[0].reason}: {refused[0].field}: {refused[0].mend}")
            )
        else:
            found.append(told(row, "accepted", f"{len(verdicts)} event(s)"))
    return found


def rehearsed(admission: Admission, row: dict[str, Any], receipt: Receipt) -> Sequence[Verdict]:
    if canonical(row):
        return [admission.canonical(row["payload"], receipt, receipt.received_at, row["feed"])]
    return admission.native(row["source"] or "", row["payload"], receipt, receipt.received_at)


def drive(settings: Settings, conn: Connection, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sends and marks one by one: after a crash the rest still stands; what was sent twice is a duplicate."""
    wait_until_known(settings)
    clock, batch = Clock.parse(settings.clock), f"redrive-{secrets.token_hex(8)}"
    found = [lost(row) for row in rows if not kept(row)]
    with httpx.Client(base_url=settings.intake_url, timeout=30) as intake:
        for n, row in enumerate(row for row in rows if kept(row)):
            answer = post(intake, row, batch, n)
            still = [r for r in answer["results"] if r["verdict"] == "quarantined" and same(r, row)]
            if still:
                found.append(told(row, "quarantined", f"as before: {still[0]['mend']}"))
                continue
            mark_redriven(conn, [(row["topic"], row["partition"], row["offset"])], batch, clock.now())
            other = [r for r in answer["results"] if r["verdict"] == "quarantined"]
            why = f"{other[0]['reason']}: {other[0]['field']}: {other[0]['mend']}" if other else ""
            found.append(told(row, "quarantined" if other else "accepted", why))
    return found


def same(result: dict[str, Any], row: dict[str, Any]) -> bool:
    """Refused as it was: the row stands as it is, and the warehouse takes the new refusal for a duplicate."""
    return all(result[name] == row[name] for name in ("reason", "field", "value"))


def post(intake: httpx.Client, row: dict[str, Any], batch: str, n: int) -> dict[str, Any]:
    asked: dict[str, str | int] = {"batch": batch, "seq": n}
    path = f"/v1/sources/{row['source']}/messages"
    if canonical(row):
        path, asked = "/v1/events", {**asked, "feed": row["feed"]}
    try:
        response = intake.post(path, params=asked, content=orjson.dumps(row["payload"]))
        response.raise_for_status()
    except httpx.HTTPError as exc:
        raise Retry(f"the intake did not take it: {exc}; run the same again, nothing counts twice") from exc
    return dict(orjson.loads(response.content))


def report(found: list[dict[str, Any]], dry_run: bool, json: bool) -> None:
    counts = Counter(row["verdict"] for row in found)
    if json:
        names = ("accepted", "quarantined", LOST)
        typer.echo(json_.dumps({**{name: counts[name] for name in names}, "rows": found}, ensure_ascii=False))
        return
    for row in found:
        typer.echo(f"{row['offset']:<40} {row['was']:<18} {row['verdict']:<12} {row['why']}")
    word = "would be" if dry_run else "were"
    typer.echo(
        f"{len(found)} messages: " + (", ".join(f"{n} {word} {v}" for v, n in counts.items()) or "none")
    )
