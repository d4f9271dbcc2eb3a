"""Real Kafka and PostgreSQL, the real live worker, and a small log taken through all four steps."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from ioc.event import Event
from ioc.settings import Settings
from ioc.stack.testing import child
from ioc.stack.testing import parts as start_parts
from jobs.testing import CASES, events_of, send, taken
from schemas import load

Deliver = Callable[[str, Sequence[Event | bytes]], None]
Step = Callable[..., str]


@pytest.fixture(scope="session")
def own_parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Kafka and PostgreSQL for these tests alone, and a live worker."""
    home = tmp_path_factory.mktemp("jobs")
    with start_parts(home, load()) as settings:
        live = [sys.executable, "-m", "streams.live", "--worker", "1"]
        with child("live", live, home, lambda: True):
            yield settings.model_copy(update={"spark_memory": "1g"})


@pytest.fixture(scope="session")
def deliver(own_parts: Settings) -> Deliver:
    """Sends events and waits until live has taken them."""

    def delivered(feed: str, events: Sequence[Event | bytes]) -> None:
        before = taken(own_parts, feed)
        send(own_parts, feed, events)
        until = time.monotonic() + 60
        while taken(own_parts, feed) < before + len(events):
            assert time.monotonic() < until, (own_parts.home / "logs" / "live.log").read_text()[-2000:]
            time.sleep(0.1)

    return delivered


@pytest.fixture(scope="session")
def step(own_parts: Settings) -> Step:
    """One step as Airflow's task starts it; returns what it said."""

    def run(name: str, *words: str, ok: bool = True) -> str:
        env = dict(os.environ) | {"IOC_HOME": str(own_parts.home), "IOC_SPARK_MEMORY": "1g"}
        command = [sys.executable, "-P", "-m", "jobs", name, *words]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) == ok, done.stdout + done.stderr[-3000:]
        return done.stdout

    return run


@pytest.fixture(scope="session")
def rolled(own_parts: Settings, deliver: Deliver, step: Step) -> Settings:
    """Six cases, one event twice and one message that is no event, published as revision 1 of `permits`."""
    deliver(
        "permits", [*events_of("permits", CASES), *events_of("permits", CASES[:1])[:1], b'{"not": "one"}']
    )
    words = ("--trigger", "first", "--feed", "permits", "--from", "2011-01-01", "--to", "2011-02-28")
    for name in ("archive", "rollup", "audit", "publish"):
        step(name, *words)
    return own_parts
