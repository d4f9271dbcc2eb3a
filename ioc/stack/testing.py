"""Real parts for tests: PostgreSQL alone, or with Kafka, started under a given folder and stopped again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from ioc.errors import Stop
from ioc.heartbeat import write_atomically
from ioc.settings import Settings
from ioc.stack.postgres import STOP, Postgres
from ioc.stack.processes import end, family, spawn, wait_until


@contextmanager
def postgres(home: Path) -> Iterator[Settings]:
    """A running warehouse (nothing migrated) with its data under `home`; `warehouse_url` tells where."""
    server = Postgres(home.resolve())
    server.prepare()
    log = home / "logs" / "postgres.log"
    child = spawn(server.command(), log, os.environ, home, STOP)
    try:
        if not wait_until(lambda: server.ready() or child.poll() is not None, 30) or child.poll() is not None:
            raise Stop(f"PostgreSQL did not start: {log.read_text()[-800:]}")
        write_atomically(home / "stack.json", json.dumps({"warehouse_url": server.url()}))
        yield Settings(home=home.resolve(), warehouse_url=server.url())
    finally:
        if child.poll() is None:
            child.send_signal(STOP)
            wait_until(lambda: child.poll() is not None, 20)
        if child.poll() is None:
            end(family(psutil.Process(child.pid)), STOP, 5)
        child.wait(5)
        server.clear()
