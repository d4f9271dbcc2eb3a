"""A sheet by the command and by the page, through a real intake and a live worker into the warehouse."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from openpyxl import load_workbook

from ioc.entry import MOST_BYTES
from ioc.settings import Settings
from ioc.stack import topics
from ioc.warehouse import connect
from schemas import ObservationFeed, Registry
from tests.entry.conftest import AGENCY, COLUMNS, Fill

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]

ROWS = [
    {"series": "guests", "agency": AGENCY, "period": "05/03/2026", "value": 12},
    {"series": "fairs", "period": 2025, "value": 1},
]
KEY, FAIRS = f"guests/{AGENCY}/2026-03-05/", "fairs//2025/"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_well(url: str) -> bool:
    return httpx.get(f"{url}/health").status_code == 200


def until(check: Callable[[], Any], what: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with suppress(httpx.TransportError):
            if check():
                return
        time.sleep(0.1)
    raise AssertionError(f"waited for {what}")


@dataclass
class Running:
    """Intake, live and screens of one feed that people enter."""

    settings: Settings
    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    children: list[subprocess.Popen[bytes]] = field(default_factory=list)
    screens: str = ""

    def start(self) -> None:
        intake, screens = free_port(), free_port()
        self.screens = f"http://127.0.0.1:{screens}"
        chosen = {"IOC_HOME": str(self.settings.home), "IOC_SCHEMAS_PATH": str(self.folder)}
        chosen |= {"IOC_INTAKE_PORT": str(intake), "IOC_INTAKE_URL": f"http://127.0.0.1:{intake}"}
        self.env = {**os.environ, **chosen, "IOC_SCREENS_PORT": str(screens)}
        for words in (["streams.intake"], ["streams.live", "--worker", "1"], ["screens"]):
            with (self.settings.home / "logs" / f"{words[0]}.log").open("ab") as log:
                command = [sys.executable, "-m", *words]
                self.children.append(subprocess.Popen(command, env=self.env, stdout=log, stderr=log))
        for url in (f"http://127.0.0.1:{intake}", self.screens):
            until(partial(is_well, url), url)

    def enter(self, content: bytes, code: int = 0) -> str:
        """What `ioc enter` says."""
        path = self.settings.home / "sheet.xlsx"
        path.write_bytes(content)
        words = ["enter", "visits", str(path), "--by", "Nguyễn Văn A"]
        command = [sys.executable, "-m", "ioc.cli.main", *words]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=100, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stderr if code else done.stdout

    def upload(self, content: bytes, who: str = "Trần Thị B", **headers: str) -> httpx.Response:
        asked = {"file": "sheet.xlsx", "lang": "vi"}
        said = {"X-Entered-By": quote(who), **headers}
        url = f"{self.screens}/api/visits/sheet"
        return httpx.post(url, params=asked, headers=said, content=content, timeout=60)

    def values(self) -> dict[str, str | None]:
        with connect(self.settings, autocommit=True) as conn:
            rows: Any = conn.execute("select case_id, attributes->>'value' from cases where feed = 'visits'")
            return dict(rows.fetchall())

    def events(self) -> list[tuple[str, str]]:
        query = "select source, data->>'entered_by' from event where feed = 'visits' order by received_at, id"
        with connect(self.settings, autocommit=True) as conn:
            rows: Any = conn.execute(query)
            return list(rows.fetchall())


@pytest.fixture
def running(parts: Settings, folder: Path, registry: Registry, feed: ObservationFeed) -> Iterator[Running]:
    topics.prepare(parts, Registry(observations={feed.feed: feed}))
    running = Running(parts, folder)
    running.start()
    yield running
    for child in running.children:
        child.terminate()
        child.wait(20)


def test_a_sheet_is_entered_by_command_and_corrected_by_page(running: Running, fill: Fill) -> None:
    wrong = running.enter(fill(*ROWS, {**ROWS[0], "agency": None, "value": "x"}), code=1)
    assert wrong == "Nhập liệu!E6: 'x'; write one number without words, unit or thousands marks\n" + (
        "1 cells to mend; nothing was taken\n"
    )
    first = running.enter(fill(*ROWS))
    assert first == "2 rows accepted, 0 known already, 1 examples left out\n"
    until(lambda: running.values() == {KEY: "12", FAIRS: "1"}, "the first sheet")
    assert running.enter(fill(*ROWS)).startswith("0 rows accepted, 2 known already")

    template = httpx.get(f"{running.screens}/api/visits/template.xlsx")
    assert template.headers["content-disposition"] == 'attachment; filename="visits.xlsx"'
    assert [cell.value for cell in load_workbook(io.BytesIO(template.content)).worksheets[0][2]] == list(
        COLUMNS
    )
    refused = running.upload(fill({**ROWS[0], "value": -1}, {**ROWS[0], "series": "?"}))
    assert refused.status_code == 422
    assert refused.json()["findings"] == [
        ["Nhập liệu!E4", "-1", "ghi ít nhất 0"],
        ["Nhập liệu!B5", "?", "chọn trong danh sách của mẫu"],
    ]
    assert running.values() == {KEY: "12", FAIRS: "1"}
    corrected = running.upload(fill({**ROWS[0], "value": 13}, ROWS[1]))
    assert corrected.json() == {"accepted": 1, "known": 1, "examples": 1, "refused": []}
    until(lambda: running.values() == {KEY: "13", FAIRS: "1"}, "the correction")
    events = running.events()
    assert {source for source, _ in events} == {"manual:visits"}
    assert [who[:4] for _, who in events] == ["tok_"] * 3
    assert events[0][1] == events[1][1] != events[2][1]


def test_the_page_takes_nothing_from_elsewhere_nor_what_is_too_large(running: Running, fill: Fill) -> None:
    good = fill(ROWS[0])
    assert running.upload(good, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert running.upload(good, **{"Origin": "http://elsewhere.example"}).status_code == 403
    assert running.upload(b"x" * (MOST_BYTES + 1)).status_code == 413
    assert (nobody := running.upload(good, who=" ")).status_code == 400
    assert "say who enters it" in nobody.json()["mend"]
    assert running.upload(b"no workbook").status_code == 400
    url = f"{running.screens}/api/records/template.xlsx"
    assert "entered by hand" in httpx.get(url).json()["mend"]
    page = httpx.get(f"{running.screens}/enter?feed=visits")
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "http" not in page.text.replace("http-equiv", "")
    labels = {
        one["feed"]: one["label"]["vi"] for one in httpx.get(f"{running.screens}/api/manual").json()["feeds"]
    }
    assert labels["visits"] == "Lượt khách"


def test_an_intake_that_is_away_takes_nothing_and_says_so(running: Running, fill: Fill) -> None:
    intake = running.children[0]
    intake.terminate()
    intake.wait(20)
    said = running.upload(fill({**ROWS[0], "period": "06/03/2026"}))
    assert said.status_code == 503
    assert "nothing counts twice" in said.json()["error"]
