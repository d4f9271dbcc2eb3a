"""Rates in the strip below the tiles: only rates of the feed, each shown once; a slip is told its mend."""

from __future__ import annotations

import pytest

from tests.schemas.conftest import FEED, Spoil

RATES = "rates: [full_process_rate, "
BAD = [
    ("overdue", "'overdue' is no rate of this feed; name one of on_time_rate, full_process_rate"),
    ("overdue_rate", "'overdue_rate' is no rate of this feed"),
    ("on_time_rate", "'on_time_rate' is shown already; name each rate once"),
    ("full_process_rate", "'full_process_rate' is shown already"),
]


@pytest.mark.parametrize(("name", "word"), BAD)
def test_what_is_no_rate_or_shown_already_is_refused(name: str, word: str, spoil: Spoil) -> None:
    found = spoil(FEED, RATES, f"{RATES}{name}, ")
    assert any(word in f"{one.mend} {one.value}" for one in found), found
