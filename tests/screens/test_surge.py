"""An hour against the usual on the board: the number, the cases behind it, and what the page says of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from ioc.errors import BadInput
from ioc.settings import Settings
from screens.assets import WEB
from screens.board import Boards
from screens.cases import Asked, Terms, page
from screens.desk import connect
from screens.position import Position
from screens.testing import NOW, Province
from tests.screens.test_board import with_connection
from tests.screens.test_words import asked

FEED = "hotline-1022"
FIELDS = ("land", "health", "traffic")


@pytest.fixture
def hotline(warehouse: Settings) -> Iterator[Province]:
    """Six Thursdays of 3 tickets in each of two hours; today 12 within the last one."""
    province = Province(warehouse, FEED)
    for week in range(6):
        for hour in (13, 14):
            tickets(province, f"w{week}h{hour}", NOW.replace(hour=hour, minute=5) - timedelta(weeks=week), 3)
    tickets(province, "more", NOW.replace(hour=13, minute=59), 9, "land")
    yield province
    province.conn.close()


def tickets(province: Province, name: str, at: datetime, n: int, field: str | None = None) -> None:
    """Cases received at that minute, of one field or of each in turn."""
    province.arrive(
        *(
            province.made(f"{name}-{i}", "a", at, "received", channel="phone", field=field or FIELDS[i % 3])
            for i in range(n)
        )
    )


def boards(province: Province, *instants: datetime) -> list[dict[str, Any]]:
    """The board at each instant, as one process reads it."""

    async def all_of_it() -> list[dict[str, Any]]:
        async with await connect(province.settings.warehouse_url) as connection:
            kept = Boards(province.registry)
            return [await kept.read(connection, FEED, at) for at in instants]

    return asyncio.run(all_of_it())


def listed(province: Province, role: str, at: datetime, position: str | None = None) -> dict[str, Any]:
    terms = Terms(province.registry.feeds[FEED], province.rules, province.registry.history, at)
    wanted = Asked("surge", role, at, None if position is None else Position.parse(position), sort="case_id")
    found: dict[str, Any] = with_connection(province, lambda connection: page(connection, terms, wanted))
    return found


def test_the_board_tells_the_hour_its_usual_and_where_it_surges(hotline: Province) -> None:
    at = NOW.replace(minute=5)
    (state,) = boards(hotline, at)
    ended, running = state["surge"]["ended"], state["surge"]["running"]
    assert (ended["n"], ended["usual"], ended["times"], ended["surges"]) == (12, 3, 4, True)
    assert ended["top"] == [{"value": "land", "n": 10, "usual": 1}]
    assert (running["n"], running["usual"], running["surges"]) == (0, 3, False), "not until before `at`"
    assert [week["n"] for week in ended["weeks"]] == [3, 3, 3, 3]
    rule = state["meta"]["surge"]
    assert (rule["weeks"], rule["by"]["words"]["land"]["en"]) == (4, "Land")
    assert boards(hotline, at - timedelta(weeks=2))[0]["surge"]["ended"].keys().isdisjoint({"usual", "times"})


def test_the_list_is_of_exactly_these_cases_whatever_comes_later(hotline: Province) -> None:
    (state,) = boards(hotline, NOW)
    wanted = {which: state["surge"][which]["n"] for which in ("ended", "running")}
    assert wanted == {"ended": 12, "running": 3}
    tickets(hotline, "late", NOW.replace(hour=13, minute=30), 4)
    tickets(hotline, "since", NOW, 1)
    for which, n in wanted.items():
        assert listed(hotline, which, NOW, state["position"])["count"] == n
    assert listed(hotline, "ended", NOW)["count"] == 16
    assert {row["case_id"] for row in listed(hotline, "running", NOW)["rows"]} == {
        f"w0h14-{n}" for n in range(3)
    }
    with pytest.raises(BadInput, match="ended, running"):
        listed(hotline, "where", NOW)


def test_the_next_hour_has_a_usual_of_its_own(hotline: Province) -> None:
    tickets(hotline, "since", NOW + timedelta(minutes=1), 9)
    before, after = boards(hotline, NOW, NOW + timedelta(minutes=30))
    assert (before["surge"]["running"]["n"], after["surge"]["ended"]["n"]) == (3, 12)
    assert after["surge"]["ended"]["surges"]
    assert after["surge"]["running"]["usual"] == 0
    assert before["surge"]["running"]["from"] == after["surge"]["ended"]["from"]


def test_a_board_of_a_feed_without_the_rule_says_nothing_of_it(hotline: Province) -> None:
    feed = hotline.registry.feeds[FEED].model_copy(update={"surge": None})
    hotline.registry.feeds = {**hotline.registry.feeds, FEED: feed}
    (state,) = boards(hotline, NOW)
    assert "surge" not in state
    assert "surge" not in state["meta"]
    with pytest.raises(BadInput, match="no `surge`"):
        listed(hotline, "ended", NOW)


HOUR = {"from": "2024-03-05T02:00:00Z", "n": 34, "top": [], "surges": False}
SAYING = """(globalThis.location = {search: ""}, globalThis.t = (await import(given.words)).speaker("en"),
    given.hours.map((hour) => m.surging({
        at: "", position: "", surge: {ended: hour, running: {surges: false}},
        meta: {zone: "Asia/Ho_Chi_Minh", surge: {by: {words: {land: {en: "Land"}}}}},
    }, {lang: "en", t}).map(({text}) => text)))"""


def test_the_page_says_in_words_what_surges_and_nothing_of_what_does_not() -> None:
    top = [{"value": "land", "n": 20, "usual": 1.5}, {"value": "", "n": 5, "usual": 0}]
    given = [
        HOUR,
        {**HOUR, "usual": 20},
        {**HOUR, "usual": 8, "times": 4.3, "surges": True, "top": top},
        {**HOUR, "usual": 0, "surges": True},
    ]
    assert asked("surge.js", SAYING, {"hours": given, "words": (WEB / "words.js").as_uri()}) == [
        [],
        [],
        [
            "34 received at 09–10 h: 4.3 times the usual (8)."
            " Most above their usual: Land 20, usually 1.5; not said 5, usually 0."
        ],
        ["34 received at 09–10 h: usually none."],
    ]
