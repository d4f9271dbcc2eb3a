"""audit: Great Expectations over a staged run. A failed `fail` refuses the run; every result is kept."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from psycopg import sql

from ioc.errors import Stop
from ioc.verify.day import recount
from ioc.verify.observations import told
from ioc.warehouse.connection import Connection
from jobs.data_docs import Framed, validated
from jobs.overlay import Overlay, overlay
from jobs.runs import SERIES, Run, end, find
from schemas.tables import Table, table

os.environ["GX_ANALYTICS_ENABLED"] = "false"
SHOWN = 3  # rows that break an expectation, named in the reason


@dataclass(frozen=True)
class Finding:
    """One expectation's result; `observed` is for a person."""

    check: str
    severity: str
    ok: bool
    observed: str


def audit(conn: Connection, run_id: str, at: datetime, docs: Path | None = None) -> Run:
    """Writes the staged run's verdict: `audited`, or `refused` with the reason. One transaction."""
    run = find(conn, run_id)
    if run is None or run.state not in ("staged", "audited", "refused"):
        raise Stop(f"run {run_id} is {run.state if run else 'unknown'}: only a staged run can be audited")
    promises, over = [table(rolled.name) for rolled in run.tables], overlay(conn, run)
    recounted(conn, run)
    frames = [
        Framed(promise, name, frame(conn, promise, run, over, name))
        for promise in promises
        for name in promise.frames
    ]
    findings = check(frames, docs, run_id)
    keep(conn, run, findings, at)
    failed = [f for f in findings if f.severity == "fail" and not f.ok]
    reason = "; ".join(f"{f.check}: {f.observed}" for f in failed) or None
    end(conn, run_id, "refused" if failed else "audited", reason, at)
    conn.commit()
    found = find(conn, run_id)
    assert found is not None
    return found


def recounted(conn: Connection, run: Run) -> None:
    """What the checker makes of the stored events below the run's position, as temporary tables."""
    if run.kind == "case":
        recount(conn, run.definitions, run.position, run.covers_to)
    else:
        told(conn, run.feed, run.definitions, run.position, of=run.staging(SERIES))


def frame(conn: Connection, promise: Table, run: Run, over: Overlay, name: str) -> pd.DataFrame:
    """What one of the table's frames makes of the run's tables and of what the warehouse holds.

    It may name each table of its kind, {from} and {to} (days), {feed}, {definitions}, {position}, {staged}
    (of the first table what this run staged); and verify_case, the cases of {to} folded again in SQL, or
    verify_observed, the staged observations.
    """
    said = {
        "from": sql.Literal(over.first),
        "to": sql.Literal(run.covers_to),
        "feed": sql.Literal(run.feed),
        "definitions": sql.Literal(run.definitions),
        "position": sql.Literal(json.dumps(run.position)),
        "staged": run.staging(run.tables[0]),
    }
    text = sql.SQL(promise.frames[name]).format(**over.relations, **said)
    with conn.cursor() as cursor:
        cursor.execute(text)
        assert cursor.description is not None
        return pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description])


def check(frames: Sequence[Framed], docs: Path | None = None, run: str = "") -> list[Finding]:
    """Every expectation over its frame, in the promises' order; with `docs` its pages are written there."""
    results = validated(frames, docs, run)
    promised = [one for framed in frames for one in framed.promise.of_frame(framed.frame).items()]
    return [
        Finding(name, e.severity, bool(results[name].success), observed(results[name], e.explain.en))
        for name, e in promised
    ]


def observed(result: Any, explain: str) -> str:
    """`0 of 320 rows`, or what was expected, how many rows broke it, and a few of the values."""
    if result.exception_info.get("raised_exception"):
        return f"could not be checked: {result.exception_info.get('exception_message')}"
    said = result.result
    if "observed_value" in said and "element_count" not in said:
        return f"{explain}: {said['observed_value']} rows"
    broken, rows = said.get("unexpected_count", 0), said.get("element_count", 0)
    if result.success:
        return f"{rows} rows"
    shown = json.dumps(said.get("partial_unexpected_list", [])[:SHOWN], default=str)
    return f"{explain}: broken by {broken} of {rows} rows, such as {shown}"


def keep(conn: Connection, run: Run, findings: Sequence[Finding], at: datetime) -> None:
    """The run's results into table `audit`, in place of an earlier try's."""
    conn.execute("delete from audit where run_id = %s", [run.run_id])
    with conn.cursor() as cursor:
        cursor.executemany(
            'insert into audit (run_id, feed, "check", severity, ok, observed, at)'
            " values (%s, %s, %s, %s, %s, %s, %s)",
            [(run.run_id, run.feed, f.check, f.severity, f.ok, f.observed, at) for f in findings],
        )
