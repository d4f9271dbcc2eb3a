"""archive, rollup, audit and publish, one after the other, over real Kafka, Spark and PostgreSQL."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from ioc.settings import Settings
from ioc.warehouse import connect
from jobs.testing import CASES, events_of

FEED = "permits"

pytestmark = [pytest.mark.broker, pytest.mark.spark]


def step(settings: Settings, name: str, *words: str, ok: bool = True) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "jobs", name, *words],
        env=dict(__import__("os").environ) | {"IOC_HOME": str(settings.home), "IOC_SPARK_MEMORY": "1g"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) == ok, done.stdout + done.stderr[-3000:]
    return done.stdout


def steps(settings: Settings, trigger: str, first: str, last: str) -> None:
    words = ("--trigger", trigger, "--feed", FEED, "--from", first, "--to", last)
    for name in ("archive", "rollup", "audit", "publish"):
        print(step(settings, name, *words))


def rows(settings: Settings, text: str) -> list[tuple[Any, ...]]:
    with connect(settings) as conn:
        return conn.execute(text.encode()).fetchall()


def test_the_path(own_parts: Settings, delivered: Callable[..., None]) -> None:
    delivered(FEED, [*events_of(FEED, CASES), *events_of(FEED, CASES[:1]), b'{"not": "an event"}'])
    steps(own_parts, "first", "2011-01-01", "2011-02-28")
    print(rows(own_parts, "select * from flow_day order by day limit 5"))
    print(rows(own_parts, "select * from run"), rows(own_parts, "select * from revision"))
    print(json.dumps(rows(own_parts, "select * from audit"), default=str))
    raise AssertionError
