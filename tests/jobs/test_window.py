"""Which days a run covers, and which it must refuse."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ioc.errors import BadInput
from jobs.window import Window, day_of, held_to_clock, last_ended_day, window_of

NOW = datetime(2024, 3, 4, 20, 30, tzinfo=UTC)


def test_a_month_stands_for_its_days() -> None:
    assert window_of("2024-02", "2024-02") == Window(date(2024, 2, 1), date(2024, 2, 29))
    assert window_of("2010-10-05", "2012-01") == Window(date(2010, 10, 5), date(2012, 1, 31))


@pytest.mark.parametrize(
    "text", ["yesterday", "2024", "2024-13", "2024-02-30", "", "2024-02-01T00:00", "01/02/2024"]
)
def test_what_is_no_day_is_named(text: str) -> None:
    with pytest.raises(BadInput, match=r"^to: .*write a day as"):
        day_of("to", text, end=True)


def test_a_window_runs_forward() -> None:
    with pytest.raises(BadInput, match=r"^from: '2024-02-01'"):
        window_of("2024-02", "2024-01")


def test_the_last_ended_day_is_cut_in_the_zone() -> None:
    assert last_ended_day(NOW, "Asia/Ho_Chi_Minh") == date(2024, 3, 4)  # 03:30 on the fifth
    assert last_ended_day(NOW, "America/New_York") == date(2024, 3, 3)


def test_a_day_that_has_not_ended_has_no_figures() -> None:
    window = Window(date(2024, 3, 1), date(2024, 3, 4))
    assert held_to_clock(window, NOW, "Asia/Ho_Chi_Minh") == window
    with pytest.raises(BadInput, match=r"^to: '2024-03-04' .*give 2024-03-03 or earlier"):
        held_to_clock(window, NOW, "UTC")


def test_joining_leaves_no_gap() -> None:
    march = Window(date(2024, 3, 1), date(2024, 3, 31))
    assert march.joined(date(2024, 1, 1), date(2024, 1, 31)) == Window(date(2024, 1, 1), date(2024, 3, 31))
    assert march.joined(date(2024, 3, 5), date(2024, 3, 6)) == march
