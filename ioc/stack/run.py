"""One stack from its lock to its last process: what `ioc up` does, and how others end it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ioc.clock import Clock
from ioc.errors import Stop
from ioc.settings import load
from ioc.stack.choices import NOTED_EVERY, choose, exported, note_clock
from ioc.stack.home import Home, PartRecord, Stack
from ioc.stack.jars import fetch
from ioc.stack.plan import whole
from ioc.stack.postgres import Postgres
from ioc.stack.processes import Identity, wait_until
from ioc.stack.stopping import sweep
from ioc.stack.supervisor import Supervisor

STOPS_WITHIN = 90.0  # seconds


@dataclass(frozen=True)
class Wish:
    """How `up` was asked to run: `rate`: the demo's seconds per second, `without`: parts to leave out."""

    demo: bool = False
    rate: float = 60.0
    without: frozenset[str] = frozenset()


def run(wish: Wish, say: Callable[[str], None]) -> None:
    """Runs the stack of this IOC_HOME until a signal stops it; Stop where it cannot be started."""
    asked = load(chosen=False)
    home = Home(asked.home)
    home.lock()
    if swept := sweep(home.folder, home.read_stack()):
        say(f"ended {swept} processes that an earlier stack left behind")
    home.forget_stack()
    database = Postgres(asked.home)
    settings = choose(asked, home, wish.demo, wish.rate, database.url())
    jars = None if asked.kafka_servers else fetch()
    parts, announcements = whole(settings, database, jars, wish.demo, set(wish.without))
    stack, clock = Stack(Identity.of(os.getpid()), wish.demo), _Noted(home, Clock.parse(settings.clock))

    def changed(records: list[PartRecord], announced: list[str]) -> None:
        stack.parts, stack.announced = records, announced
        home.write_stack(settings, stack)

    changed([], [])
    try:
        Supervisor(parts, settings.home, exported(settings), announcements, say, changed, clock.note).run()
    finally:
        sweep(home.folder, home.read_stack())
        clock.note(stopping=True)
        home.forget_stack()
        database.clear()
    say("stopped")


class _Noted:
    """Writes down now and then how far the stack's time has come."""

    def __init__(self, home: Home, clock: Clock) -> None:
        self._home, self._clock, self._next = home, clock, 0.0

    def note(self, stopping: bool = False) -> None:
        if stopping or time.monotonic() >= self._next:
            self._next = time.monotonic() + NOTED_EVERY.total_seconds()
            note_clock(self._home, self._clock, datetime.now(UTC), stopping)


def stop(folder: Path) -> str:
    """Stops the stack of `folder`, whoever runs it, and returns what was done; Stop where nothing runs."""
    home = Home(folder)
    pid = home.locked_by()
    if pid:
        os.kill(pid, signal.SIGTERM)
        if not wait_until(lambda: home.locked_by() is None, STOPS_WITHIN):
            raise Stop(f"the stack of {folder} (pid {pid}) has not stopped within {STOPS_WITHIN:.0f} s")
        return "stopped"
    if home.stack_file.exists():
        home.lock()
        swept = sweep(folder, home.read_stack())
        home.forget_stack()
        return f"its supervisor was gone; ended {swept} processes that it left behind"
    raise Stop(f"nothing runs for IOC_HOME={folder}; `ioc up` starts a stack")
