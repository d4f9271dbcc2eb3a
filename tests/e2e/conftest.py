"""One real stack for all end-to-end tests, started as a person starts it: `ioc up`."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = REPOSITORY.parent / "shared" / "data"
EXAMPLES = REPOSITORY / "docs" / "examples" / "sources"
COMMAND = str(Path(sys.executable).parent / "ioc")

# Feeds nobody wrote code for: the worked example under other names and with another comparison of deadlines.
VARIANTS = {
    "permits-shuffled": "",
    "permits-killed": "",
    "permits-by-instant": "deadline: {compare: instant}\n",
    "permits-small": "",
}
# The province's system is believed until a case ends, the ministry's on how it ended.
TWO_SYSTEMS = """feed: records-two
extends: records
authority:
  stages:
    processing: {sources: [province.example, ministry.example]}
    ending: {sources: [ministry.example, province.example]}
"""


class Stack:
    """The commands a person types, against one IOC_HOME."""

    def __init__(self, home: Path, schemas: Path) -> None:
        self.home = home
        self.schemas = schemas
        clean = {name: value for name, value in os.environ.items() if not name.startswith("IOC_")}
        self.env = clean | {"IOC_HOME": str(home), "IOC_SCHEMAS_PATH": str(schemas), "IOC_LIVE_WORKERS": "2"}
        # Airflow takes up a daily run that was missed by up to a tenth of a day: keep it far away.
        far = f"0 {(datetime.now(UTC).hour + 12) % 24} * * *"
        self.env |= {"IOC_ROLLUP_CRON": far, "IOC_SERIES_CRON": far}
        self.env.pop("PYTHONDONTWRITEBYTECODE", None)
        self.log = home.parent / "up.log"

    def up(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as out:
            return subprocess.Popen(
                [COMMAND, "up"],
                cwd=self.home.parent,
                env=self.env,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def run(self, *words: str, ok: bool = True, seconds: float = 500) -> subprocess.CompletedProcess[str]:
        said = subprocess.run(
            [COMMAND, *words], cwd=REPOSITORY, env=self.env, capture_output=True, text=True, timeout=seconds
        )
        assert not ok or said.returncode == 0, f"ioc {' '.join(words)}: {said.stdout}\n{said.stderr}"
        return said

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [COMMAND, *words],
            cwd=REPOSITORY,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json").stdout)

    def status(self) -> dict[str, Any]:
        said = self.run("status", "--json", ok=False)
        return dict(json.loads(said.stdout)) if said.stdout.startswith("{") else {}

    def flow(self, feed: str, *, period: str = "month", by: str = "none") -> list[dict[str, Any]]:
        words = ("flow", "--feed", feed, "--period", period, "--by", by, "--format", "json")
        return list(json.loads(self.run(*words).stdout))

    def is_up(self, *names: str) -> bool:
        states = {part["name"]: part["state"] for part in self.status().get("parts", [])}
        return all(states.get(name) == "ready" for name in names)

    def part_pid(self, name: str) -> int:
        return int(next(part["pid"] for part in self.status()["parts"] if part["name"] == name))

    def wait_for(self, check: Callable[[], bool], what: str, seconds: float = 120) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if check():
                return
            time.sleep(0.5)
        raise AssertionError(f"waited {seconds} s for {what}; see {self.log}")


def own_schemas(folder: Path) -> Path:
    """A province's own folder: variants of the worked example, as data only."""
    for feed, more in VARIANTS.items():
        place = folder / "feeds" / feed
        place.mkdir(parents=True)
        (place / "feed.yaml").write_text(f"feed: {feed}\nextends: permits\n{more}")
    place = folder / "feeds" / "records-two"
    place.mkdir()
    (place / "feed.yaml").write_text(TWO_SYSTEMS)
    return folder


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    scratch = tmp_path_factory.mktemp("e2e")
    stack = Stack(scratch / "home", own_schemas(scratch / "schemas"))
    running = stack.up()
    try:
        stack.wait_for(lambda: stack.is_up("intake", "live-1", "live-2", "screens"), "the live parts")
        yield stack
        running.send_signal(signal.SIGINT)
        assert running.wait(60) == 0, stack.log.read_text()
    finally:
        if running.poll() is None:
            running.send_signal(signal.SIGTERM)
            running.wait(60)
        shutil.rmtree(scratch, ignore_errors=True)


@pytest.fixture
def mapping_for(tmp_path: Path) -> Callable[[str, str], Path]:
    """A worked example's mapping, pointed at another feed: what a province would do with an editor."""

    def write(source: str, feed: str) -> Path:
        text = (EXAMPLES / f"{source}.yaml").read_text()
        assert "\nfeed: permits\n" in text
        text = text.replace("\nfeed: permits\n", f"\nfeed: {feed}\n").replace(
            f"source: {source}\n", f"source: {source}-{feed}\n"
        )
        place = tmp_path / f"{source}-{feed}.yaml"
        place.write_text(text)
        return place

    return write


@pytest.fixture(scope="session")
def receipt_log() -> Path:
    log = SHARED / "permits" / "receipt_original.csv"
    if not log.exists():
        pytest.skip(f"the Dutch receipt log is not beside the project: {log}")
    return log


@pytest.fixture(scope="session")
def receipt_reference(receipt_log: Path) -> dict[str, Any]:
    reference = json.loads((receipt_log.parent / "receipt_reference.json").read_text())
    return dict(reference["policy_quarantine"])
