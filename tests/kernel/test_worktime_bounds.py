"""Working time is total: no exception, and no answer out of another calendar; bad days are refused."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from ioc.calendars import worktime
from ioc.kernel.events import INSTANT
from ioc.kernel.workdays import Calendar, Day
from ioc.kernel.working import HOUR
from ioc.kernel.worktime import Worktime
from schemas import Calendar as CalendarFile
from schemas import Unusable
from tests.kernel.calendars import MADE, at, calendar, instants, us

T, N, KEY = pl.col("t"), pl.col("n"), pl.col("key")
Operation = Callable[[Worktime], pl.Expr]
OPERATIONS: dict[str, Operation] = {
    "between": lambda work: work.between(T, T + 1, KEY),
    "between, back": lambda work: work.between(pl.lit(at("2025-06-05T08:00")), T, KEY),
    "after_hours": lambda work: work.after_hours(T, N, KEY),
    "nth_close": lambda work: work.nth_close(T, N, KEY),
    "after_days": lambda work: work.after_days(T, N, KEY),
    "after_months": lambda work: work.after_months(T, N, KEY),
    "hand_over": lambda work: work.hand_over(T, KEY),
    "same_day": lambda work: work.same_day(T, KEY),
}
GOOD = us(at("2025-06-05T08:00"))
FIRST, LAST = us(at("2024-01-01T00:00")), us(at("2026-12-31T23:59:59.999998"))
FAR = 2**63 - 1
NOWHERE = [(FIRST - 1, 1, 0), (FIRST - 1, 1, 3), (LAST + 2, 1, 0), (-FAR, 1, 0), (FAR, 1, 0), (None, 1, 0)]
NOWHERE += [(GOOD, 1, -1), (GOOD, 1, 12), (GOOD, 1, FAR), (GOOD, 1, None)]


def asked(rows: list[tuple[int | None, int | None, int | None]], name: str) -> list[int | None]:
    schema = {"t": pl.Int64, "n": pl.Int64, "key": pl.Int64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    found: list[int | None] = frame.select(at=OPERATIONS[name](calendar("made")[1]))["at"].to_list()
    return found


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_instant_or_key_that_is_nowhere_has_no_answer(name: str) -> None:
    assert asked([(GOOD, 1, key) for key in range(12)], name).count(None) == 0
    assert asked(NOWHERE, name) == [None] * len(NOWHERE)


@pytest.mark.parametrize("name", ["after_hours", "nth_close", "after_days", "after_months"])
def test_a_count_below_zero_missing_or_beyond_the_calendar_has_no_answer(name: str) -> None:
    rows = [(GOOD, n, key) for key in range(12) for n in (-1, -FAR, None, 6000 * HOUR, FAR)]
    assert asked(rows, name) == [None] * len(rows)


def test_no_answer_comes_out_of_the_calendar_that_lies_behind() -> None:
    """The last working day of 2026 is 31 December: what goes beyond it would find the next key's January."""
    late = us(at("2026-12-31T16:00"))
    for key in range(12):
        assert asked([(late, 0, key), (late, 1, key), (late, 800, key)], "nth_close")[1:] == [None, None]
        assert asked([(late, 1, key), (late, 40, key), (late, 1100, key)], "after_days") == [None] * 3
        assert asked([(late, 1, key), (late, 13, key), (late, 36, key)], "after_months") == [None] * 3
        assert asked([(late, HOUR + 1, key), (late, 900 * HOUR, key)], "after_hours") == [None] * 2
        assert asked([(late + 2 * HOUR, 0, key)], "hand_over") == [None]
        assert asked([(late + 2 * HOUR, 0, key)], "same_day") == [None]
        early = us(at("2024-01-01T00:00"))
        assert asked([(early, 0, key)], "between") == [0]
        assert asked([(early, 0, key)], "nth_close") == [us(at("2024-01-02T17:00"))]


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_frame_of_any_height_and_any_engine(name: str) -> None:
    for height in (0, 1, 3):
        rows = [(GOOD + i, 1, i) for i in range(height)]
        assert len(asked(list(rows), name)) == height
    frame = pl.LazyFrame({"t": [GOOD] * 3, "n": [1] * 3, "key": [0, 5, 11]})
    plan = frame.select(at=OPERATIONS[name](calendar("made")[1]))
    assert plan.collect(engine="streaming").equals(plan.collect(engine="in-memory"))
    assert plan.collect(optimizations=pl.QueryOptFlags.none()).equals(plan.collect())


def test_instants_are_taken_as_integers_or_datetimes_of_any_unit_and_zone() -> None:
    work = calendar("made")[1]
    t = pl.Series([at("2025-06-05T08:00")], dtype=INSTANT)
    given = [t, t.cast(pl.Int64), t.dt.cast_time_unit("ms"), t.dt.convert_time_zone("Europe/Amsterdam")]
    assert [instants(work.nth_close(T, pl.lit(1), 2), t=s) for s in given] == [[at("2025-06-06T16:30")]] * 4


def test_a_later_version_moves_nothing_that_was_decided_before_it_was_known() -> None:
    work = calendar("vietnam")[1]
    times = [at("2025-12-24T23:59:59"), at("2025-12-25T00:00"), at("2009-12-31T23:00")]
    keys = pl.DataFrame({"t": times}).select(key=work.key_at(T, pl.lit("H20.01")))["key"]
    assert keys.to_list() == [work.key("library"), work.key("2025-12-25"), None]
    due = work.nth_close(T, pl.lit(5), KEY)
    assert instants(due, t=times[:2], key=keys.head(2)) == [at("2026-01-02T17:00"), at("2026-01-05T17:00")]
    asked_again = [work.key("2025-12-25"), work.key("library")]
    assert instants(due, t=times[:2], key=asked_again) == [at("2026-01-05T17:00"), at("2026-01-02T17:00")]


