"""The page in headless Chromium: what a person sees is what the warehouse holds, in both views and sizes."""

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from screens.testing import NOW

pytestmark = pytest.mark.browser

SIZES = {"1080p": (1920, 1080), "4K": (3840, 2160)}
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE_MS = 20_000
COUNTS = ("received_today", "resolved_today", "in_process", "overdue", "due_today")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
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

    def picture(self, page: Page, name: str) -> None:
        page.screenshot(path=self.pictures / f"{name}.png")


@pytest.fixture
def visit(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    pictures = Path(os.environ.get("SCREENS_PICTURES", request.getfixturevalue("tmp_path")))
    visit = Visit(chromium, getattr(request, "param", "1080p"), pictures)
    yield visit
    visit.context.close()


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def tile(page: Page, name: str) -> Any:
    return page.locator(f'[data-tile="{name}"] .figure')


def shown(page: Page) -> dict[str, int]:
    expect(tile(page, "received_today")).to_be_visible()
    return {name: number(tile(page, name).inner_text()) for name in COUNTS}


def counted(province: Any) -> dict[str, int]:
    day = NOW.date()
    sums = {
        "received_today": "in_figures and entered_on = %(day)s",
        "resolved_today": "in_figures and resolved_on = %(day)s",
        "in_process": "in_figures and resolved_at is null",
        "overdue": "in_figures and resolved_at is null and due_on < %(day)s",
        "due_today": "in_figures and resolved_at is null and due_on = %(day)s",
    }
    row = province.conn.execute(
        "select " + ", ".join(f"count(*) filter (where {where})" for where in sums.values()) + " from cases",
        {"day": day},
    ).fetchone()
    return dict(zip(sums, row, strict=True))


@pytest.mark.parametrize("visit", SIZES, indirect=True)
@pytest.mark.parametrize("query", ["", "?view=wall", "?lang=en", "?view=wall&lang=en"])
def test_numbers_on_the_page_are_the_warehouses(standing: Any, visit: Visit, query: str) -> None:
    page = visit.open(f"{standing.url}/{query}")
    assert shown(page) == counted(standing.province)
    expect(page.locator(".chart[data-drawn='30']")).to_be_visible()
    expect(page.locator(".fresh")).to_have_attribute("data-state", "live")
    rate = page.locator('[data-tile="on_time_rate"]')
    part, whole = (number(text) for text in rate.locator(".of a").all_inner_texts())
    written = f"{part / whole * 100:.2f}"
    percent = f"{written}%" if "lang=en" in query else f"{written} %".replace(".", ",")
    assert rate.locator(".figure").inner_text().replace("\u00a0", " ").replace("\n", "") == percent
    assert whole == counted(standing.province)["resolved_today"]
    size = page.viewport_size
    assert size is not None
    visit.picture(page, f"board-{size['width']}-{query.strip('?').replace('&', '-') or 'desk'}")
    assert visit.complaints == []
    assert {urlsplit(url).netloc for url in visit.asked} == {urlsplit(standing.url).netloc}


@pytest.mark.parametrize("visit", SIZES, indirect=True)
def test_a_wall_is_read_from_six_metres_and_has_no_scroll_bars(standing: Any, visit: Visit) -> None:
    page = visit.open(f"{standing.url}/?view=wall")
    shown(page)
    scale = (page.viewport_size or {"width": 0})["width"] / 1920
    for name in (*COUNTS, "on_time_rate"):
        box = page.locator(f'[data-tile="{name}"]')
        sizes = box.evaluate(
            "t => ['.figure', 'h2'].map((s) => parseFloat(getComputedStyle(t.querySelector(s)).fontSize))"
        )
        assert sizes[0] >= 72 * scale, name
        assert sizes[1] >= 28 * scale, name
        assert box.evaluate("t => t.scrollWidth <= t.clientWidth + 1 && t.scrollHeight <= t.clientHeight + 1")
        assert box.locator(".figure").evaluate(
            "f => f.getBoundingClientRect().right <= f.closest('.tile').getBoundingClientRect().right"
        )
    for direction in ("Width", "Height"):
        assert page.evaluate(f"document.documentElement.scroll{direction} <= inner{direction}")
    rows_fit(page)


def rows_fit(page: Page) -> None:
    """Every agency's row that is shown is shown whole, and the total below them."""
    rows = page.locator(".agencies tbody tr:visible")
    assert rows.count() > 10
    last = rows.last.bounding_box()
    foot = page.locator(".agencies tfoot tr").bounding_box()
    assert last is not None
    assert foot is not None
    assert last["y"] + last["height"] <= foot["y"] + 1
    assert foot["y"] + foot["height"] <= (page.viewport_size or {"height": 0})["height"]


def test_a_number_opens_its_list_and_a_row_its_case_and_back_comes_back(standing: Any, visit: Visit) -> None:
    page = visit.open(f"{standing.url}/?lang=en")
    numbers = shown(page)
    for name in COUNTS:
        tile(page, name).click()
        expect(page.locator(".page .count")).to_have_text(f"{numbers[name]:,}")
        page.go_back()
        expect(tile(page, name)).to_be_visible()
    tile(page, "overdue").click()
    rows = page.locator("main tbody tr")
    expect(rows.first).to_be_visible()
    assert rows.count() == numbers["overdue"]
    case = rows.first.locator("a").inner_text()
    visit.picture(page, "list")
    rows.first.locator("a").click()
    expect(page.locator("h2")).to_have_text(case)
    expect(page.locator(".verdict")).to_contain_text("days overdue")
    events = standing.province.one("select count(*) from event where case_id = %s", case)
    expect(page.locator(".timeline li")).to_have_count(events)
    visit.picture(page, "case")
    assert parse_qs(urlsplit(page.url).query)["lang"] == ["en"]
    assert visit.complaints == []


def test_an_agencys_number_opens_that_agencys_list(standing: Any, visit: Visit) -> None:
    page = visit.open(f"{standing.url}/?by=-in_process")
    shown(page)
    row = page.locator(".agencies tbody tr").first
    name = row.locator("td").first.inner_text()
    wanted = row.locator("td").nth(3).inner_text()
    row.locator("td").nth(3).locator("a").click()
    expect(page.locator(".page .count")).to_have_text(wanted)
    agencies = page.locator("main tbody td:nth-child(3)").all_inner_texts()
    assert set(agencies) == {name}


def test_the_keyboard_does_everything(standing: Any, visit: Visit) -> None:
    page = visit.open(f"{standing.url}/?list=in_process")
    expect(page.locator("main tbody tr").first).to_be_visible()
    for key in ("j", "j", "k"):
        page.keyboard.press(key)
    case = page.locator("main tbody tr.here a").inner_text()
    assert case == page.locator("main tbody tr a").first.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("h2")).to_have_text(case)
    page.keyboard.press("Escape")
    expect(page.locator(".page .count")).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_contain_text("Phím tắt")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    page.keyboard.press("/")
    page.keyboard.type(case[:-1])
    expect(page.locator(".found a").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("w")
    expect(page.locator("html")).to_have_attribute("data-view", "wall")
    assert visit.complaints == []


def test_a_chart_has_its_table_behind_it_with_the_same_figures(standing: Any, visit: Visit) -> None:
    page = visit.open(f"{standing.url}/?table=1&days=90")
    rows = page.locator(".trend tbody tr")
    expect(rows.first).to_be_visible()
    days = httpx.get(f"{standing.url}/api/records/trend?days=90").json()["days"]
    assert rows.count() == len(days)
    assert number(rows.first.locator("td").nth(1).inner_text()) == days[-1]["new"]
    page.locator(".trend .tools > button").click()
    expect(page.locator(".chart")).to_be_visible()
    assert "table" not in page.url


def test_an_event_changes_every_open_tab_through_one_stream(served: Any, visit: Visit) -> None:
    pages = [visit.open(served.url) for _ in range(8)]
    (before,) = {shown(page)["received_today"] for page in pages}
    assert httpx.get(f"{served.url}/health").json()["screens"]["records"] == 1, "eight tabs share one stream"
    served.province.arrive(served.province.made("H20.03-241219-8888", "1", NOW, "2", agency="H20.03"))
    for page in (pages[0], pages[-1]):
        expect(tile(page, "received_today")).to_have_text(str(before + 1))
    expect(pages[0].locator(".ticker li").first).to_contain_text("H20.03-241219-8888")
    for page in pages:
        page.close()
    deadline = time.monotonic() + 10
    while httpx.get(f"{served.url}/health").json()["screens"]["records"] and time.monotonic() < deadline:
        time.sleep(0.1)
    assert httpx.get(f"{served.url}/health").json()["screens"]["records"] == 0, "closed tabs leave the stream"


def test_a_lost_connection_is_red_within_five_seconds_and_comes_back(served: Any, visit: Visit) -> None:
    page = visit.open(served.url)
    shown(page)
    stamp = page.locator(".fresh").inner_text().split("đến ")[1][:8]
    os.kill(served.process.pid, signal.SIGSTOP)  # hangs without closing: only the browser's clock can tell
    began = time.monotonic()
    expect(page.locator(".fresh")).to_have_attribute("data-state", "lost", timeout=6_500)
    assert time.monotonic() - began < 5.5
    expect(page.locator(".notice")).to_contain_text("mất kết nối")
    assert stamp in page.locator(".fresh").inner_text(), "the last stamp stays"
    visit.picture(page, "lost")
    os.kill(served.process.pid, signal.SIGCONT)
    expect(page.locator(".fresh")).to_have_attribute("data-state", "live")
    expect(page.locator(".notice")).to_have_count(0)


def test_a_silent_pipeline_is_amber_and_says_how_late(served: Any, visit: Visit) -> None:
    served.province.conn.execute("update event set received_at = received_at - interval '4 hours'")
    page = visit.open(f"{served.url}/?lang=en")
    expect(page.locator(".fresh")).to_have_attribute("data-state", "stale")
    expect(page.locator(".fresh")).to_contain_text("4 h behind")
    expect(page.locator(".board")).to_have_attribute("data-state", "stale")
    visit.picture(page, "stale")


def test_a_failed_audit_is_a_banner_with_the_failed_check(served: Any, visit: Visit) -> None:
    day = NOW.date()
    served.province.refuse(day, day)
    page = visit.open(f"{served.url}/?view=wall")
    expect(page.locator(".notice")).to_contain_text(
        "carried_over + new = received_total: thấy 27 rows differ"
    )
    expect(page.locator(".chart[data-drawn]")).to_be_visible()
    rows_fit(page)
    visit.picture(page, "refused")


def test_what_is_set_aside_is_counted_on_the_tile_and_opened_from_it(standing: Any, visit: Visit) -> None:
    page = visit.open(standing.url)
    shown(page)
    page.locator('[data-tile="overdue"] .aside').click()
    expect(page.locator("main")).to_contain_text("Hồ sơ để riêng: 1")
    expect(page.locator("main")).to_contain_text("giải quyết trước khi tiếp nhận")
    expect(page.locator("main")).to_contain_text("Thông điệp bị giữ lại: 3")
    visit.picture(page, "aside")


def test_nothing_to_divide_by_is_said_in_words(empty: Any, visit: Visit, tmp_path: Path, opened: Any) -> None:
    page = visit.open(opened(empty, tmp_path))
    expect(tile(page, "on_time_rate")).to_have_text("chưa phát sinh")
    expect(page.locator(".ticker")).to_contain_text("Chưa có sự kiện")
    expect(page.locator(".trend")).to_contain_text("Chưa công bố ngày nào")
    visit.picture(page, "empty")
    assert visit.complaints == []
