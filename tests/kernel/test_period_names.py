"""Names of periods: days as a slow reference finds, there and back, neither gap nor overlap, mends."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.kernel.period_names import (
    NamedPeriod,
    NoSuchPeriod,
    Period,
    PeriodCalendar,
    named,
    previous,
    touched,
)
from ioc.kernel.periods import days_of
from tests.effort import tried
from tests.kernel.slow_periods import CALENDAR, REPORT, days_by_period

DAY = timedelta(days=1)
TILES = ("day", "week", "month", "quarter", "half", "year")

calendars = st.one_of(
    st.sampled_from([CALENDAR, REPORT]),
    st.builds(
        PeriodCalendar,
        st.just("OWN"),
        st.integers(1, 28),
        st.sampled_from([-1, 0]),
        st.just(CALENDAR.reported),
    ),
)
starts = st.dates(date(1999, 1, 1), date(2032, 12, 31))


def kinds_of(calendar: PeriodCalendar) -> st.SearchStrategy[Period]:
    return st.sampled_from(calendar.kinds)


@tried(200)
@given(calendars, starts, st.integers(0, 800), st.data())
def test_the_days_of_periods_are_what_a_walk_over_the_days_gives(
    calendar: PeriodCalendar, start: date, more: int, data: st.DataObject
) -> None:
    kind, end = data.draw(kinds_of(calendar)), start + more * DAY
    told = days_of(kind, start, end, calendar).collect()
    expected = days_by_period(kind, start, end, calendar)
    assert [period.name for period in touched(kind, start, end, calendar)] == list(expected)
    rows = [(days[0], days[-1], text, day) for text, days in expected.items() for day in days]
    assert list(told.select("from", "to", "period", "day").iter_rows()) == rows


@tried(200)
@given(calendars, starts, st.integers(0, 800), st.data())
def test_a_name_gives_back_its_days(
    calendar: PeriodCalendar, start: date, more: int, data: st.DataObject
) -> None:
    kind, end = data.draw(kinds_of(calendar)), start + more * DAY
    for period in touched(kind, start, end, calendar):
        assert named(period.name, calendar) == period
        days = days_by_period(kind, period.start, period.last, calendar)
        assert list(days) == [period.name]
        assert days[period.name][0] == period.start
        assert days[period.name][-1] == period.last == period.until - DAY


@tried(200)
@given(calendars, starts, st.integers(0, 800), st.sampled_from(TILES))
def test_periods_of_a_kind_tile_the_days(
    calendar: PeriodCalendar, start: date, more: int, kind: Period
) -> None:
    calendar = PeriodCalendar(calendar.name, calendar.first_day, calendar.month_shift, CALENDAR.reported)
    found = touched(kind, start, start + more * DAY, calendar)
    assert found[0].start <= start < found[0].until
    assert found[-1].start <= start + more * DAY < found[-1].until
    for one, after in pairwise(found):
        assert one.until == after.start
        assert previous(after) == one


@tried(100)
@given(calendars, starts, st.sampled_from(["6m", "9m"]))
def test_a_cumulative_period_is_the_first_months_of_its_year(
    calendar: PeriodCalendar, start: date, kind: Period
) -> None:
    (year,) = touched("year", start, start, calendar)
    months = touched("month", year.start, year.last, calendar)
    assert len(months) == 12
    (found,) = touched(kind, year.start, year.last, calendar)
    assert (found.start, found.until) == (year.start, months[int(kind[0]) - 1].until)
    assert previous(found).name[4:] == found.name[4:]
    assert previous(found).start == previous(year).start


@tried(100)
@given(calendars, starts)
def test_the_year_to_date_grows_by_a_day_until_it_is_the_year(calendar: PeriodCalendar, day: date) -> None:
    (year,) = touched("year", day, day, calendar)
    (found,) = touched("ytd", day, day, calendar)
    assert (found.start, found.last) == (year.start, day)
    before = previous(found)
    assert before.start == previous(year).start
    assert (before.last.year, before.last.month) == (day.year - 1, day.month)
    assert before.last.day == (28 if (day.month, day.day) == (2, 29) else day.day)


def test_years_before_the_last_are_whole_in_year_to_date() -> None:
    found = touched("ytd", date(2022, 5, 1), date(2023, 9, 14), REPORT)
    assert [period.name for period in found] == ["2022-YTD..2022-12-14", "2023-YTD..2023-09-14"]
    assert found[0].start == date(2021, 12, 15)


def test_a_cumulative_period_that_has_ended_is_not_touched() -> None:
    ended = date(2023, 9, 15)
    assert touched("9m", ended, date(2023, 12, 14), REPORT) == []
    assert [period.name for period in touched("9m", ended - DAY, ended, REPORT)] == ["2023-9M"]


@pytest.mark.parametrize(
    ("name", "calendar", "first", "last"),
    [
        ("2024-01", REPORT, date(2023, 12, 15), date(2024, 1, 14)),
        ("2024-03", REPORT, date(2024, 2, 15), date(2024, 3, 14)),  # 29 days
        ("2023-03", REPORT, date(2023, 2, 15), date(2023, 3, 14)),  # 28
        ("2024-12", REPORT, date(2024, 11, 15), date(2024, 12, 14)),
        ("2024-Q1", REPORT, date(2023, 12, 15), date(2024, 3, 14)),
        ("2024-Q4", REPORT, date(2024, 9, 15), date(2024, 12, 14)),
        ("2024-H1", REPORT, date(2023, 12, 15), date(2024, 6, 14)),
        ("2024-H2", REPORT, date(2024, 6, 15), date(2024, 12, 14)),
        ("2024", REPORT, date(2023, 12, 15), date(2024, 12, 14)),
        ("2023-6M", REPORT, date(2022, 12, 15), date(2023, 6, 14)),
        ("2023-9M", REPORT, date(2022, 12, 15), date(2023, 9, 14)),  # seed 002 prints 15/9, a day twice
        ("2024-YTD..2023-12-15", REPORT, date(2023, 12, 15), date(2023, 12, 15)),
        ("2024-02", CALENDAR, date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-02", CALENDAR, date(2023, 2, 1), date(2023, 2, 28)),
        ("2024-Q4", CALENDAR, date(2024, 10, 1), date(2024, 12, 31)),
        ("2024-H2", CALENDAR, date(2024, 7, 1), date(2024, 12, 31)),
        ("2024-9M", CALENDAR, date(2024, 1, 1), date(2024, 9, 30)),
        ("2024-YTD..2024-02-29", CALENDAR, date(2024, 1, 1), date(2024, 2, 29)),
        ("2025-W01", CALENDAR, date(2024, 12, 30), date(2025, 1, 5)),
        ("2020-W53", CALENDAR, date(2020, 12, 28), date(2021, 1, 3)),
        ("2024-02-29", CALENDAR, date(2024, 2, 29), date(2024, 2, 29)),
        ("2021-01-01..2024-10-31", CALENDAR, date(2021, 1, 1), date(2024, 10, 31)),  # seed 003
        ("2022-12-15..2023-09-14", REPORT, date(2022, 12, 15), date(2023, 9, 14)),
    ],
)
def test_what_a_name_means(name: str, calendar: PeriodCalendar, first: date, last: date) -> None:
    found = named(name, calendar)
    assert (found.start, found.last, found.name) == (first, last, name)


def test_stored_half_open_and_printed_inclusive() -> None:
    nine_months = named("2023-9M", REPORT)
    assert (nine_months.start, nine_months.until) == (date(2022, 12, 15), date(2023, 9, 15))


@pytest.mark.parametrize(
    ("name", "calendar", "before"),
    [
        ("2024-01", CALENDAR, "2023-12"),
        ("2024-Q1", REPORT, "2023-Q4"),
        ("2024-H1", REPORT, "2023-H2"),
        ("2024", REPORT, "2023"),
        ("2021-W01", CALENDAR, "2020-W53"),
        ("2024-03-01", CALENDAR, "2024-02-29"),
        ("2024-6M", CALENDAR, "2023-6M"),
        ("2023-9M", REPORT, "2022-9M"),
        ("2024-YTD..2024-02-29", CALENDAR, "2023-YTD..2023-02-28"),
        ("2024-YTD..2023-12-20", REPORT, "2023-YTD..2022-12-20"),
        ("2024-01-01..2024-01-31", CALENDAR, "2023-12-01..2023-12-31"),
        ("2024-03-01..2024-03-01", REPORT, "2024-02-29..2024-02-29"),
    ],
)
def test_the_period_before_is_of_the_same_kind(name: str, calendar: PeriodCalendar, before: str) -> None:
    found = previous(named(name, calendar))
    assert found.name == before
    assert found == named(before, calendar)


@pytest.mark.parametrize(
    ("name", "calendar", "mend"),
    [
        ("", CALENDAR, "write a period of CALENDAR as 2011-03-05 (day), 2011-W09 (week), 2011-03 (month)"),
        ("March", REPORT, "write a period of REPORT_15_14 as 2011-03 (month), 2011-Q1 (quarter)"),
        ("2024-q1", CALENDAR, "2011-Q1 (quarter)"),
        ("2024-01 ", CALENDAR, "2011-03 (month)"),
        ("٢٠٢٤-01", CALENDAR, "2011-03 (month)"),
        ("2023-YTD", CALENDAR, "2011-YTD..2011-03-05 (ytd)"),
        (
            "2024-W09",
            REPORT,
            "its kind is week; REPORT_15_14 has month, quarter, half, year, 6m, 9m, ytd, range",
        ),
        ("2024-03-05", REPORT, "its kind is day; REPORT_15_14 has month"),
        ("2024-13", CALENDAR, "no such month; the nearest is 2025-01"),
        ("2024-00", REPORT, "no such month; the nearest is 2023-12"),
        ("2024-Q5", REPORT, "no such quarter"),
        ("2024-H3", CALENDAR, "no such half; the nearest is 2025-H1"),
        ("2021-W53", CALENDAR, "no such week: Invalid week: 53"),
        ("2023-02-29", CALENDAR, "no such day: day is out of range"),
        ("2023-YTD..2023-12-15", REPORT, "no such ytd; the nearest is 2024-YTD..2023-12-15"),
        ("2024-02-01..2024-01-31", CALENDAR, "no such range: from: 2024-02-01 comes after 2024-01-31"),
        ("2024-01-01..2024-02-30", CALENDAR, "no such range: day is out of range"),
        ("0000-01", REPORT, "give a year from 1900 to 2199"),
        ("9999", CALENDAR, "give a year from 1900 to 2199"),
        ("2024-01-01..2200-01-01", CALENDAR, "give a year from 1900 to 2199"),
    ],
)
def test_a_name_of_no_period_is_refused(name: str, calendar: PeriodCalendar, mend: str) -> None:
    with pytest.raises(NoSuchPeriod) as refused:
        named(name, calendar)
    assert str(refused.value).startswith(f"period: {name!r} cannot be used; ")
    assert refused.value.value == name
    assert mend in refused.value.mend


def test_days_that_end_before_they_begin_are_no_window() -> None:
    with pytest.raises(ValueError, match="from: 2024-01-20 comes after 2024-01-10"):
        touched("month", date(2024, 1, 20), date(2024, 1, 10), CALENDAR)


def test_every_kind_is_in_some_packaged_calendar() -> None:
    assert set(CALENDAR.kinds) == set(get_args(Period))
    assert isinstance(touched("range", date(2024, 1, 1), date(2024, 1, 1), REPORT)[0], NamedPeriod)
