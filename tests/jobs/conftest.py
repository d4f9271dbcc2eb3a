"""Real Kafka and PostgreSQL, and the real live worker that takes what a test sends."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from ioc.event import Event
from ioc.settings import Settings
from ioc.stack.testing import child
from ioc.stack.testing import parts as start_parts
from jobs.testing import send, taken
from schemas import load

Deliver = Callable[[str, Sequence[Event | bytes]], None]


@pytest.fixture(scope="session")
def own_parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Kafka and PostgreSQL for these tests alone, and a live worker."""
    home = tmp_path_factory.mktemp("jobs")
    with start_parts(home, load()) as settings:
        live = [sys.executable, "-m", "streams.live", "--worker", "1"]
        with child("live", live, home, lambda: True):
            yield settings.model_copy(update={"spark_memory": "1g"})


@pytest.fixture(scope="session")
def delivered(own_parts: Settings) -> Deliver:
    """Sends events and waits until live has taken them."""

    def deliver(feed: str, events: Sequence[Event | bytes]) -> None:
        before = taken(own_parts, feed)
        send(own_parts, feed, events)
        until = time.monotonic() + 30
        while taken(own_parts, feed) < before + len(events):
            assert time.monotonic() < until, (own_parts.home / "logs" / "live.log").read_text()[-2000:]
            time.sleep(0.1)

    return deliver