def test_an_agency_without_a_calendar_of_its_own_has_the_one_of_all() -> None:
    work = calendar("made")[1]
    assert work.key("second", "nobody") == work.key("second") == 1
    frame = pl.DataFrame({"t": [at("2025-06-05T08:00")] * 4, "agency": ["", "B", "nobody", None]})
    keys = frame.select(key=work.key_at(T, pl.col("agency")))["key"].to_list()
    assert keys == [1, work.key("second", "B"), 1, 1]
    with pytest.raises(KeyError, match="known: first, second, third"):
        work.key("fourth")


def test_worktime_is_equal_by_what_it_says_and_travels() -> None:
    file, work = calendar("made")
    again = pickle.loads(pickle.dumps(worktime(file)))
    assert (again, hash(again)) == (work, hash(work))
    frame = pl.DataFrame({"t": [GOOD], "n": [1], "key": [0]})
    assert frame.select(again.nth_close(T, N, KEY)).equals(frame.select(work.nth_close(T, N, KEY)))
    less = file.model_copy(update={"versions": file.versions[:2]})
    assert worktime(less) != work


def test_a_country_the_package_does_not_know_is_refused() -> None:
    strange = CalendarFile.model_validate(MADE | {"country": "VV"}).model_copy(update={"file": "x.yaml"})
    with pytest.raises(Unusable, match=r"x\.yaml: country: 'VV'; name a country of the `holidays` package"):
        worktime(strange)


DAY = 24 * HOUR
START = us(datetime(2024, 2, 1, tzinfo=UTC))


def days(count: int = 3) -> list[Day]:
    found = []
    for n in range(count):
        start = START + n * DAY
        sessions = ((start + 8 * HOUR, start + 12 * HOUR), (start + 13 * HOUR, start + 17 * HOUR))
        found.append(Day(date(2024, 2, 1) + timedelta(days=n), start, sessions, start + 15 * HOUR))
    return found


ONE = Calendar("", "v", 0, days(), START + 3 * DAY)
TWO = replace(ONE, version="w", known=1)


def spoilt(place: int, **changed: Any) -> list[Calendar]:
    given = days()
    given[place] = replace(given[place], **changed)
    return [replace(ONE, days=given)]


MIDDLE = days()[1]
BAD = {
    "nothing": ([], "agency ''"),
    "none for all": ([replace(ONE, agency="A")], "agency ''"),
    "a version missing": ([ONE, TWO, replace(ONE, agency="A")], "every version once"),
    "a version twice": ([ONE, ONE], "every version once"),
    "known in another order": ([replace(TWO), ONE], "as they became known"),
    "no days": ([replace(ONE, days=[])], "has no days"),
    "a month cut at its start": ([replace(ONE, days=days()[1:])], "begins on 2024-02-02"),
    "a day left out": ([replace(ONE, days=[*days()[:1], *days()[2:]])], "follows 2024-02-01"),
    "other years": ([ONE, replace(TWO, days=days(2), end=START + 2 * DAY)], "same years"),
    "an end before the last day": ([replace(ONE, end=START + 2 * DAY)], "leave the day"),
    "a session before its day": (spoilt(1, sessions=((START, START + HOUR),)), "leave the day"),
    "a session after its day": (
        spoilt(1, sessions=((MIDDLE.start, MIDDLE.start + 25 * HOUR),)),
        "leave the day",
    ),
    "a close at midnight": (spoilt(1, sessions=((MIDDLE.start, MIDDLE.start + DAY),)), "leave the day"),
    "sessions that overlap": (spoilt(1, sessions=MIDDLE.sessions[::-1]), "overlap"),
    "hand-over without sessions": (spoilt(1, sessions=()), "hand_over of 2024-02-02"),
    "hand-over before opening": (spoilt(1, hand_over=MIDDLE.start), "hand_over of 2024-02-02"),
    "hand-over after close": (spoilt(1, hand_over=MIDDLE.start + 18 * HOUR), "hand_over of 2024-02-02"),
    "more than 64 bits hold": ([replace(ONE, days=days(1), end=START + 2**62)], "64 bits"),
}


@pytest.mark.parametrize("name", BAD)
def test_days_that_no_array_can_hold_are_refused(name: str) -> None:
    given, said = BAD[name]
    with pytest.raises(ValueError, match=said):
        Worktime.of(given)


def test_a_calendar_may_end_within_a_month() -> None:
    work = Worktime.of([ONE, TWO])
    frame = pl.DataFrame({"t": [START, START + DAY, START + 2 * DAY], "n": [0, 1, 0]})
    close = START + 17 * HOUR
    for key in (0, 1):
        assert frame.select(at=work.after_days(T, N, key))["at"].to_list() == [
            close,
            close + 2 * DAY,
            close + 2 * DAY,
        ]
        months = work.after_months(T, N, key)  # a month later is 2 March, which lies outside
        assert frame.select(at=months)["at"].to_list() == [close, None, close + 2 * DAY]


def test_a_month_that_the_calendar_cuts_short_keeps_its_days() -> None:
    """31 January and a month is 29 February, which lies outside, not the 3rd, the last that is there."""
    start = START - 31 * DAY
    january = [Day(date(2024, 1, 1) + timedelta(days=n), start + n * DAY) for n in range(31)]
    work = Worktime.of([replace(ONE, days=[*january, *days()])])
    found = pl.DataFrame({"t": [START - HOUR, start + DAY]}).select(at=work.after_months(T, pl.lit(1), 0))
    assert found["at"].to_list() == [None, START + DAY + 17 * HOUR]
