"""Stopping in order, and sweeping what a killed supervisor left behind."""

from __future__ import annotations

import itertools
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import psutil

from ioc.stack.home import Stack
from ioc.stack.part import Part
from ioc.stack.processes import end, family

MARK = "_IOC_STACK"  # in the environment of every child and of what it starts: the IOC_HOME they belong to
HURRIED_SECONDS = 2.0
Child = tuple[Part, "subprocess.Popen[bytes]"]


def stop_in_order(children: Iterable[Child], hurried: Callable[[], bool]) -> None:
    """Stops group after group; when `hurried` comes true nobody gets more than two seconds."""
    ordered = sorted(children, key=lambda child: child[0].stop_order)
    for _, group in itertools.groupby(ordered, key=lambda child: child[0].stop_order):
        _stop_group(list(group), hurried)


def _stop_group(group: Sequence[Child], hurried: Callable[[], bool]) -> None:
    alive = [(part, child) for part, child in group if child.poll() is None]
    kin = {part.name: _kin(child.pid) for part, child in alive}
    for part, child in alive:
        child.send_signal(part.stop)
    begun = time.monotonic()
    while waiting := [(part, child) for part, child in alive if child.poll() is None]:
        passed = time.monotonic() - begun
        for part, child in waiting:
            if passed > (min(HURRIED_SECONDS, part.stop_seconds) if hurried() else part.stop_seconds):
                child.kill()
        time.sleep(0.02)
    for part, _ in alive:
        end([member for member in kin[part.name] if member.is_running()], part.stop_children, HURRIED_SECONDS)


def _kin(pid: int) -> list[psutil.Process]:
    try:
        return [member for member in family(psutil.Process(pid)) if member.pid != pid]
    except psutil.NoSuchProcess:
        return []


def leftovers(home: Path, stack: Stack | None) -> list[psutil.Process]:
    """Processes of this IOC_HOME without a supervisor, known by pid and start time or by their mark."""
    found: dict[int, psutil.Process] = {}
    for part in stack.parts if stack else []:
        if part.pid and (leader := part.identity().process()):
            found.update({member.pid: member for member in family(leader)})
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(home):
                found[process.pid] = process
        except (psutil.Error, OSError):
            continue
    return [process for process in found.values() if process.pid != psutil.Process().pid]


def sweep(home: Path, stack: Stack | None) -> int:
    """Ends the leftovers of this IOC_HOME; returns how many. The caller holds the folder's lock."""
    found = leftovers(home, stack)
    databases = [p for p in found if _name(p) == "postgres"]
    end([p for p in found if p not in databases], signal.SIGTERM, 10)
    postmasters = [p for p in databases if p.is_running() and p.parent() not in databases]
    end(postmasters, signal.SIGINT, 10)
    end([p for p in databases if p.is_running()], signal.SIGKILL, 2)
    return len(found)


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.Error:
        return ""
