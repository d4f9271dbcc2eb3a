"""`ioc rollup`: has Airflow archive, roll up, audit and publish a feed's window, and follows it."""

from __future__ import annotations

import json
import uuid
from typing import Annotated

import typer
from rich.console import Console
from rich.status import Status
from rich.table import Table

from ioc.clock import Clock
from ioc.errors import Stop
from ioc.named import any_feed
from ioc.settings import Settings, load
from ioc.warehouse import connect
from jobs import runs
from jobs.airflow import Airflow, TaskState
from jobs.data_docs import pages
from jobs.report import Report, report
from jobs.window import held_to_clock, window_of
from schemas import AnyFeed

DAGS = {"case": "rollup_flow_day", "observation": "rollup_series_period"}
TASKS = ("archive", "rollup", "audit", "publish")
say = Console(stderr=True, highlight=False)


def rollup(
    feed: Annotated[str, typer.Option(help="A feed of either kind.")],
    first: Annotated[str, typer.Option("--from", help="First day, 2011-03-05, or month, 2011-03.")],
    last: Annotated[str, typer.Option("--to", help="Last day or month, inclusive.")],
    full: Annotated[bool, typer.Option(help="Read the whole log instead of closing days.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Have Airflow archive, roll up, audit and publish these days; exit 1 and why where it did not."""
    settings = load()
    promised = _promised(settings, feed)
    dag = DAGS[promised.kind]
    window = held_to_clock(window_of(first, last), Clock.parse(settings.clock).now(), promised.zone)
    airflow = Airflow(settings)
    trigger = f"by-hand-{uuid.uuid4().hex[:12]}"
    with Status("asking Airflow", console=say) as status:
        airflow.await_dag(dag, status.update)
        asked = {"feed": feed, "from": window.first.isoformat(), "to": window.last.isoformat(), "full": full}
        airflow.trigger(dag, trigger, asked)
        tasks = _followed(airflow, dag, trigger, status)
    with connect(settings, name="ioc rollup") as conn:
        found = report(conn, runs.run_id(feed, trigger))
    if found is None or found.state != "published":
        reason = (found.reason if found else None) or _last_words(airflow, dag, trigger, tasks)
        if as_json:
            typer.echo(
                json.dumps({"feed": feed, "state": found.state if found else "failed", "reason": reason})
            )
        raise Stop(f"{feed} was not published: {reason}")
    if as_json:
        typer.echo(
            json.dumps(found.as_json() | {"seconds": {t.task: t.seconds for t in tasks}}, ensure_ascii=False)
        )
    else:
        _print(found)
        for page in pages(settings.home / "data-docs", found.run_id):
            typer.echo(f"audit    {page}")


def _promised(settings: Settings, feed: str) -> AnyFeed:
    from ioc.admit import registry_for

    return any_feed(registry_for(settings), feed)


def _followed(airflow: Airflow, dag: str, trigger: str, status: Status) -> list[TaskState]:
    """Prints each task as it ends; returns all of them."""
    told: set[str] = set()
    tasks: list[TaskState] = []
    for state, tasks in airflow.follow(dag, trigger):
        for task in sorted(tasks, key=lambda t: TASKS.index(t.task)):
            if task.seconds is not None and task.state in ("success", "failed") and task.task not in told:
                told.add(task.task)
                say.print(f"{task.task:<8} {task.state:<8} {task.seconds:6.1f} s")
        now = next((t.task for t in tasks if t.state == "running"), None)
        status.update(f"{now} is running" if now else f"the run is {state}")
    return sorted(tasks, key=lambda t: TASKS.index(t.task))


def _last_words(airflow: Airflow, dag: str, trigger: str, tasks: list[TaskState]) -> str:
    """What the task that failed said last: its own reason stands before Airflow's."""
    failed = next((t for t in tasks if t.state == "failed"), None)
    if failed is None:
        return "nothing was staged for it"
    lines = [line for line in airflow.log(dag, trigger, failed.task, failed.tries) if line.strip()]
    return f"task {failed.task} failed: " + " / ".join(lines[-3:])


def _print(found: Report) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        f"revision {found.revision} of {found.feed}: {found.covers_from}..{found.covers_to} ({found.zone}),"
        f" {found.cases} {found.counted}, {found.set_aside} set aside"
    )
    console.print(f"rows     {found.written} written, {found.closed} closed")
    for topic, partitions in found.position.items():
        console.print(f"position {topic} " + " ".join(f"{p}:{end}" for p, end in sorted(partitions.items())))
    table = Table(box=None, pad_edge=False)
    for heading in ("check", "severity", "", "observed"):
        table.add_column(heading)
    for check in found.audit:
        table.add_row(check["check"], check["severity"], "ok" if check["ok"] else "NOT OK", check["observed"])
    console.print(table)
