"""How the page behaves when things change or go wrong: it says so, within seconds, in words."""

import os
import signal
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from screens.testing import NOW

pytestmark = pytest.mark.browser


def test_an_event_changes_every_open_tab_through_one_stream(served: Any, visit: Any) -> None:
    pages = [visit.open(served.url) for _ in range(8)]
    (before,) = {visit.shown(page)["received_today"] for page in pages}
    assert httpx.get(f"{served.url}/health").json()["screens"]["records"] == 1, "eight tabs share one stream"
    served.province.arrive(served.province.made("H20.03-241219-8888", "1", NOW, "2", agency="H20.03"))
    for page in (pages[0], pages[-1]):
        expect(visit.tile(page, "received_today")).to_have_text(str(before + 1))
    expect(pages[0].locator(".ticker li").first).to_contain_text("H20.03-241219-8888")
    for page in pages:
        page.close()
    deadline = time.monotonic() + 10
    while httpx.get(f"{served.url}/health").json()["screens"]["records"] and time.monotonic() < deadline:
        time.sleep(0.1)
    assert httpx.get(f"{served.url}/health").json()["screens"]["records"] == 0, "closed tabs leave the stream"


def test_a_lost_connection_is_red_within_five_seconds_and_comes_back(served: Any, visit: Any) -> None:
    page = visit.open(served.url)
    visit.shown(page)
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


def test_a_silent_pipeline_is_amber_and_says_how_late(served: Any, visit: Any) -> None:
    served.province.conn.execute("update event set received_at = received_at - interval '4 hours'")
    page = visit.open(f"{served.url}/?lang=en")
    expect(page.locator(".fresh")).to_have_attribute("data-state", "stale")
    expect(page.locator(".fresh")).to_contain_text("4 h behind")
    expect(page.locator(".board")).to_have_attribute("data-state", "stale")
    visit.picture(page, "stale")


def test_a_failed_audit_is_a_banner_with_the_failed_check(served: Any, visit: Any) -> None:
    day = NOW.date()
    served.province.refuse(day, day)
    page = visit.open(f"{served.url}/?view=wall")
    expect(page.locator(".notice")).to_contain_text(
        "carried_over + new = received_total: thấy 27 rows differ"
    )
    expect(page.locator(".chart[data-drawn]")).to_be_visible()
    visit.rows_fit(page)
    visit.picture(page, "refused")


def test_what_is_set_aside_is_counted_on_the_tile_and_opened_from_it(standing: Any, visit: Any) -> None:
    page = visit.open(standing.url)
    visit.shown(page)
    page.locator('[data-tile="overdue"] .aside').click()
    expect(page.locator("main")).to_contain_text("Hồ sơ để riêng: 1")
    expect(page.locator("main")).to_contain_text("giải quyết trước khi tiếp nhận")
    expect(page.locator("main")).to_contain_text("Thông điệp bị giữ lại: 3")
    visit.picture(page, "aside")


def test_nothing_to_divide_by_is_said_in_words(empty: Any, visit: Any, tmp_path: Path, opened: Any) -> None:
    page = visit.open(opened(empty, tmp_path))
    expect(visit.tile(page, "on_time_rate")).to_have_text("chưa phát sinh")
    expect(page.locator(".ticker")).to_contain_text("Chưa có sự kiện")
    expect(page.locator(".trend")).to_contain_text("Chưa công bố ngày nào")
    visit.picture(page, "empty")
    assert visit.complaints == []
