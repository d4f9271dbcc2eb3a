"""The stack that a benchmark measures: a running one, or one of its own under a temporary IOC_HOME."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from ioc.settings import Settings, load
from ioc.stack.home import Home

STARTS_WITHIN = 180.0


@contextmanager
def stack(running: Path | None) -> Iterator[Settings]:
    """Settings of the stack of IOC_HOME=`running`, or of a fresh one without Airflow, stopped afterwards."""
    if running is not None:
        os.environ["IOC_HOME"] = str(running.resolve())
        yield load()
        return
    with tempfile.TemporaryDirectory(prefix="ioc-bench-") as folder:
        os.environ["IOC_HOME"] = folder
        command = [sys.executable, "-P", "-m", "ioc.cli.main", "up", "--without", "airflow"]
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
        try:
            _wait_until_ready(child, Home(Path(folder)))
            yield load()
        finally:
            child.send_signal(signal.SIGTERM)
            child.wait(120)


def _wait_until_ready(child: subprocess.Popen[bytes], home: Home) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        known = home.read_stack()
        if known is not None and known.ready():
            return
        if child.poll() is not None:
            raise SystemExit(f"`ioc up` ended with {child.returncode}")
        time.sleep(0.2)
    raise SystemExit("the stack was not ready in time")


class Work:
    """CPU seconds of each part since the last look."""

    def __init__(self, settings: Settings) -> None:
        known = Home(settings.home).read_stack()
        self._parts = [(part.name, part.pid) for part in known.parts if part.pid] if known else []
        self._before = self._spent()

    def _spent(self) -> dict[str, float]:
        spent = {}
        for name, pid in self._parts:
            try:
                process = psutil.Process(pid)
                family = [process, *process.children(recursive=True)]
                spent[name] = sum(sum(one.cpu_times()[:2]) for one in family)
            except psutil.NoSuchProcess:
                continue
        spent["this bench"] = sum(psutil.Process().cpu_times()[:2])
        return spent

    def done(self, events: int) -> str:
        """Microseconds of CPU per event, part by part, the dearest first."""
        now = self._spent()
        each = {name: 1e6 * (now[name] - self._before.get(name, 0.0)) / events for name in now}
        self._before = now
        dearest = sorted(each.items(), key=lambda item: -item[1])
        return "CPU µs an event: " + ", ".join(f"{name} {spent:.0f}" for name, spent in dearest if spent >= 1)
