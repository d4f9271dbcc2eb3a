"""kill -9 of rollup, audit and publishing at random instants: figures and ledger as of a clean run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from ioc.settings import Settings
from ioc.verify.run import verify
from ioc.warehouse import connect
from jobs.testing import events_of
from schemas import load

pytestmark = [pytest.mark.broker, pytest.mark.spark, pytest.mark.fault, pytest.mark.timeout(3000)]
ROUNDS = 20
STEPS = ("rollup", "audit", "publish")
AT = datetime(2011, 6, 1, tzinfo=UTC)
WINDOW = ("--from", "2011-01-01", "--to", "2011-03-31")


def killed(settings: Settings, name: str, seconds: float, *words: str) -> bool:
    """Starts a step and kills it with all that it started; False where it had ended."""
    env = dict(os.environ) | {"IOC_HOME": str(settings.home), "IOC_SPARK_MEMORY": "1g"}
    command = [sys.executable, "-P", "-m", "jobs", name, *words]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=env, stdout=quiet, stderr=quiet, start_new_session=True) as running:
        time.sleep(seconds)
        alive = running.poll() is None
        if alive:
            os.killpg(running.pid, signal.SIGKILL)
    return alive


def test_twenty_kills_leave_the_figures_and_the_ledger_of_a_clean_run(
    rolled: Settings, deliver: Any, step: Any
) -> None:
    draw = Random(7)
    first = date(2011, 1, 3)
    opened = [
        (f"k{n}", "Desk", "North", f"{first + timedelta(days=n)}T08:00", "2011-03-01T20:00", None)
        for n in range(ROUNDS)
    ]
    deliver("permits", events_of("permits", opened))
    words = ("--feed", "permits", *WINDOW)
    for name in ("archive", *STEPS):
        step(name, "--trigger", "before-kills", *words)
    lasted = dict.fromkeys(STEPS, 3.0)  # seconds, until one was seen
    kills = 0
    for n, (case, channel, agency, received, due, _) in enumerate(opened):
        ended = (case, channel, agency, received, due, f"2011-02-{n % 27 + 1:02}T09:00")
        deliver("permits", events_of("permits", [ended])[1:])
        run = ("--trigger", f"killed-{n}", *words)
        step("archive", *run)
        victim = draw.choice(STEPS)
        for name in STEPS:
            if name == victim:
                kills += killed(rolled, name, draw.uniform(0.1, lasted[name]), *run)
            began = time.monotonic()
            step(name, *run)
            lasted[name] = time.monotonic() - began
    assert kills > ROUNDS // 3
    wrong = [check for check in verify(rolled, load(), AT) if not check.ok]
    assert wrong == []
    with connect(rolled) as conn:
        told = conn.execute(
            "select sum(new - old), count(distinct events), min(cause) from restatement"
            " where feed = 'permits' and calendar = 'CALENDAR' and figure = 'resolved' and month = '2011-02'"
            " and agency = 'North' and run_id like 'permits:killed-%'"
        ).fetchone()
        runs = conn.execute("select count(*) from revision where run_id like 'permits:killed-%'").fetchone()
    assert told == (ROUNDS, ROUNDS, "late-event")
    assert runs == (ROUNDS,)
