"""A source that gave no sign on a working day of the period was silent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from ioc.errors import BadInput
from ioc.period_calendars import period_calendar, period_named
from ioc.signing.against import working_days
from ioc.warehouse.silence import Silent, silent
from tests.signing.published import AGENCY, FEED, REGISTRY, SOURCE, Book

JANUARY = date(2024, 1, 1), date(2024, 1, 31)
TENTH = date(2024, 1, 10)
DAY = 1440
Found = Callable[..., list[Silent]]


def days(name: str, feed: str = FEED) -> list[date]:
    return working_days(
        REGISTRY, REGISTRY.feeds[feed], period_named(name, period_calendar(REGISTRY, "CALENDAR"))
    )


@pytest.fixture
def found(book: Book) -> Found:
    def silent_sources(rhythm: int = 15, agencies: list[str] | None = None) -> list[Silent]:
        return silent(book.conn, FEED, "Asia/Ho_Chi_Minh", rhythm, days("2024-01"), agencies)

    return silent_sources


def test_working_days_are_the_calendars_and_worked_saturdays_among_them() -> None:
    assert len(days("2024-01")) == 22  # New Year's Day is off
    assert date(2024, 1, 1) not in days("2024-01")
    assert date(2024, 5, 4) in days("2024-05")  # worked for Monday 29/4
    assert date(2024, 4, 29) not in days("2024-04")
    assert len(days("2024-01", "permits")) == 23  # without a calendar every Monday to Friday
    with pytest.raises(BadInput, match=r"calendar vietnam knows the years 2010 to 2027; add to `years` in"):
        days("2028")


def test_a_source_with_a_sign_on_every_working_day_is_not_silent(book: Book, found: Found) -> None:
    book.lively(*JANUARY)
    assert found() == []


def test_a_working_day_without_any_sign_is_silence(book: Book, found: Found) -> None:
    book.lively(*JANUARY, without=(TENTH, date(2024, 1, 1)))
    assert found() == [Silent(SOURCE, (TENTH,))]


@pytest.mark.parametrize(
    ("occurred", "received"),
    [
        (datetime(2024, 1, 9, 17, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC)),  # 0:00 local, told late
        (datetime(2024, 1, 10, 16, 59, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC)),  # 23:59 local
        (datetime(2024, 1, 2, tzinfo=UTC), datetime(2024, 1, 10, 2, tzinfo=UTC)),  # came on that day
    ],
)
def test_what_occurred_or_came_on_the_day_is_a_sign(
    book: Book, found: Found, occurred: datetime, received: datetime
) -> None:
    book.lively(*JANUARY, without=(TENTH,))
    book.event(occurred, received)
    assert found() == []


@pytest.mark.parametrize(
    "occurred", [datetime(2024, 1, 9, 16, 59, tzinfo=UTC), datetime(2024, 1, 10, 17, tzinfo=UTC)]
)
def test_days_are_local(book: Book, found: Found, occurred: datetime) -> None:
    book.lively(*JANUARY, without=(TENTH,))
    book.event(occurred)
    assert found() == [Silent(SOURCE, (TENTH,))]


def test_a_source_is_expected_from_its_first_sign_on_and_for_ever(book: Book, found: Found) -> None:
    book.event(datetime(2024, 1, 30, 1, tzinfo=UTC))
    book.event(datetime(2024, 2, 5, 1, tzinfo=UTC), source="later")
    assert found() == [Silent(SOURCE, (date(2024, 1, 31),))]
    book.event(datetime(2023, 1, 30, 1, tzinfo=UTC), source="gone")
    assert [(one.source, len(one.days)) for one in found()] == [("gone", 22), (SOURCE, 1)]


def test_a_slow_rhythm_is_given_as_many_days(book: Book, found: Found) -> None:
    book.lively(*JANUARY, without=(TENTH, date(2024, 1, 11)))
    assert found(DAY) == [Silent(SOURCE, (TENTH, date(2024, 1, 11)))]
    assert found(DAY + 1) == [Silent(SOURCE, (date(2024, 1, 11),))]
    assert found(3 * DAY) == []


def test_only_sources_that_tell_of_the_forms_agencies_count(book: Book, found: Found) -> None:
    book.lively(*JANUARY)
    book.event(datetime(2024, 1, 2, 1, tzinfo=UTC), source="other", agency="H20.03")
    assert found(agencies=[AGENCY]) == []
    assert [one.source for one in found(agencies=["H20.03", AGENCY])] == ["other"]
    assert [one.source for one in found()] == ["other"]
    book.conn.execute("update event set receiving_agency = %s where source = 'other'", [AGENCY])
    assert [one.source for one in found(agencies=[AGENCY])] == ["other"]
