"""How an Airflow task runs a step: a process of its own, its words in the task's log, the last the reason."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping

from ioc.errors import Retry, Stop
from ioc.stack.processes import dies_with_parent

AGAIN = 75  # exit of a step that may be tried again


def words(step: str, trigger: str, asked: Mapping[str, object]) -> list[str]:
    """The step's command line; `asked`: feed, from, to, each may be null; due, full."""
    names = ("feed", "from", "to")
    given = [word for name in names if (value := asked.get(name)) for word in (f"--{name}", str(value))]
    due = ["--due"] if asked.get("due") and not asked.get("feed") else []
    full = ["--full"] if asked.get("full") else []
    return [sys.executable, "-P", "-m", "jobs", step, "--trigger", trigger, *given, *due, *full]


def launch(step: str, trigger: str, asked: Mapping[str, object]) -> str:
    """Runs the step to its end, printing what it prints; Retry or Stop with its last words where it failed.

    stderr goes with stdout: Airflow would log Spark's lines as errors. The child dies with the task.
    """
    child = subprocess.Popen(
        words(step, trigger, asked),
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
