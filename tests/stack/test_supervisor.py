"""The supervisor over toy parts: order of starts and stops, restarts, giving up, nothing left behind."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from ioc.stack.home import Home
from ioc.stack.processes import wait_until
from ioc.stack.stopping import leftovers

STEADY = "READY; exec sleep 60"
Toys = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def toys(tmp_path: Path) -> Iterator[Toys]:
    started: list[subprocess.Popen[str]] = []

    def start(a: str = STEADY, b: str = STEADY) -> subprocess.Popen[str]:
        command = [sys.executable, str(Path(__file__).with_name("toy_stack.py")), str(tmp_path), a, b]
        with (tmp_path / "said").open("w") as out:
            started.append(subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
    for left in leftovers(tmp_path, Home(tmp_path).read_stack()):
        left.kill()


def said(folder: Path, text: str, seconds: float = 20) -> str:
    """What the toys have said once `text` is in it."""
    assert wait_until(lambda: text in (folder / "said").read_text(), seconds), (folder / "said").read_text()
    return (folder / "said").read_text()


def pids(folder: Path) -> dict[str, int]:
    stack = Home(folder).read_stack()
    assert stack is not None
    return {part.name: part.pid for part in stack.parts}


def test_a_part_starts_when_what_it_needs_is_ready_and_each_says_its_seconds(
    tmp_path: Path, toys: Toys
) -> None:
    toys(a="sleep 0.5; READY; exec sleep 60")
    lines = said(tmp_path, "all here").splitlines()
    assert [line.split()[0] for line in lines] == ["a", "b", "all"]
    assert re.fullmatch(r"a +\d+\.\d s", lines[0])


def test_parts_stop_in_order_and_nothing_is_left(tmp_path: Path, toys: Toys) -> None:
    note = "echo {} >> order; exit 0"
    script = "trap '" + note + "' TERM; READY; while :; do sleep 0.1; done"
    stack = toys(a=script.format("a"), b=script.format("b"))
    said(tmp_path, "all here")
    stack.send_signal(signal.SIGINT)
    assert stack.wait(10) == 0
    assert (tmp_path / "order").read_text().split() == ["b", "a"]
    assert leftovers(tmp_path, Home(tmp_path).read_stack()) == []


def test_what_a_part_started_ends_with_it(tmp_path: Path, toys: Toys) -> None:
    stack = toys(b="sleep 61 & setsid sleep 62 & READY; exec sleep 60")
    said(tmp_path, "all here")
    below = psutil.Process(pids(tmp_path)["b"]).children()
    assert len(below) == 2
    stack.send_signal(signal.SIGTERM)
    stack.wait(10)
    assert not any(process.is_running() for process in below)


def test_a_dead_part_is_started_again_and_said_so(tmp_path: Path, toys: Toys) -> None:
    toys()
    said(tmp_path, "all here")
    before = pids(tmp_path)["b"]
    psutil.Process(before).kill()
    said(tmp_path, "b                      ended with SIGKILL; starting it again in 0.25 s")
    assert wait_until(lambda: pids(tmp_path)["b"] not in (0, before), 5)


def test_a_part_that_never_starts_ends_all_with_its_last_words(tmp_path: Path, toys: Toys) -> None:
    stack = toys(b="echo no such table; exit 3")
    text = said(tmp_path, "no such table")
    assert stack.wait(10) == 1
    assert "b ended with exit 3, 4 times" in text
    assert leftovers(tmp_path, Home(tmp_path).read_stack()) == []


def test_a_part_that_is_never_ready_is_started_again(tmp_path: Path, toys: Toys) -> None:
    toys(b="exec sleep 60")
    said(tmp_path, "was not ready after 3 s; starting it again")


def test_a_stubborn_part_is_killed_and_sooner_after_a_second_ctrl_c(tmp_path: Path, toys: Toys) -> None:
    stack = toys(b="trap '' TERM; READY; while :; do sleep 0.1; done")
    said(tmp_path, "all here")
    stack.send_signal(signal.SIGINT)
    time.sleep(1.2)
    begun = time.monotonic()
    stack.send_signal(signal.SIGINT)
    assert stack.wait(10) == 0
    assert time.monotonic() - begun < 1.7
    assert leftovers(tmp_path, Home(tmp_path).read_stack()) == []


def test_when_the_supervisor_is_killed_its_parts_go_too(tmp_path: Path, toys: Toys) -> None:
    stack = toys()
    said(tmp_path, "all here")
    parts = [psutil.Process(pid) for pid in pids(tmp_path).values()]
    stack.kill()
    stack.wait()
    assert wait_until(lambda: not any(part.is_running() for part in parts), 5)


def test_a_second_stack_of_the_same_folder_is_refused(tmp_path: Path, toys: Toys) -> None:
    first = toys()
    said(tmp_path, "all here")
    second = toys()
    assert second.wait(10) == 1
    assert f"runs already (pid {first.pid})" in said(tmp_path, "runs already")
    assert first.poll() is None
