"""A feed that hides small cells: no screen, list, sheet, case or stream says a small number or an agency."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from ioc.errors import BadInput
from ioc.kernel.suppression import hidden_together
from schemas import Registry
from schemas.source_files import PACKAGED
from screens.board import Boards
from screens.desk import connect
from screens.hiding import HIDDEN, Hiding
from screens.past import mover
from screens.testing import NOW
from tests.screens.conftest import FEED
from tests.screens.test_board import board, listed, now
from tests.screens.test_words import asked

BELOW = 5
KEYS = ("n", "num", "den")
AGENCY = re.compile(r"H20(\.\d+)*")
Opened = Callable[[Any, Path], str]


def hiding(registry: Registry) -> Registry:
    """The same promises, the feed hiding small cells."""
    feed = registry.feeds[FEED].model_copy(update={"hide_below": BELOW})
    return replace(registry, feeds={**registry.feeds, FEED: feed})


def small_told(row: dict[str, Any]) -> bool:
    return any(0 < cell.get(key, 0) < BELOW for cell in row.values() for key in KEYS)


@pytest.fixture
def address(province: Any, opened: Opened, tmp_path: Path) -> str:
    """The process over a province whose feed hides small cells by its file; forty days are published."""
    own = tmp_path / "schemas" / "feeds" / FEED
    shutil.copytree(PACKAGED / "feeds" / FEED, own)
    with (own / "feed.yaml").open("a", encoding="utf-8") as file:
        file.write(f"\nhide_below: {BELOW}\n")
    day = NOW.date()
    province.publish(day.replace(day=1), day.replace(day=18))
    return opened(province, tmp_path)


def test_the_board_tells_no_small_cell_and_none_to_work_one_out(province: Any) -> None:
    at = now(province)
    whole = board(province, at)
    province.registry = hiding(province.registry)
    told = board(province, at)
    assert "mover" in str(whole["tiles"])
    assert any(small_told(row) for row in whole["agencies"].values()), "there is something to hide"
    known = {*province.registry.agencies, *whole["agencies"]}
    for tile, total in whole["tiles"].items():
        cells = {agency: row.get(tile, {}) for agency, row in whole["agencies"].items()}
        columns = [{a: cells.get(a, {}).get(key, 0) for a in known} for key in KEYS]
        unseen = hidden_together(columns, BELOW)
        for agency, row in told["agencies"].items():
            assert row.get(tile, {}) == (HIDDEN if agency in unseen else cells[agency])
        assert {k: v for k, v in total.items() if k != "mover"} == {
            k: v for k, v in told["tiles"][tile].items() if k != "mover"
        }
        assert told["tiles"][tile].get("mover", {}).get("agency") not in unseen
    assert not any(small_told(row) for row in told["agencies"].values())
    assert str(told).count("'hidden': True") > 50
    assert {row["case_id"] for row in told["ticker"]} == {row["case_id"] for row in whole["ticker"]}
    assert not any("agency" in row for row in told["ticker"])
    assert told["meta"]["hide_below"] == BELOW


def test_a_tile_that_hides_every_cell_names_nobody(empty: Any) -> None:
    at = NOW
    empty.arrive(*(empty.made(f"c{n}", "a", at, "2", agency="H20.03", channel="online") for n in (1, 2, 3)))
    assert board(empty, at)["agencies"].keys() == {"H20.03"}
    empty.registry = hiding(empty.registry)
    told = board(empty, at)
    assert told["agencies"] == {}
    assert told["tiles"]["received_today"]["n"] == 3


def test_a_feed_without_a_threshold_is_told_as_ever(province: Any) -> None:
    figures = {"tiles": {"a": {"n": 1}}, "agencies": {"x": {"a": {"n": 1}}}}
    assert Hiding(None).covered(figures) is figures
    told = board(province, now(province))
    assert "hide_below" not in told["meta"]
    assert '"hidden"' not in json.dumps(told)
    assert any("agency" in row for row in told["ticker"])


def test_who_moved_most_is_one_whose_numbers_are_told_on_both_days() -> None:
    few, many = {"a": 3, "b": 9, "c": 20, "d": 30}, {"a": 30, "b": 2, "c": 6, "d": 40}
    hider = Hiding(BELOW, frozenset({*few, "nobody"}))
    assert hider.movers(many, few) == {"a", "b", "c"}  # the small one of either day and what covers it
    assert mover(many, few, hider.movers(many, few)) == {"agency": "d", "n": 10}
    assert mover({"a": 4}, {"a": 1}, hider.movers({"a": 4}, {"a": 1})) is None
    assert mover({"a": 1, "d": 9}, {"a": 9, "d": 2}, {"a"}) is None  # the other went against the whole


def test_a_new_threshold_holds_for_what_the_ticker_has_already_read(province: Any) -> None:
    async def twice() -> tuple[Any, Any]:
        async with await connect(province.settings.warehouse_url) as connection:
            boards = Boards(province.registry)
            before = await boards.read(connection, FEED, NOW)
            boards.adopt(hiding(province.registry))
            return before, await boards.read(connection, FEED, NOW)

    before, after = asyncio.run(twice())
    assert any("agency" in row for row in before["ticker"])
    assert not any("agency" in row for row in after["ticker"])


def test_a_list_is_not_told_by_agency_nor_in_their_order(province: Any) -> None:
    at = now(province)
    assert any("agency" in row for row in listed(province, at, "in_process")["rows"])
    province.registry = hiding(province.registry)
    for wanted in ({"agency": "H20.03"}, {"agency": ""}, {"sort": "agency"}, {"sort": "receiving_agency"}):
        with pytest.raises(BadInput, match="hides small numbers per agency"):
            listed(province, at, "in_process", **wanted)
    rows = listed(province, at, "in_process")["rows"]
    assert rows
    assert not any({"agency", "receiving_agency"} & row.keys() for row in rows)


def test_the_process_names_no_agency_where_a_case_is_told(address: str, province: Any) -> None:
    api, case = f"{address}/api/{FEED}", "KN-1"
    said = {"agency": "H20.03", "receiving_agency": "H20.02", "channel": "online"}
    at = now(province)
    province.arrive(province.made(case, "a", at, "2", **said), province.made(case, "b", at, "4"))
    for path in (f"cases/{case}", f"search?q={case}", f"cases?measure=in_process&q={case}", "flags"):
        answer = httpx.get(f"{api}/{path}")
        assert answer.status_code == 200, path
        told = json.dumps(answer.json(), ensure_ascii=False)
        assert not AGENCY.search(told.replace("H20.03-", "")), path
        assert province.registry.agencies["H20.03"].name not in told, path
    sheet = httpx.get(f"{api}/cases.csv?measure=in_process&q={case}&lang=en").text
    assert case in sheet
    assert "gency" not in sheet
    assert not AGENCY.search(sheet)
    for path in ("cases?measure=in_process&", "cases.csv?measure=in_process&", "trend?"):
        answer = httpx.get(f"{api}/{path}agency=H20.03")
        assert (answer.status_code, answer.json()["field"]) == (400, "agency"), path
        assert "leave it out" in answer.json()["mend"]
    assert sum(day["new"] for day in httpx.get(f"{api}/trend").json()["days"]) > 0


def test_flags_are_counted_for_all_agencies_as_one(address: str, province: Any) -> None:
    found = httpx.get(f"{address}/api/{FEED}/flags").json()["agencies"]
    assert found.keys() == {""}
    assert found[""]["set_aside"] == province.one("select count(*) from cases where set_aside is not null")
    assert found[""]["flagged"] == province.one("select count(*) from cases where flags <> '{}'")


def test_neither_snapshot_nor_stream_carries_a_small_cell(address: str) -> None:
    told = httpx.get(f"{address}/api/{FEED}/snapshot").json()
    with httpx.stream("GET", f"{address}/api/{FEED}/stream", timeout=15) as answer:
        lines = answer.iter_lines()
        first = next(line for line in lines if line.startswith("data: "))
    for state in (told, json.loads(first.removeprefix("data: "))):
        assert state["agencies"]
        assert not any(small_told(row) for row in state["agencies"].values())
        assert not any("agency" in row for row in state["ticker"])


def test_no_sentence_on_a_tile_names_an_agency_whose_cell_is_hidden() -> None:
    cells = {"a": HIDDEN, "b": {"num": 9, "den": 10}, "c": {"num": 20, "den": 20}, "d": {"num": 6, "den": 12}}
    worst = """m.Tile.prototype.worst.call(Object.assign(Object.create(m.Tile.prototype),
        {ctx: {lang: "en", t: (key, said) => said.agency}, described: {name: "r"}}), given)"""
    names = {"a": "A", "b": "B", "c": "C", "d": "D"}
    for told, hides in (("D", "a"), ("B", "ad"), ("", "abd")):
        rows = {code: {"r": HIDDEN if code in hides else cell} for code, cell in cells.items()}
        assert asked("tile.js", worst, {"agencies": rows, "meta": {"agencies": names}}) == told


@pytest.mark.browser
def test_the_page_draws_what_is_hidden_and_offers_no_list_by_agency(address: str, visit: Any) -> None:
    page = visit.open(f"{address}/?lang=en")
    cell = page.locator(".agencies tbody td.n a", has_text="< 5").first
    expect(cell).to_be_visible()
    assert "below 5" in cell.get_attribute("title")
    assert page.locator(".agencies tbody td.n a[href]").count() == 0
    assert page.locator(".agencies tfoot td.n a[href]").count() > 3
    assert page.locator(".tile ol.top a[href]").count() == 0
    assert page.locator(".ticker .agency").all_inner_texts() == [""] * page.locator(".ticker li").count()
    state = httpx.get(f"{address}/api/{FEED}/snapshot").json()
    sentences = {name: page.locator(f'[data-tile="{name}"] .change').inner_text() for name in state["tiles"]}
    assert "yesterday" in sentences["resolved_today"]
    for agency, row in state["agencies"].items():
        called = state["meta"]["agencies"][agency]
        for tile, cell in row.items():
            assert cell != HIDDEN or not re.search(
                rf"(lowest at|mostly) {re.escape(called)},", sentences[tile]
            )
    visit.picture(page, "hidden")
    visit.tile(page, "in_process").click()
    expect(page.locator("main.list tbody tr").first).to_be_visible()
    assert "Agency" not in page.locator("main.list thead").inner_text()
    assert page.locator("main.list .tools select").count() == 1
    page.locator("main.list tbody a").first.click()
    expect(page.locator("main.case .facts")).to_be_visible()
    assert "Agency" not in page.locator("main.case .facts").inner_text()
    assert "no agency given" not in page.locator("main.case").inner_text()
    page.goto(f"{address}/?lang=en&flags=1")
    expect(page.locator("main.list table")).to_have_count(1)
    assert page.locator("main.list .tools select").count() == 0
    assert visit.complaints == []
