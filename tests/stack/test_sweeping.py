"""What a killed supervisor left behind is found by pid and start time or by its mark, and nothing else is."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ioc.errors import Stop
from ioc.settings import Settings
from ioc.stack.home import Home, PartRecord, Stack
from ioc.stack.processes import Identity
from ioc.stack.run import stop
from ioc.stack.stopping import MARK, sweep


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(["sleep", "60"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


def a_stack(process: "subprocess.Popen[bytes]", started: float) -> Stack:
    gone = Identity(process.pid, 1.0)
    return Stack(gone, False, [PartRecord("a", "ready", pid=process.pid, started=started)])


def test_a_recorded_process_is_ended(tmp_path: Path, sleeper: "subprocess.Popen[bytes]") -> None:
    stack = a_stack(sleeper, psutil.Process(sleeper.pid).create_time())
    assert sweep(tmp_path, stack) == 1
    assert sleeper.poll() is not None


def test_a_later_process_with_the_same_pid_is_spared(
    tmp_path: Path, sleeper: "subprocess.Popen[bytes]"
) -> None:
    stack = a_stack(sleeper, psutil.Process(sleeper.pid).create_time() - 100)
    assert sweep(tmp_path, stack) == 0
    assert sleeper.poll() is None


def test_a_marked_process_is_ended_and_another_homes_is_spared(tmp_path: Path) -> None:
    ours = subprocess.Popen(["sleep", "60"], env={**os.environ, MARK: str(tmp_path)})
    other = subprocess.Popen(["sleep", "60"], env={**os.environ, MARK: str(tmp_path / "other")})
    try:
        assert sweep(tmp_path, None) == 1
        assert ours.poll() is not None
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_down_without_a_stack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="nothing runs"):
        stop(tmp_path)


def test_down_after_a_kill_ends_what_was_left(tmp_path: Path, sleeper: "subprocess.Popen[bytes]") -> None:
    home = Home(tmp_path)
    home.write_stack(Settings(home=tmp_path), a_stack(sleeper, psutil.Process(sleeper.pid).create_time()))
    assert "ended 1 processes" in stop(tmp_path)
    assert not home.stack_file.exists()


def test_the_lock_says_which_process_has_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.lock()
    held = f"from ioc.stack.home import Home; from pathlib import Path; Home(Path('{tmp_path}')).lock()"
    done = subprocess.run([sys.executable, "-c", held], capture_output=True, text=True, check=False)
    assert f"runs already (pid {os.getpid()})" in done.stderr
    assert Home(tmp_path).locked_by() == os.getpid()
