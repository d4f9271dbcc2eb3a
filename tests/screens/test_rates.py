"""Rates in the strip below the tiles: both numbers and the lists behind them, of all agencies as one."""

from typing import Any

from screens.testing import NOW
from tests.screens.test_board import board, listed


def test_rates_beside_the_tiles_count_what_was_said_and_open_both_lists(empty: Any) -> None:
    said = (("portal", True), ("counter", True), ("gateway", False), (None, None))
    for n, (payment, digitised) in enumerate(said):
        data = {"payment": payment, "digitised": digitised}
        given = {name: value for name, value in data.items() if value is not None}
        empty.arrive(empty.made(f"c{n}", "a", NOW, "2", agency="H20.03", channel="online", **given))
    state = board(empty, NOW)
    assert state["rates"] == {
        "full_process_rate": {"num": 0, "den": 0},
        "paid_online_rate": {"num": 2, "den": 3},
        "digitised_rate": {"num": 2, "den": 3},
        "reused_rate": {"num": 0, "den": 0},
        "boundary_free_rate": {"num": 0, "den": 0},
    }
    assert state["agencies"].keys() == {"H20.03"}
    assert state["agencies"]["H20.03"].keys().isdisjoint(state["rates"]), "told of all agencies as one"
    for role, key in (("numerator", "num"), ("denominator", "den"), ("where", "den")):
        counted = listed(empty, NOW, "digitised_rate", role=role)["count"]
        assert counted == state["rates"]["digitised_rate"][key]
        assert listed(empty, NOW, "digitised_rate", role=role, agency="H20.03")["count"] == counted
