"""A case with two codes: counted once, found by either, and apart again in a link from before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from ioc.event import Event
from ioc.story import Story
from screens import cases, history
from screens.position import Position
from tests.screens.test_board import FEED, board, listed, now, with_connection


def alias(province: Any, code: str, other: str, at: datetime) -> Event:
    made = province.made(code, f"same/{other}", at, "")
    kinds = {"type": f"{FEED}.alias", "dataschema": f"{FEED}/alias.v1", "data": {"same_as": other}}
    made = replace(made, **kinds, hash="")
    return replace(made, hash=made.content_hash())


def test_two_codes_are_one_case_and_a_link_from_before_still_shows_two(province: Any) -> None:
    at = now(province)
    state = board(province, at)
    position = Position.parse(state["position"])
    before = listed(province, at, "in_process", position=position)
    one, other, kept = sorted(row["case_id"] for row in before["rows"][:3])
    province.arrive(alias(province, other, one, at))
    after = board(province, at)
    assert after["tiles"]["in_process"]["n"] == state["tiles"]["in_process"]["n"] - 1
    arrived = next(event for event in after["ticker"] if event["case_id"] == other)
    assert arrived["agency"], "of the case that the code names now"
    assert listed(province, at, "in_process", position=position) == before
    joined = Position.parse(board(province, at)["position"])
    after = listed(province, at, "in_process", position=joined)
    province.arrive(province.made(other, "late", at, "9"), alias(province, kept, one, at))
    assert listed(province, at, "in_process", position=joined) == after
    assert listed(province, at, "in_process", position=position) == before


def test_a_case_is_found_by_any_of_its_codes(province: Any) -> None:
    at = now(province)
    one = listed(province, at, "in_process")["rows"][0]["case_id"]
    province.arrive(alias(province, one, "H20-OLD-1", at))
    found = with_connection(province, lambda c: cases.search(c, province.registry.feeds[FEED], "H20-OLD"))
    assert [row["case_id"] for row in found] == [one]
    assert [r["case_id"] for r in listed(province, at, "in_process", search="H20-OLD")["rows"]] == [one]
    story = Story(province.registry, province.rules)

    def read(code: str) -> Any:
        work = lambda c: history.read(c, story, province.rules, code, at, "en")  # noqa: E731
        return with_connection(province, work)

    by_code, by_id = read("H20-OLD-1"), read(one)
    assert by_code == by_id
    assert by_code["codes"] == [one, "H20-OLD-1"]
