"""A feed's threshold of small cells: what cannot be one is refused, and it changes no definition."""

from __future__ import annotations

import pytest

from schemas import load
from tests.schemas.conftest import FEED, Spoil

TOP = "agencies: known"


@pytest.mark.parametrize("value", ["1", "0", "-5", "five", "4.5"])
def test_what_hides_nothing_is_refused(value: str, spoil: Spoil) -> None:
    found = spoil(FEED, TOP, f"{TOP}\nhide_below: {value}")
    assert [f.field for f in found] == ["hide_below"]


def test_hiding_changes_no_figure_and_so_no_definition() -> None:
    for feed in load().feeds.values():
        other = feed.model_copy(update={"hide_below": 7 if feed.hide_below is None else None})
        assert other.definitions_hash == feed.definitions_hash


def test_some_packaged_feed_hides_small_cells_and_says_that_the_number_is_assumed() -> None:
    hiding = [feed for feed in load().feeds.values() if feed.hide_below]
    assert hiding
    assert all(feed.hide_below == 5 for feed in hiding)
