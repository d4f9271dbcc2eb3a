"""What a run came to, out of the warehouse: for whoever started it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ioc.warehouse.connection import Connection
from jobs import runs


@dataclass(frozen=True)
class Report:
    """A run's verdict; revision and rows are those of what it published."""

    run_id: str
    feed: str
    state: str
    reason: str | None
    revision: int | None
    covers_from: str
    covers_to: str
    zone: str
    position: dict[str, dict[str, int]]
    definitions: str
    cases: int | None
    set_aside: int | None
    written: int
    closed: int
    audit: list[dict[str, Any]]
    counted: str  # what `cases` is the number of

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def report(conn: Connection, run_id: str) -> Report | None:
    """The run's report, None where it never came to a row of its own."""
    run = runs.find(conn, run_id)
    if run is None:
        return None
    checks: list[Any] = conn.execute(
        'select "check", severity, ok, observed from audit where run_id = %s order by severity, "check"',
        [run_id],
    ).fetchall()
    row: Any = conn.execute("select revision from revision where run_id = %s", [run_id]).fetchone()
    revision = row and row[0]
    closed, written = (0, 0) if revision is None else runs.rows_of(conn, revision)
    return Report(
        *(run_id, run.feed, run.state, run.reason, revision, run.covers_from.isoformat()),
        *(run.covers_to.isoformat(), run.zone, run.position, run.definitions, run.cases, run.set_aside),
        *(
            written,
            closed,
            [dict(zip(("check", "severity", "ok", "observed"), c, strict=True)) for c in checks],
            "cases" if run.kind == "case" else "observations",
        ),
    )
