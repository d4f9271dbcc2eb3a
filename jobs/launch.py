"""How an Airflow task runs a step: a process of its own, its words in the task's log, the last the reason."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from ioc.errors import Retry, Stop
from ioc.stack.processes import dies_with_parent

ASSETS = {"case": "flow", "observation": "series"}  # what a feed of the kind publishes
AGAIN = 75  # exit of a step that may be tried again
BY_TIME = (
    "scheduled",
    "backfill",
)  # runs that Airflow makes for an interval: in time, caught up, filled back


def words(step: str, trigger: str, asked: Mapping[str, object]) -> list[str]:
    """The step's command line; `asked`: feed, kind, from, to, until, each may be null; due, full."""
    names = ("feed", "kind", "from", "to", "until")
    given = [word for name in names if (value := asked.get(name)) for word in (f"--{name}", str(value))]
    due = ["--due"] if asked.get("due") and not asked.get("feed") else []
    full = ["--full"] if asked.get("full") else []
    return [sys.executable, "-P", "-m", "jobs", step, "--trigger", trigger, *given, *due, *full]


def trigger_of(context: Mapping[str, Any]) -> str:
    """What an Airflow run is called in table `run`: runs by time of two DAGs may have one name in Airflow."""
    run = context["dag_run"]
    return f"{run.dag_id}-{run.run_id}" if run.run_type in BY_TIME else str(run.run_id)


def asked_of(context: Mapping[str, Any]) -> dict[str, object]:
    """What an Airflow run asks for: its params, and where it was made by time, the end of its interval."""
    by_time = context["dag_run"].run_type in BY_TIME
    ends = context.get("data_interval_end") if by_time else None
    return {**context["params"], "until": ends.isoformat() if ends else None}


def launch(step: str, context: Mapping[str, Any], **more: object) -> str:
    """Runs the step of an Airflow run to its end, printing what it prints, the last of which it returns.

    context: Airflow's. more: asked besides its params. Retry or Stop with the last words where it failed.
    stderr goes with stdout: Airflow would log Spark's lines as errors. The child dies with the task.
    """
    child = subprocess.Popen(
        words(step, trigger_of(context), asked_of(context) | more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=dies_with_parent(signal.SIGTERM),
    )
    last = ""
    assert child.stdout is not None
    for line in child.stdout:
        sys.stdout.write(line)
        sys.stdout.flush()
        last = line.strip() or last
    if child.wait() == 0:
        return last
    raise (Retry if child.returncode == AGAIN else Stop)(last or f"{step} ended with {child.returncode}")


def published(context: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Of each feed that an Airflow run published: its asset's address, and what its event says."""
    from ioc.settings import load
    from ioc.warehouse import connect

    with connect(load(), name="ioc publish") as conn:
        rows: list[Any] = conn.execute(
            "select r.feed, r.revision, r.covers_from::text, r.covers_to::text, r.run_id, run.kind"
            " from revision r join run using (run_id)"
            " where right(r.run_id, length(%(end)s)) = %(end)s order by r.feed",
            {"end": f":{trigger_of(context)}"},
        ).fetchall()
    names = ("feed", "revision", "covers_from", "covers_to", "run_id")
    return [
        (f"warehouse://{ASSETS[row[5]]}/{row[0]}", dict(zip(names, row[:5], strict=True))) for row in rows
    ]
