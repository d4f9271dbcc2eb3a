"""What a feed says of surges: nonsense is refused, and it changes no definition."""

from __future__ import annotations

from datetime import date

import pytest

from ioc.calendars import unlike_their_week
from schemas import load
from tests.schemas.conftest import FEED, Spoil

TOP = "attributes:\n"


@pytest.mark.parametrize(
    ("said", "field", "word"),
    [
        ("{weeks: 0, factor: 2, at_least: 10}", "surge.weeks", "greater"),
        ("{weeks: 27, factor: 2, at_least: 10}", "surge.weeks", "less"),
        ("{weeks: 4, factor: 1, at_least: 10}", "surge.factor", "greater"),
        ("{weeks: 4, factor: .inf, at_least: 10}", "surge.factor", ""),
        ("{weeks: 4, factor: 2, at_least: 0}", "surge.at_least", "greater"),
        ("{weeks: 4, factor: 2}", "surge.at_least", ""),
        ("{weeks: 4, factor: 2, at_least: 10, days: 3}", "surge.days", ""),
        ("{weeks: 4, factor: 2, at_least: 10, by: colour}", "", "surge.by: 'colour' is no attribute"),
        ("{weeks: 4, factor: 2, at_least: 10, by: weight}", "", "surge.by: 'weight' is no attribute"),
        ("{weeks: 4, factor: 2, at_least: 4}\nhide_below: 5", "", "set it to 5 or more"),
        ("{weeks: 4, factor: 2, at_least: 5, by: section}\nhide_below: 5", "", "leave it out"),
    ],
)
def test_nonsense_is_refused(said: str, field: str, word: str, spoil: Spoil) -> None:
    (found,) = spoil(
        FEED, TOP, f"surge: {said}\n{TOP}  weight: {{kind: number, label: {{vi: Nặng, en: Weight}}}}\n"
    )
    assert word in f"{found.field} {found.mend}"
    assert field in found.field


def test_a_rule_changes_no_figure_and_so_no_definition() -> None:
    surging = [feed for feed in load().feeds.values() if feed.surge]
    assert len(surging) >= 3
    for feed in surging:
        assert feed.model_copy(update={"surge": None}).definitions_hash == feed.definitions_hash


def test_days_unlike_their_week_are_holidays_and_worked_weekends() -> None:
    found = unlike_their_week(load().calendars["vietnam"])
    assert {date(2024, 9, 2), date(2024, 2, 12), date(2026, 1, 2), date(2026, 1, 10)} <= found
    assert not {date(2024, 3, 5), date(2024, 3, 9), date(2024, 2, 11)} & found, (
        "a Tuesday, a Saturday, a Sunday of Tết"
    )
