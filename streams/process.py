"""What every process of streams needs: a log, a stop flag, and a warehouse that may go away."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

import psycopg

from ioc.errors import Retry
from ioc.settings import Settings
from ioc.warehouse import connect
from ioc.warehouse.connection import Connection

log = logging.getLogger(__name__)

LONGEST_PAUSE = 2.0  # seconds between attempts to reach the warehouse


def log_to_stdout() -> None:
    """One line per message; the supervisor keeps it in the part's file."""
    shape = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format=shape)
    logging.getLogger("kafka").setLevel(logging.WARNING)


def stop_on_signal() -> threading.Event:
    """Set by SIGTERM or SIGINT; loops look at it between two rounds."""
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return stopping


class Warehouse:
    """One autocommit connection, made again when it broke; `ready` runs once on each new one."""

    def __init__(
        self,
        settings: Settings,
        name: str,
        stopping: threading.Event,
        ready: Callable[[Connection], None] = lambda conn: None,
    ) -> None:
        self._settings = settings
        self._name = name
        self._stopping = stopping
        self._ready = ready
        self._conn: Connection | None = None

    def conn(self) -> Connection:
        """The connection; waits while the warehouse is away, Retry where the process stops meanwhile."""
        pause = 0.1
        while self._conn is None or self._conn.closed:
            try:
                self._conn = self._open()
            except (Retry, psycopg.OperationalError) as exc:
                log.warning("waiting for the warehouse: %s", exc)
                if self._stopping.wait(pause):
                    raise Retry("stopped while waiting for the warehouse") from exc
                pause = min(2 * pause, LONGEST_PAUSE)
        return self._conn

    def _open(self) -> Connection:
        conn = connect(self._settings, autocommit=True, name=self._name)
        try:
            self._ready(conn)
        except BaseException:
            conn.close()
            raise
        return conn

    def drop(self) -> None:
        """Forgets the connection, after the server refused it or went away."""
        if self._conn is not None:
            self._conn.close()
        self._conn = None
