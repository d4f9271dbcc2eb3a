"""A province per test, copied from one that is filled once; and `python -m screens` over it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ioc.clock import Clock
from ioc.settings import Settings
from ioc.warehouse import migrate
from screens.testing import NOW, Province

FEED = "records"
COUNTS = (
    "received_today", "resolved_today", "in_process", "overdue", "due_today", "about_to_breach",
    "overdue_without_apology", "waiting_reception",
)  # fmt: skip
SIZES = {"1080p": (1920, 1080), "4K": (3840, 2160)}
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE_MS = 20_000


def at(server: Settings, database: str) -> Settings:
    return server.model_copy(update={"warehouse_url": server.warehouse_url.replace("/ioc?", f"/{database}?")})


@pytest.fixture(scope="session")
def filled(server: Settings) -> Province:
    """A database that tests copy: a province, with mishaps; nothing published."""
    with psycopg.connect(server.warehouse_url, autocommit=True) as conn:
        conn.execute("create database province_filled")
    settings = at(server, "province_filled")
    migrate(settings)
    province = Province(settings, FEED)
    province.fill()
    province.mishaps()
    province.waits()
    province.conn.close()
    return province


@contextmanager
def copied(filled: Province, server: Settings, name: str) -> Iterator[Province]:
    """The filled province in a database of its own."""
    with psycopg.connect(server.warehouse_url, autocommit=True) as conn:
        conn.execute(f"create database {name} template province_filled".encode())
    copy = Province(at(server, name), FEED, filled.registry, dict(filled.offsets))
    yield copy
    copy.conn.close()
    with psycopg.connect(server.warehouse_url, autocommit=True) as conn:
        conn.execute(f"drop database {name} with (force)".encode())


@pytest.fixture
def province(filled: Province, server: Settings, request: pytest.FixtureRequest) -> Iterator[Province]:
    """About thirteen hundred cases in nine weeks, the test's own."""
    with copied(filled, server, f"p{abs(hash(request.node.nodeid)):x}") as province:
        yield province


@pytest.fixture
def empty(warehouse: Settings) -> Iterator[Province]:
    province = Province(warehouse, FEED)
    yield province
    province.conn.close()


@dataclass
class Served:
    """`python -m screens` over a province, its clock standing at NOW when it started."""

    url: str
    process: subprocess.Popen[bytes]
    port: int
    home: Path
    province: Province


def serve(province: Province, home: Path, port: int) -> subprocess.Popen[bytes]:
    """Starts the process as the supervisor does, and waits until it answers."""
    start = datetime.now(UTC)
    environment = {
        **os.environ,
        "IOC_HOME": str(home),
        "IOC_SCREENS_PORT": str(port),
        "IOC_WAREHOUSE_URL": province.settings.warehouse_url,
        "IOC_CLOCK": Clock(start, NOW.astimezone(UTC)).text(),
    }
    with (home / "screens.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "screens"], env=environment, stdout=log, stderr=log, start_new_session=True
        )
    for _ in range(300):
        with suppress(httpx.TransportError):
            if httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200:
                return process
        assert process.poll() is None, (home / "screens.log").read_text()
        time.sleep(0.1)
    raise AssertionError((home / "screens.log").read_text())


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def running(province: Province, home: Path) -> Iterator[Served]:
    """Forty days of the province published, and the process over it."""
    last = (NOW - timedelta(days=1)).date()
    province.publish(last - timedelta(days=40), last)
    port = free_port()
    served = Served(f"http://127.0.0.1:{port}", serve(province, home, port), port, home, province)
    yield served
    served.process.terminate()
    assert served.process.wait(10) in (0, -15)


@pytest.fixture
def served(province: Province, tmp_path: Path) -> Iterator[Served]:
    """For a test that changes the warehouse or the process."""
    with running(province, tmp_path) as served:
        yield served


@pytest.fixture(scope="session")
def standing(
    filled: Province, server: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """For all tests that only look."""
    with (
        copied(filled, server, "province_standing") as province,
        running(province, tmp_path_factory.mktemp("standing")) as served,
    ):
        yield served


@pytest.fixture
def opened() -> Iterator[Callable[[Province, Path], str]]:
    """Starts the process over a province as it is, and gives its address."""
    started: list[subprocess.Popen[bytes]] = []

    def open_(province: Province, home: Path) -> str:
        port = free_port()
        started.append(serve(province, home, port))
        return f"http://127.0.0.1:{port}"

    yield open_
    for process in started:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")  # its loop must be gone before other tests run theirs
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield browser
        browser.close()


class Visit:
    """One browser context far from the province's zone; whatever the console complains of fails the test."""

    def __init__(self, browser: Browser, size: str, pictures: Path) -> None:
        width, height = SIZES[size]
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, timezone_id="America/New_York", locale="en-US"
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.pictures = pictures
        self.complaints: list[str] = []
        self.asked: list[str] = []

    def open(self, address: str) -> Page:
        page = self.context.new_page()
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(address)
        return page

    def tile(self, page: Page, name: str) -> Any:
        return page.locator(f'[data-tile="{name}"] .figure')

    def shown(self, page: Page) -> dict[str, int]:
        """The numbers on the tiles that are counts."""
        expect(self.tile(page, COUNTS[0])).to_be_visible()
        return {name: int(re.sub(r"\D", "", self.tile(page, name).inner_text())) for name in COUNTS}

    def rows_fit(self, page: Page) -> None:
        """Every agency's row that is shown is shown whole, and the total below them."""
        rows = page.locator(".agencies tbody tr:visible")
        assert rows.count() > 10
        last = rows.last.bounding_box()
        foot = page.locator(".agencies tfoot tr").bounding_box()
        assert last is not None
        assert foot is not None
        assert last["y"] + last["height"] <= foot["y"] + 1
        assert foot["y"] + foot["height"] <= (page.viewport_size or {"height": 0})["height"]

    def picture(self, page: Page, name: str) -> None:
        page.screenshot(path=self.pictures / f"{name}.png")


@pytest.fixture
def visit(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    pictures = Path(os.environ.get("SCREENS_PICTURES", request.getfixturevalue("tmp_path")))
    visit = Visit(chromium, getattr(request, "param", "1080p"), pictures)
    yield visit
    visit.context.close()
