"""`ioc up`: starts every part and keeps it running."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Annotated

import typer

from ioc.errors import Stop
from ioc.settings import home_folder
from ioc.stack.home import Home
from ioc.stack.run import Wish, run

READY_WITHIN = 600.0  # seconds; the first time, jars may have to be fetched


def up(
    demo: Annotated[
        bool, typer.Option("--demo", help="Simulate a province on an accelerated clock.")
    ] = False,
    rate: Annotated[float, typer.Option(min=1, max=3600, help="The demo's seconds per second.")] = 60.0,
    detach: Annotated[
        bool, typer.Option("--detach", help="Return when all runs; `ioc down` stops it.")
    ] = False,
    without: Annotated[list[str] | None, typer.Option(help="Leave out airflow, simulator, gate, ….")] = None,
) -> None:
    """Start every part and keep it running; Ctrl-C stops all of it."""
    if detach:
        _detach()
    else:
        run(Wish(demo, rate, frozenset(without or [])), _say)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _detach() -> None:
    """The same command as a process of its own, its words shown until everything is ready."""
    home = Home(home_folder())
    if pid := home.locked_by():
        raise Stop(f"a stack of {home.folder} runs already (pid {pid}); `ioc down` stops it")
    log = home.folder / "logs" / "up.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    words = [word for word in sys.argv[1:] if word != "--detach"]
    with log.open("wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "ioc.cli.main", *words],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    with log.open() as said:
        until = time.monotonic() + READY_WITHIN
        while time.monotonic() < until:
            sys.stdout.write(said.read())
            sys.stdout.flush()
            stack = home.read_stack()
            if stack and stack.supervisor.pid == child.pid and stack.ready():
                return
            if child.poll() is not None:
                raise Stop(f"`ioc up` ended; {log} says why")
            time.sleep(0.1)
    raise Stop(f"not everything is ready after {READY_WITHIN:.0f} s; `ioc status` shows what is missing")
