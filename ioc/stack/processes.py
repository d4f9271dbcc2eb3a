"""Child processes: each in a session of its own, known again by pid and start time, ended with its own."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

PR_SET_PDEATHSIG = 1
LONGEST_LOG = 20_000_000  # bytes; a longer one is set aside when its part starts again
LINUX = sys.platform.startswith("linux")


def dies_with_parent(sign: signal.Signals) -> Callable[[], None] | None:
    """What a child runs before exec so that the kernel signals it when its parent dies, if it can."""
    if not LINUX:
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, int(sign), 0, 0, 0)


def spawn(
    command: Sequence[str],
    log: Path,
    env: Mapping[str, str],
    cwd: Path,
    on_parent_death: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Starts `command` in its own session; its output is appended to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LONGEST_LOG:
        log.replace(log.with_suffix(".old.log"))
    with log.open("ab") as out:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            preexec_fn=dies_with_parent(on_parent_death),
        )


@dataclass(frozen=True)
class Identity:
    """A process that cannot be mistaken for a later one with the same pid."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> Identity:
        try:
            return cls(pid, psutil.Process(pid).create_time())
        except psutil.NoSuchProcess:
            return cls(pid, 0.0)

    def process(self) -> psutil.Process | None:
        """The process if it still runs and is the same one."""
        try:
            found = psutil.Process(self.pid)
            same = abs(found.create_time() - self.started) < 1.0 and found.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return found if same else None


def session_members(leaders: Iterable[int]) -> list[psutil.Process]:
    """Every process whose session was begun by one of `leaders`, themselves included."""
    wanted = set(leaders)
    members = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) in wanted and process.status() != psutil.STATUS_ZOMBIE:
                members.append(process)
        except (ProcessLookupError, PermissionError, psutil.NoSuchProcess):
            continue
    return members


def family(leader: psutil.Process) -> list[psutil.Process]:
    """The process, its descendants and whatever else shares their sessions."""
    try:
        below = leader.children(recursive=True)
    except psutil.NoSuchProcess:
        below = []
    found = {p.pid: p for p in [leader, *below]}
    leaders = [pid for pid in found if _leads(pid)]
    found.update({p.pid: p for p in session_members(leaders)})
    return list(found.values())


def _leads(pid: int) -> bool:
    try:
        return os.getsid(pid) == pid
    except ProcessLookupError:
        return False


def end(processes: Iterable[psutil.Process], sign: signal.Signals, seconds: float) -> list[psutil.Process]:
    """Signals all, waits up to `seconds`, kills the rest; returns those that had to be killed."""
    asked = list(processes)
    for process in asked:
        _signal(process, sign)
    _, alive = psutil.wait_procs(asked, timeout=seconds)
    for process in alive:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=5)
    return alive


def _signal(process: psutil.Process, sign: signal.Signals) -> None:
    try:
        process.send_signal(sign)
    except psutil.NoSuchProcess:
        return


def wait_until(ready: Callable[[], bool], seconds: float, every: float = 0.05) -> bool:
    """Whether `ready` came true within `seconds`."""
    until = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > until:
            return False
        time.sleep(every)
    return True
