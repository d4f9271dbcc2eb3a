"""Starts parts as their needs are ready, starts a dead one again, and stops all of them in order."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import FrameType

from ioc.errors import Stop
from ioc.stack.home import PartRecord
from ioc.stack.part import Announcement, Part
from ioc.stack.processes import Identity, spawn
from ioc.stack.stopping import stop_in_order

GIVE_UP_AFTER = 4  # starts of a part that never was ready
LONGEST_BACKOFF = 30.0
FORGIVEN_AFTER = 60.0  # seconds of good work that make earlier failures forgotten
SAME_KEYSTROKE = 1.0  # seconds; a launcher in between may pass the terminal's signal on once more


class Running:
    """A part and its present child."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.record = PartRecord(part.name, "waiting", part.address)
        self.child: subprocess.Popen[bytes] | None = None
        self.preparing: Future[None] | None = None
        self.begun = 0.0
        self.retry_at = 0.0
        self.failures = 0
        self.ever_ready = False

    @property
    def state(self) -> str:
        return self.record.state

    @state.setter
    def state(self, state: str) -> None:
        self.record.state = state

    def is_up(self) -> bool:
        return self.state in ("ready", "done")


class Supervisor:
    """Runs the parts until it is told to stop; `changed` hears of every change of a state."""

    def __init__(
        self,
        parts: Sequence[Part],
        folder: Path,
        environment: Mapping[str, str],
        announcements: Sequence[Announcement],
        say: Callable[[str], None],
        changed: Callable[[list[PartRecord], list[str]], None],
        tick: Callable[[], None] = lambda: None,
    ) -> None:
        self._running = {part.name: Running(part) for part in parts}
        self._folder = folder
        self._environment = environment
        self._unsaid = list(announcements)
        self._announced: list[str] = []
        self._say = say
        self._changed = changed
        self._tick = tick
        self._signals: list[float] = []
        self._wake, self._wake_write = os.pipe()

    def run(self) -> None:
        """Returns after a signal has stopped everything; Stop where a part cannot be started at all."""
        self._listen()
        with ThreadPoolExecutor(4, thread_name_prefix="prepare") as pool:
            try:
                while not self._signals:
                    for running in self._running.values():
                        self._step(running, pool)
                    self._announce()
                    self._tick()
                    self._rest(0.05 if any(not r.is_up() for r in self._running.values()) else 1.0)
                self._say("stopping …")
            finally:
                self._stop_all()

    def _listen(self) -> None:
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._hear)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)  # a death ends the rest at once
        os.set_blocking(self._wake_write, False)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if not self._signals or now - self._signals[-1] > SAME_KEYSTROKE:
            self._signals.append(now)

    def _rest(self, seconds: float) -> None:
        if select.select([self._wake], [], [], seconds)[0]:
            os.read(self._wake, 4096)

    def _step(self, running: Running, pool: ThreadPoolExecutor) -> None:
        match running.state:
            case "waiting":
                if self._may_start(running):
                    self._prepare(running, pool)
            case "preparing":
                if running.preparing is not None and running.preparing.done():
                    running.preparing.result()
                    self._start(running)
            case "starting":
                self._watch_start(running)
            case "ready":
                if running.child is not None and running.child.poll() is not None:
                    self._died(running, f"ended with {_how(running.child.returncode)}")

    def _may_start(self, running: Running) -> bool:
        needs = all(self._running[name].is_up() for name in running.part.needs if name in self._running)
        return needs and time.monotonic() >= running.retry_at

    def _prepare(self, running: Running, pool: ThreadPoolExecutor) -> None:
        running.begun = time.monotonic()
        if running.part.prepare is None:
            self._start(running)
        else:
            running.preparing = pool.submit(running.part.prepare)
            running.state = "preparing"

    def _start(self, running: Running) -> None:
        part = running.part
        environment = {**self._environment, **part.environment}
        log = self._folder / "logs" / f"{part.name}.log"
        running.child = spawn(part.command(), log, environment, self._folder, part.stop)
        known = Identity.of(running.child.pid)
        running.record.pid, running.record.started = known.pid, known.started
        self._become(running, "starting")

    def _watch_start(self, running: Running) -> None:
        child, part = running.child, running.part
        assert child is not None
        ended = child.poll()
        if part.once and ended == 0:
            self._become(running, "done")
            self._say_ready(running)
        elif ended is not None:
            self._died(running, f"ended with {_how(ended)}")
        elif not part.once and part.ready(child.pid):
            self._become(running, "ready")
            self._say_ready(running)
            running.ever_ready = True
        elif time.monotonic() - running.begun > part.start_seconds:
            child.kill()
            child.wait()
            self._died(running, f"was not ready after {part.start_seconds:.0f} s")

    def _say_ready(self, running: Running) -> None:
        seconds = time.monotonic() - running.begun
        self._say(f"{running.part.name:<22} {seconds:5.1f} s  {running.part.address}".rstrip())

    def _died(self, running: Running, how: str) -> None:
        now, part = time.monotonic(), running.part
        if running.ever_ready and now - running.begun > FORGIVEN_AFTER:
            running.failures = 0
        running.failures += 1
        log = self._folder / "logs" / f"{part.name}.log"
        if not running.ever_ready and running.failures >= GIVE_UP_AFTER:
            raise Stop(f"{part.name} {how}, {running.failures} times; the end of {log}:\n{_tail(log)}")
        wait = min(LONGEST_BACKOFF, 0.25 * 2 ** (running.failures - 1))
        running.retry_at = now + wait
        running.record.restarts += 1
        running.record.pid = 0
        self._say(f"{part.name:<22} {how}; starting it again in {wait:.2g} s ({log})")
        self._become(running, "waiting")

    def _become(self, running: Running, state: str) -> None:
        running.state = state
        self._tell()

    def _tell(self) -> None:
        self._changed([running.record for running in self._running.values()], self._announced)

    def _announce(self) -> None:
        for announcement in list(self._unsaid):
            if all(self._running[name].is_up() for name in announcement.needs):
                self._unsaid.remove(announcement)
                self._announced.append(announcement.text)
                self._say(announcement.text)
                self._tell()

    def _stop_all(self) -> None:
        children = [(r.part, r.child) for r in self._running.values() if r.child is not None]
        asked = len(self._signals)
        stop_in_order(children, lambda: len(self._signals) > max(asked, 1))
        for running in self._running.values():
            running.state = "stopped"


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit {code}"


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-12:]) if log.exists() else ""
