"""Whose a number is: open cases follow the agency responsible now, what happened stays where it was."""

from datetime import datetime, timedelta
from typing import Any

from ioc.agencies import adopted, successors
from ioc.event import instant_text
from tests.screens.test_board import board, listed, now


def test_open_cases_of_a_dissolved_district_are_its_successors_from_that_day_on(province: Any) -> None:
    at = now(province)
    due = instant_text(at)
    said = {"agency": "H20.31", "due_at": due, "receiving_agency": "H20.32", "channel": "online"}
    ours = [province.made(f"H20.32-241219-900{n}", "a", at, "2", **said) for n in (1, 2, 3)]
    waiting = province.made("H20.32-241219-9004", "a", at, "1", receiving_agency="H20.32", channel="online")
    ended = province.made("H20.32-241219-9003", "b", at, "9", agency="H20.115")
    province.arrive(*ours, waiting, ended)
    province.conn.execute(  # this province is folded without clocks
        "update cases set reception_due_at = last_occurred_at where case_id = 'H20.32-241219-9004'"
    )
    midnight = datetime.fromisoformat("2025-07-01T00:00:00+07:00")
    june, july = (board(province, day) for day in (midnight - timedelta(seconds=1), midnight))
    stock = ("in_process", "overdue", "overdue_without_apology")
    codes = successors(province.registry.history, midnight.date())
    for name in stock:
        assert june["agencies"]["H20.31"][name]["n"] >= 2
        assert name not in july["agencies"].get("H20.31", {})
        theirs = [
            june["agencies"].get(code, {}).get(name, {}).get("n", 0) for code in adopted(codes, "H20.115")
        ]
        assert july["agencies"]["H20.115"][name]["n"] == sum(theirs)
        assert july["tiles"][name]["n"] == june["tiles"][name]["n"]
    assert june["agencies"]["H20.32"]["waiting_reception"]["n"] >= 1
    to = codes["H20.32"]
    assert july["agencies"][to]["waiting_reception"] == june["agencies"]["H20.32"]["waiting_reception"]
    for state, day in ((june, midnight - timedelta(seconds=1)), (july, midnight)):
        for agency in ("H20.31", "H20.32", "H20.115", to):
            for name in (*stock, "waiting_reception"):
                shown = state["agencies"].get(agency, {}).get(name, {}).get("n", 0)
                assert listed(province, day, name, agency=agency)["count"] == shown, (agency, name, day)


def test_what_happened_on_a_day_stays_with_who_resolved_it(province: Any) -> None:
    end = datetime.fromisoformat("2025-07-02T03:00:00+00:00")
    said = {"agency": "H20.31", "channel": "direct"}
    province.arrive(
        province.made("H20.31-250630-1", "a", end - timedelta(days=2), "2", **said),
        province.made("H20.31-250630-1", "b", end, "9"),
    )
    state = board(province, end)
    assert state["agencies"]["H20.31"]["resolved_today"]["n"] == 1
    assert listed(province, end, "resolved_today", agency="H20.31")["count"] == 1
    assert listed(province, end, "resolved_today", agency="H20.115")["count"] == 0
