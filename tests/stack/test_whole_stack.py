"""`ioc up` on the real parts: a death, a murdered supervisor, status, down, Ctrl-C; nothing is left."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from ioc.stack.home import Home
from ioc.stack.processes import wait_until
from ioc.stack.stopping import leftovers, sweep

pytestmark = [pytest.mark.stack, pytest.mark.fault, pytest.mark.timeout(600)]
IOC = [sys.executable, "-m", "ioc.cli.main"]


class Up:
    """One `ioc up` and what it said."""

    def __init__(self, home: Path, *words: str) -> None:
        self.home = home
        self.environment = {**os.environ, "IOC_HOME": str(home), "IOC_LIVE_WORKERS": "1"}
        self.out = home.with_name(home.name + ".said")
        with self.out.open("ab") as out:
            out.truncate(0)
            command = [*IOC, "up", *words]
            self.process = subprocess.Popen(command, stdout=out, stderr=out, env=self.environment)

    def said(self, text: str, seconds: float = 120) -> str:
        wait_until(lambda: text in self.out.read_text() or self.process.poll() is not None, seconds)
        assert text in self.out.read_text(), self.out.read_text()
        return self.out.read_text()

    def ioc(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [*IOC, *words]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def status(self) -> dict[str, Any]:
        return dict(json.loads(self.ioc("status", "--json").stdout))

    def pid(self, part: str) -> int:
        return int(next(p["pid"] for p in self.status()["parts"] if p["name"] == part))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "home"
    yield folder
    sweep(folder, Home(folder).read_stack())


def test_a_stack_lives_dies_in_part_is_murdered_and_comes_back(home: Path) -> None:
    up = Up(home, "--without", "airflow")
    up.said("screen   http://127.0.0.1:")
    known = up.status()
    assert {part["state"] for part in known["parts"]} == {"ready"}
    assert (known["figures"], known["lag"]) == ({"cases": 0}, 0)
    assert all(part["memory_bytes"] > 1e6 for part in known["parts"])
    with urllib.request.urlopen(known["screens_url"]) as page:
        assert page.status == 200

    psutil.Process(up.pid("live-1")).kill()
    up.said("live-1                 ended with SIGKILL; starting it again")
    assert wait_until(lambda: up.ioc("status").returncode == 0, 30)

    up.process.kill()
    up.process.wait()
    again = Up(home, "--without", "airflow")
    again.said("screen   http://127.0.0.1:")
    assert again.status()["screens_url"] == known["screens_url"]

    assert again.ioc("down").stdout == "stopped\n"
    assert again.process.wait(5) == 0
    assert leftovers(home, None) == []
    assert "nothing runs" in again.ioc("status").stderr


def test_the_demo_with_airflow_starts_and_ends_with_an_impatient_ctrl_c(home: Path) -> None:
    up = Up(home, "--demo")
    said = up.said("Airflow  http://127.0.0.1:", 300)
    assert up.status()["figures"]["cases"] > 0
    assert not [
        line for line in said.splitlines() if "ERROR" in line or "WARN" in line or "Traceback" in line
    ]
    up.process.send_signal(signal.SIGINT)
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(60) == 0
    assert up.said("stopped").endswith("stopping …\nstopped\n")
    assert leftovers(home, None) == []


def test_detached_it_returns_when_all_is_ready(home: Path) -> None:
    environment = {**os.environ, "IOC_HOME": str(home), "IOC_LIVE_WORKERS": "1"}
    words = ["up", "--detach", "--without", "airflow"]
    done = subprocess.run([*IOC, *words], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "screen   http://127.0.0.1:" in done.stdout
    down = subprocess.run([*IOC, "down"], env=environment, capture_output=True, text=True, check=False)
    assert down.stdout == "stopped\n"
