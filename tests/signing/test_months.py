"""Months added up to the periods that they make, as published at a revision."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from ioc.errors import BadInput, Stop
from ioc.kernel.period_names import NamedPeriod
from ioc.period_calendars import period_calendar, period_named
from ioc.warehouse.months import before, ended_and_covered, months_of, period_months, restated_since
from ioc.warehouse.revisions import Published, published
from tests.signing.published import AGENCY, FEED, REGISTRY, Book, whole

SECOND = datetime(2024, 4, 2, 2, tzinfo=UTC)
TODAY = date(2024, 4, 10)


def period(name: str, calendar: str = "CALENDAR") -> NamedPeriod:
    return period_named(name, period_calendar(REGISTRY, calendar))


def held(book: Book, at: datetime | None = None) -> Published:
    found = published(book.conn, FEED, at)
    assert found is not None
    return found


def told(frame: pl.DataFrame) -> list[tuple[int, ...]]:
    return frame.select("carried_over", "new", "early", "late", "open_in_time", "open_overdue").rows()


@pytest.mark.parametrize(
    ("name", "calendar", "months"),
    [
        ("2024-02", "CALENDAR", ["2024-02"]),
        ("2024-Q2", "REPORT_15_14", ["2024-04", "2024-05", "2024-06"]),
        ("2024-H2", "CALENDAR", [f"2024-{n:02}" for n in range(7, 13)]),
        ("2024-9M", "REPORT_15_14", [f"2024-{n:02}" for n in range(1, 10)]),
        ("2024-6M", "CALENDAR", [f"2024-{n:02}" for n in range(1, 7)]),
        ("2024", "REPORT_15_14", [f"2024-{n:02}" for n in range(1, 13)]),
        ("2024-YTD..2024-02-29", "CALENDAR", ["2024-01", "2024-02"]),
        ("2024-YTD..2024-02-14", "REPORT_15_14", ["2024-01", "2024-02"]),
        ("2023-12-01..2024-01-31", "CALENDAR", ["2023-12", "2024-01"]),
    ],
)
def test_a_period_is_its_months(name: str, calendar: str, months: list[str]) -> None:
    assert [month.name for month in months_of(period(name, calendar))] == months


@pytest.mark.parametrize(
    ("name", "calendar", "word"),
    [
        ("2024-01-05", "CALENDAR", "name a month or longer"),
        ("2024-W09", "CALENDAR", "name a month or longer"),
        ("2024-YTD..2024-02-28", "CALENDAR", "give 2024-01-01 to 2024-02-29"),
        ("2024-01-02..2024-01-31", "CALENDAR", "give 2024-01-01 to 2024-01-31"),
        ("2024-01-01..2024-01-31", "REPORT_15_14", "give 2023-12-15 to 2024-02-14"),
    ],
)
def test_a_period_that_cuts_a_month_is_refused(name: str, calendar: str, word: str) -> None:
    with pytest.raises(BadInput, match=word):
        months_of(period(name, calendar))


@pytest.mark.parametrize(
    ("name", "expected"),
    [("2024-01", "2023-12"), ("2024-Q1", "2023-Q4"), ("2024-9M", "2023"), ("2024-YTD..2024-02-29", "2023")],
)
def test_the_period_before_ends_on_the_day_before(name: str, expected: str) -> None:
    assert before(period(name)).name == expected


def test_the_first_month_opens_the_last_closes_and_all_flow(book: Book) -> None:
    revision = book.revision()
    for name, figures in {
        "2023-12": whole(carried_over=90, new=10),
        "2024-01": whole(carried_over=100, new=10, early=4, late=1, overdue=2),
        "2024-02": whole(carried_over=105, new=20, early=5, overdue=3),
        "2024-03": whole(carried_over=120, new=30, early=6, late=7, overdue=4),
    }.items():
        book.month(revision, name, figures)
    book.month(revision, "2024-02", whole(new=1), channel="postal")
    book.month(revision, "2024-01", whole(new=77), calendar="REPORT_15_14")
    found = period_months(book.conn, FEED, held(book), period("2024-Q1"))
    assert found.select("agency", "channel", "sector").rows() == [
        (AGENCY, "online", "Đất đai"),
        (AGENCY, "postal", "Đất đai"),
    ]
    # by post: open at the end of February, gone by March's rows, so nothing is open at the end
    assert told(found) == [(100, 60, 15, 8, 133, 4), (0, 1, 0, 0, 0, 0)]
    report = period_months(book.conn, FEED, held(book), period("2024-01", "REPORT_15_14"))
    assert told(report) == [(0, 77, 0, 0, 77, 0)]


def test_what_was_published_then_is_read_again(book: Book) -> None:
    first = book.revision()
    book.month(first, "2024-01", whole(new=7))
    second = book.revision(SECOND)
    book.month(second, "2024-01", whole(new=8))
    january = period("2024-01")
    assert told(period_months(book.conn, FEED, held(book), january)) == [(0, 8, 0, 0, 8, 0)]
    then = held(book, datetime(2024, 4, 2, 1, tzinfo=UTC))
    assert (then.revision, held(book).revision) == (first, second)
    assert told(period_months(book.conn, FEED, then, january)) == [(0, 7, 0, 0, 7, 0)]


def test_days_without_months_are_no_form_of_zeros(book: Book) -> None:
    revision = book.revision()
    assert period_months(book.conn, FEED, held(book), period("2024-01")).is_empty()
    book.day(revision, date(2024, 2, 3))
    assert period_months(book.conn, FEED, held(book), period("2024-01")).is_empty()
    with pytest.raises(
        Stop, match=r"no months of CALENDAR for 2024-02: `ioc rollup --feed \S+ --from 2024-01-01"
    ):
        period_months(book.conn, FEED, held(book), period("2024-Q1"))
    book.month(revision, "2024-02", whole(new=1))
    assert told(period_months(book.conn, FEED, held(book), period("2024-Q1"))) == [(0, 1, 0, 0, 0, 0)]


@pytest.mark.parametrize(
    ("name", "calendar", "error"),
    [
        (
            "2024-04",
            "CALENDAR",
            r"month 2024-04 ends on 2024-04-30 .*it is 2024-04-10; name a period that has",
        ),
        ("2024-Q2", "REPORT_15_14", r"month 2024-04 ends on 2024-04-14 "),
        (
            "2023-Q4",
            "CALENDAR",
            r"month 2023-10 .* is not published: revision 1 covers 2023-12-01\.\.2024-03-31",
        ),
        ("2024-01", "CALENDAR", ""),
        ("2024-Q1", "CALENDAR", ""),
    ],
)
def test_a_period_that_is_not_over_or_not_published_is_refused(
    book: Book, name: str, calendar: str, error: str
) -> None:
    book.revision()
    if not error:
        return ended_and_covered(held(book), FEED, period(name, calendar), TODAY)
    with pytest.raises(BadInput, match=error):
        ended_and_covered(held(book), FEED, period(name, calendar), TODAY)
    return None


def test_a_month_is_over_on_the_day_after_its_last(book: Book) -> None:
    book.revision(covers=(date(2023, 12, 1), date(2024, 4, 30)))
    ended_and_covered(held(book), FEED, period("2024-04"), date(2024, 5, 1))
    with pytest.raises(BadInput, match="ends on 2024-04-30"):
        ended_and_covered(held(book), FEED, period("2024-04"), date(2024, 4, 30))


def test_only_later_restatements_of_closing_figures_count(book: Book) -> None:
    first, second = book.revision(), book.revision(SECOND)
    book.restated(first, "2024-03", "open_in_time", 1, 3)
    book.restated(second, "2024-03", "open_in_time", 3, 10)
    book.restated(second, "2024-03", "open_overdue", 9, 4)
    book.restated(second, "2024-03", "new", 0, 50)
    book.restated(second, "2024-02", "open_in_time", 0, 60)
    figures = {"open_in_time": 1, "open_overdue": 1}
    asked = (held(book), period("2024-Q1"))
    found = restated_since(book.conn, FEED, *asked, first, figures)
    assert found.rows() == [(AGENCY, "Đất đai", 7), (AGENCY, "Đất đai", -5)]
    assert restated_since(book.conn, FEED, *asked, second, figures).is_empty()
