"""`/feeds/`: the catalogue as the process's own promises make it, anew once they have changed."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
import yaml
from playwright.sync_api import expect

from ioc.feeds.begin import begin
from schemas import load

WORDS = {"vi": "Cuộc gọi <b>cấp cứu</b>", "en": "Ambulance & calls", "owner": "Sở Y tế"}


def test_pages_are_there_for_every_feed_and_safe(standing: Any) -> None:
    index = httpx.get(f"{standing.url}/feeds/")
    assert index.status_code == 200
    assert "unsafe" not in index.headers["content-security-policy"]
    assert httpx.get(f"{standing.url}/feeds", follow_redirects=True).text == index.text
    registry = load()
    for name, feed in registry.every.items():
        page = httpx.get(f"{standing.url}/feeds/{name}")
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert f'href="{name}"' in index.text
        assert feed.label.vi in page.text
    assert httpx.get(f"{standing.url}/feeds/catalogue.css").headers["content-type"].startswith("text/css")
    parts = yaml.safe_load(httpx.get(f"{standing.url}/feeds/asyncapi.yaml").text)
    assert registry.every.keys() <= parts["channels"].keys()
    missing = httpx.get(f"{standing.url}/feeds/<script>")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "text/plain; charset=utf-8")
    assert "script" not in missing.text


@pytest.mark.browser
def test_a_browser_shows_it_and_finds_the_way_back(standing: Any, visit: Any) -> None:
    page = visit.open(f"{standing.url}/feeds/")
    page.get_by_role("link", name="records", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Hồ sơ thủ tục hành chính")
    assert page.evaluate("getComputedStyle(document.querySelector('section')).borderRadius") != "0px"
    visit.picture(page, "feed-promises")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0
    page.get_by_role("link", name="Tất cả các luồng").click()
    expect(page.locator("h1")).to_contain_text("Danh mục luồng dữ liệu")
    assert visit.complaints == []


@pytest.mark.stack
def test_a_new_feed_and_a_changed_word_are_shown_without_a_restart(served: Any) -> None:
    address = f"{served.url}/feeds/ambulance-calls"
    assert httpx.get(address).status_code == 404
    own = served.home / "schemas"
    begin(load(), "ambulance-calls", "case", own, WORDS)
    until(address, "Cuộc gọi &lt;b&gt;cấp cứu&lt;/b&gt;")
    until(f"{served.url}/feeds/", "Ambulance &amp; calls")
    until(f"{served.url}/feeds/asyncapi.yaml", "ambulance-calls.raw")
    file = own / "feeds" / "ambulance-calls" / "feed.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("Sở Y tế", "Trung tâm 115"), encoding="utf-8")
    until(address, "Trung tâm 115")


def until(address: str, text: str) -> None:
    for _ in range(100):
        if text in httpx.get(address).text:
            return
        time.sleep(0.1)
    raise AssertionError(f"{address} does not say {text!r}")
