"""Hours against their usual: where hours begin and end, which weeks count, and what a surge is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ioc.kernel.surge import Hour, Known, Left, Part, Week, compared, earlier, ended, running

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
AWAY = ZoneInfo("America/New_York")
TICK = timedelta(microseconds=1)
DAY = date(2024, 3, 5)
HOUR = Hour.of(DAY, 9, HERE)


def weeks(*counts: int | Left) -> list[Week]:
    days = [DAY - timedelta(weeks=n) for n in range(1, len(counts) + 1)]
    return [
        Week(day, {"": n}) if isinstance(n, int) else Week(day, {"": 99}, n)
        for day, n in zip(days, counts, strict=True)
    ]


def test_an_hour_is_over_at_its_end_and_running_until_just_before() -> None:
    at = datetime(2024, 3, 5, 10, tzinfo=HERE)
    assert ended(at, HERE) == HOUR
    assert running(at - TICK, HERE) == HOUR
    assert (HOUR.start, HOUR.end) == (
        datetime(2024, 3, 5, 2, tzinfo=UTC),
        datetime(2024, 3, 5, 3, tzinfo=UTC),
    )


def test_at_midnight_the_last_hour_is_yesterdays() -> None:
    midnight = datetime(2024, 3, 5, tzinfo=HERE)
    assert ended(midnight, HERE) == Hour.of(date(2024, 3, 4), 23, HERE)
    assert running(midnight, HERE) == Hour.of(DAY, 0, HERE)


def test_an_hour_that_clocks_skip_or_repeat_makes_no_usual() -> None:
    known = Known(
        datetime(2020, 1, 1, tzinfo=UTC), frozenset({date(2024, 3, 10), date(2024, 11, 3)}), frozenset()
    )
    skipped, repeated = Hour.of(date(2024, 3, 10), 2, AWAY), Hour.of(date(2024, 11, 3), 1, AWAY)
    assert skipped.start == skipped.end
    assert repeated.end - repeated.start == timedelta(hours=2)
    assert known.left(skipped) == known.left(repeated) == "clocks"
    assert running(repeated.end - TICK, AWAY) == running(repeated.start, AWAY) == repeated
    assert ended(skipped.end, AWAY) == Hour.of(date(2024, 3, 10), 1, AWAY)
    assert earlier(Hour.of(date(2024, 3, 17), 2, AWAY), 1, AWAY)[0] == skipped


def test_a_week_counts_once_the_feed_was_there_on_no_holiday_and_not_silent() -> None:
    told = Known(HOUR.start, frozenset({DAY}), frozenset())
    assert told.left(HOUR) is None
    assert Known(None, told.told, told.holidays).left(HOUR) == "before"
    assert Known(HOUR.start + TICK, told.told, told.holidays).left(HOUR) == "before", "the hour it began in"
    assert Known(HOUR.start, frozenset(), told.holidays).left(HOUR) == "silent"
    assert Known(HOUR.start, told.told, frozenset({DAY})).left(HOUR) == "holiday"


def test_there_is_no_usual_until_so_many_weeks_count() -> None:
    few = compared(HOUR, {"": 50}, weeks(3, 4, 5, "before", "before"), 4, 2, 10)
    assert (few.usual, few.times, few.surges, few.n) == (None, None, False, 50)
    enough = compared(HOUR, {"": 50}, weeks(3, 4, 5, 6, "before"), 4, 2, 10)
    assert (enough.usual, enough.surges, len(enough.weeks)) == (4.5, True, 4)


def test_weeks_left_out_are_made_up_for_by_older_ones_and_are_no_zeros() -> None:
    found = compared(HOUR, {"": 20}, weeks(8, "silent", "holiday", 10, 12), 3, 2, 10)
    assert found.usual == 10
    assert [week.left for week in found.weeks] == [None, "silent", "holiday", None, None]
    assert len(earlier(HOUR, 3, HERE)) == 6, "twice as far back at most"


def test_one_earlier_surge_does_not_hide_the_next() -> None:
    assert compared(HOUR, {"": 20}, weeks(8, 90, 9, 7), 4, 2, 10).surges


@pytest.mark.parametrize(
    ("n", "usual", "factor", "surges"),
    [
        (10, 5, 2, True),
        (11, 6, 2, False),
        (12, 6, 2, True),
        (9, 1, 2, False),
        (10, 0, 2, True),
        (55, 50, 1.1, True),
    ],
)
def test_a_surge_is_both_large_and_so_many_times_the_usual(
    n: int, usual: int, factor: float, surges: bool
) -> None:
    assert compared(HOUR, {"": n}, weeks(usual), 1, factor, 10).surges == surges


def test_where_it_lies_is_what_rose_most_above_its_own_usual() -> None:
    before = [Week(DAY, {"often": 30, "b": 1, "gone": 9}), Week(DAY, {"often": 32, "c": 3})]
    found = compared(HOUR, {"often": 31, "a": 6, "b": 8, "c": 7, "d": 2, "": 5}, before, 2, 2, 10)
    assert found.top == (Part("b", 8, 0.5), Part("a", 6, 0), Part("c", 7, 1.5))
