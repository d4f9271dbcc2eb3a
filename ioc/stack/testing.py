"""Real parts for tests: PostgreSQL alone, or with Kafka, started under a given folder and stopped again."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from ioc.errors import Stop
from ioc.heartbeat import write_atomically
from ioc.settings import Settings
from ioc.stack import kafka as broker
from ioc.stack import postgres as warehouse
from ioc.stack import topics
from ioc.stack.jars import fetch
from ioc.stack.processes import end, family, spawn, wait_until
from ioc.warehouse import migrate
from schemas import Registry


@contextmanager
def postgres(home: Path) -> Iterator[Settings]:
    """A running warehouse (nothing migrated) with its data under `home`; `warehouse_url` tells where."""
    home = home.resolve()
    server = warehouse.Postgres(home)
    server.prepare()
    with child("postgres", server.command(), home, server.ready, warehouse.STOP):
        settings = Settings(home=home, warehouse_url=server.url())
        _tell(settings)
        yield settings
    server.clear()


@contextmanager
def parts(home: Path, registry: Registry) -> Iterator[Settings]:
    """PostgreSQL, migrated, and Kafka with these feeds' topics; `IOC_HOME=home` finds both in any process."""
    with postgres(home) as settings, kafka(home, settings) as settings:
        migrate(settings)
        topics.prepare(settings, registry)
        yield settings


@contextmanager
def kafka(home: Path, settings: Settings) -> Iterator[Settings]:
    """A running broker without topics; `kafka_servers` tells where."""
    home = home.resolve()
    server = broker.Kafka(home, fetch(), broker.free_port(), broker.free_port())
    server.prepare()
    with child("kafka", server.command(), home, server.ready, broker.STOP):
        both = settings.model_copy(update={"kafka_servers": server.servers})
        _tell(both)
        yield both


@contextmanager
def child(
    part: str,
    command: Sequence[str],
    home: Path,
    ready: Callable[[], bool],
    sign: signal.Signals = signal.SIGTERM,
) -> Iterator[psutil.Process]:
    """One part as a child of the test, from ready to gone; it logs to `home/logs/<part>.log`."""
    log = home / "logs" / f"{part}.log"
    environment = {**os.environ, "IOC_HOME": str(home)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = spawn(command, log, environment, home, sign)
    try:
        wait_until(lambda: ready() or started.poll() is not None, 30)
        if started.poll() is not None or not ready():
            raise Stop(f"{part} did not start: {log.read_text()[-800:]}")
        yield psutil.Process(started.pid)
    finally:
        if started.poll() is None:
            started.send_signal(sign)
            if not wait_until(lambda: started.poll() is not None, 20):
                end(family(psutil.Process(started.pid)), signal.SIGKILL, 5)
        started.wait(5)


def _tell(settings: Settings) -> None:
    known = settings.model_dump(include={"warehouse_url", "kafka_servers"})
    write_atomically(settings.home / "stack.json", json.dumps({k: v for k, v in known.items() if v}))
