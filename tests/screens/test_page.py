"""The page in headless Chromium: what a person sees is what the warehouse holds, in both views and sizes."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import expect

from screens.testing import NOW

pytestmark = pytest.mark.browser

COUNTS = (
    "received_today", "resolved_today", "in_process", "overdue", "due_today", "about_to_breach",
    "overdue_without_apology", "waiting_reception",
)  # fmt: skip


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def counted(province: Any) -> dict[str, int]:
    day = NOW.date()
    running = "in_figures and resolved_at is null and status not in ('5', '6', '8')"
    sums = {
        "received_today": "in_figures and entered_on = %(day)s",
        "resolved_today": "in_figures and resolved_on = %(day)s",
        "in_process": "in_figures and resolved_at is null",
        "overdue": f"{running} and due_on < %(day)s",
        "due_today": f"{running} and due_on = %(day)s",
        "about_to_breach": f"{running} and due_on >= %(day)s and due_at <= %(now)s + interval '24 hours'",
        "overdue_without_apology": f"{running} and due_on < %(day)s "
        "and not exists (select from event where event.case_id = cases.case_id and status = 'M04')",
        "waiting_reception": "entered_at is null and reception_due_at < %(now)s",
    }
    row = province.conn.execute(
        "select " + ", ".join(f"count(*) filter (where {where})" for where in sums.values()) + " from cases",
        {"day": day, "now": NOW},
    ).fetchone()
    return dict(zip(sums, row, strict=True))


@pytest.mark.parametrize(
    ("visit", "query"),
    [
        ("1080p", ""),
        ("1080p", "?view=wall"),
        ("1080p", "?lang=en"),
        ("1080p", "?view=wall&lang=en"),
        ("4K", ""),
        ("4K", "?view=wall&lang=en"),
    ],
    indirect=["visit"],
)
def test_numbers_on_the_page_are_the_warehouses(standing: Any, visit: Any, query: str) -> None:
    page = visit.open(f"{standing.url}/{query}")
    assert visit.shown(page) == counted(standing.province)
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


@pytest.mark.parametrize(
    ("visit", "lang"), [("1080p", "vi"), ("1080p", "en"), ("4K", "vi")], indirect=["visit"]
)
def test_a_wall_is_read_from_six_metres_and_has_no_scroll_bars(standing: Any, visit: Any, lang: str) -> None:
    page = visit.open(f"{standing.url}/?view=wall&lang={lang}")
    visit.shown(page)
    scale = (page.viewport_size or {"width": 0})["width"] / 1920
    for name in (*COUNTS, "on_time_rate"):
        box = page.locator(f'[data-tile="{name}"]')
        sizes = box.evaluate(
            "t => ['.figure', 'h2'].map((s) => parseFloat(getComputedStyle(t.querySelector(s)).fontSize))"
        )
        assert sizes[0] >= 72 * scale, name
        assert sizes[1] >= 28 * scale, name
        assert box.evaluate("t => t.scrollWidth <= t.clientWidth + 1 && t.scrollHeight <= t.clientHeight + 1")
        assert box.evaluate(
            "t => t.querySelector('h2').getBoundingClientRect().bottom <= "
            "t.querySelector('.figure').getBoundingClientRect().top + 1"
        ), name
        assert box.locator(".figure").evaluate(
            "f => f.getBoundingClientRect().right <= f.closest('.tile').getBoundingClientRect().right"
        )
    for direction in ("Width", "Height"):
        assert page.evaluate(f"document.documentElement.scroll{direction} <= inner{direction}")
    visit.rows_fit(page)


@pytest.mark.parametrize(("query", "none"), [("", "chưa phát sinh"), ("?lang=en", "nothing yet")])
def test_rates_stand_in_a_strip_of_the_desk_alone(standing: Any, visit: Any, query: str, none: str) -> None:
    page = visit.open(f"{standing.url}/{query}")
    visit.shown(page)
    strip = page.locator(".rates li")
    assert strip.evaluate_all("all => all.map(one => one.dataset.rate)") == list(
        standing.province.registry.feeds["records"].rates
    )
    assert page.locator("[data-rate=reused_rate] .figure").inner_text() == none
    online = "from cases where in_figures and entered_on = %s and attributes->>'payment'"
    paid = standing.province.one(f"select count(*) {online} in ('portal', 'gateway')", NOW.date())
    known = standing.province.one(f"select count(*) {online} is not null", NOW.date())
    numbers = page.locator("[data-rate=paid_online_rate] .of a")
    assert [number(text) for text in numbers.all_inner_texts()] == [paid, known]
    assert 0 < paid < known
    fits = "all => all.every(one => one.scrollWidth <= one.clientWidth + 1)"
    assert page.locator(".rates, .rates li").evaluate_all(fits)
    numbers.first.click()
    expect(page.locator(".page .count")).to_have_text(str(paid))
    page.goto(f"{standing.url}/?view=wall")
    visit.shown(page)
    expect(page.locator(".rates")).to_be_hidden()
    assert visit.complaints == []


def test_a_number_opens_its_list_and_a_row_its_case_and_back_comes_back(standing: Any, visit: Any) -> None:
    page = visit.open(f"{standing.url}/?lang=en")
    numbers = visit.shown(page)
    for name in COUNTS:
        visit.tile(page, name).click()
        expect(page.locator(".page .count")).to_have_text(f"{numbers[name]:,}")
        page.go_back()
        expect(visit.tile(page, name)).to_be_visible()
    visit.tile(page, "waiting_reception").click()
    expect(page.locator("th").last).to_contain_text("Reception due")
    expect(page.locator("main tbody td").last).to_contain_text("17/12/2024")
    page.go_back()
    visit.tile(page, "overdue").click()
    rows = page.locator("main tbody tr")
    expect(rows.first).to_be_visible()
    assert rows.count() == numbers["overdue"]
    case = rows.first.locator("a").inner_text()
    visit.picture(page, "list")
    rows.first.locator("a").click()
    expect(page.locator("h2")).to_have_text(case)
    expect(page.locator(".verdict")).to_contain_text(re.compile(r"\d days? (overdue|ago)"))
    events = standing.province.one("select count(*) from event where case_id = %s", case)
    expect(page.locator(".timeline li")).to_have_count(events)
    visit.picture(page, "case")
    assert parse_qs(urlsplit(page.url).query)["lang"] == ["en"]
    assert visit.complaints == []


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_case_page_tells_the_servers_story_in_its_language(standing: Any, visit: Any, lang: str) -> None:
    paused = "select case_id from cases where pauses > 0 and resolved_at is not null order by 1 limit 1"
    case = standing.province.one(paused)
    story = httpx.get(f"{standing.url}/api/records/cases/{case}", params={"lang": lang}).json()["story"]
    page = visit.open(f"{standing.url}/?case={case}&lang={lang}")
    expect(page.locator(".course li").first).to_be_visible()
    assert page.locator(".verdict p").inner_text().startswith(story[0]["text"])
    timed, others = ([line for line in story[2:] if ("time" in line) is wanted] for wanted in (True, False))
    assert page.locator(".course li p").all_inner_texts() == [line["text"] for line in timed]
    assert page.locator(".course time").all_inner_texts() == [line["time"] for line in timed]
    said = [line["text"] for line in others if line["kind"] != "flags"]  # which have a card of their own
    assert page.locator(".told li p").all_inner_texts() == said
    assert page.locator(".course [data-kind=paused]").count() > 0
    assert visit.complaints == []


def test_an_agencys_number_opens_that_agencys_list(standing: Any, visit: Any) -> None:
    page = visit.open(f"{standing.url}/?by=-in_process")
    visit.shown(page)
    row = page.locator(".agencies tbody tr").first
    name = row.locator("td").first.inner_text()
    wanted = row.locator("td").nth(3).inner_text()
    row.locator("td").nth(3).locator("a").click()
    expect(page.locator(".page .count")).to_have_text(wanted)
    agencies = page.locator("main tbody td:nth-child(3)").all_inner_texts()
    assert set(agencies) == {name}
    codes = (
        page.locator(".tools select")
        .first.locator("option")
        .evaluate_all("options => options.map(option => option.value)")
    )
    sending = {"*", *standing.province.one("select array_agg(distinct agency) from cases")}
    assert set(codes) <= sending
    assert len(codes) > 1


def test_the_keyboard_does_everything(standing: Any, visit: Any) -> None:
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


def test_a_chart_has_its_table_behind_it_with_the_same_figures(standing: Any, visit: Any) -> None:
    page = visit.open(f"{standing.url}/?table=1&days=90")
    rows = page.locator(".trend tbody tr")
    expect(rows.first).to_be_visible()
    days = httpx.get(f"{standing.url}/api/records/trend?days=90").json()["days"]
    assert rows.count() == len(days)
    assert number(rows.first.locator("td").nth(1).inner_text()) == days[-1]["new"]
    page.locator(".trend .tools > button").click()
    expect(page.locator(".chart")).to_be_visible()
    assert "table" not in page.url
