"""What a case's clocks find odd, one flag after another, on histories short enough to follow by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from ioc.kernel.clock_flags import CLOCK_FLAGS
from ioc.kernel.fold import fold_now
from tests.kernel.histories import Row, event, frame
from tests.kernel.test_clocks import RULES, local_time

MONDAY = local_time("2025-06-02T08:00")
DUE = MONDAY + timedelta(days=7, hours=9)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SAID = {"agency": "A", "procedure": "days", "channel": "direct"}


def at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def told(hours: float, status: str, **fields: Any) -> Row:
    """An event so many hours after Monday morning; its id is status and hour."""
    return event("case", f"{status}@{hours}", at(hours), status, **{**SAID, **fields})


def folded(*events: Row) -> Row:
    (row,) = fold_now(frame(list(events)).collect(), RULES).to_dicts()
    return row


def flags(*events: Row) -> list[str]:
    raised: list[str] = folded(*events)["flags"]
    return [flag for flag in raised if flag in CLOCK_FLAGS]


RECEIVED = told(0, "2", due_at=DUE)
LATER = DUE + 2 * DAY
TOO_LATE = DUE + 2 * HOUR + timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("events", "raised"),
    [
        ([RECEIVED], []),
        ([told(0, "2", due_at=MONDAY - HOUR)], ["due-before-received"]),
        ([told(0, "2", due_at=MONDAY)], []),
        # a due date moved: with a pause, a letter, nothing, and after the end
        ([RECEIVED, told(5, "4", due_at=DUE)], []),
        ([RECEIVED, told(5, "4", due_at=LATER)], ["due-moved-without-cause"]),
        ([RECEIVED, told(5, "5", due_at=LATER)], []),
        ([RECEIVED, told(5, "6"), told(9, "4", due_at=LATER)], []),
        ([RECEIVED, told(5, "M04", due_at=LATER)], []),
        ([RECEIVED, told(5, "M04"), told(9, "4", due_at=LATER)], []),
        ([RECEIVED, told(5, "ask", due_at=LATER)], []),  # a consultation's own date
        ([RECEIVED, told(5, "9"), told(9, "10", due_at=LATER)], ["due-moved-without-cause"]),
        ([told(-5, "1", due_at=LATER), RECEIVED], []),  # the appointment is made at the reception
        (
            [RECEIVED, told(0, "4", due_at=LATER, received_at=at(1))],
            ["due-moved-without-cause"],
        ),  # and may be moved from its very instant on
        (
            [RECEIVED, told(5, "4", due_at=LATER), told(6, "4", due_at=DUE)],
            ["due-moved-without-cause", "reappointed-twice"],
        ),
        (
            [RECEIVED, told(5, "M04", due_at=LATER), told(6, "5"), told(9, "4", due_at=LATER + DAY)],
            [],
        ),
        (
            [RECEIVED, told(5, "M04", due_at=LATER), told(6, "M04", due_at=LATER + DAY)],
            ["reappointed-twice", "second-apology"],
        ),
        # resolved at the very due instant
        ([RECEIVED, told(177, "9", received_at=DUE + 2 * HOUR)], []),
        ([RECEIVED, told(177, "9", received_at=TOO_LATE)], ["resolved-at-due-told-later"]),
        ([RECEIVED, told(176, "9", received_at=DUE + DAY)], []),
        ([RECEIVED, told(177, "7", received_at=TOO_LATE)], ["resolved-at-due-told-later"]),
        # a supplement asked within eight hours of the due date
        ([RECEIVED, told(168, "5")], []),
        ([RECEIVED, told(169, "5")], ["supplement-near-due"]),
        ([RECEIVED, told(177, "5")], ["supplement-near-due"]),
        ([RECEIVED, told(178, "5")], []),
        ([RECEIVED, told(170, "6")], []),  # a payment is no supplement
        ([RECEIVED, told(170, "5", due_at=LATER)], ["supplement-near-due"]),  # by the date it then moves
        # procedure and limit, of which one is wrong at most
        ([told(0, "2", procedure="unknown")], ["procedure-not-known"]),
        ([told(0, "2", procedure=None)], ["procedure-not-known"]),
        ([told(0, "1", procedure="unknown")], []),  # not received
        ([told(0, "2", procedure="blank")], ["limit-not-known"]),
        ([told(0, "2", procedure="today")], []),
        # the agency on the day it was said: A is not there in April, B from May on, C nobody knows
        ([told(0, "2", agency="B")], []),
        ([told(-1500, "2", agency="A")], []),
        ([told(-1200, "2", agency="A")], ["agency-not-valid"]),
        ([told(-1200, "2", agency="A"), told(0, "4", agency="A")], []),
        ([told(-1200, "2", agency="B")], ["agency-not-valid"]),
        ([told(-1200, "2", agency="C")], []),
        ([told(-1200, "2", agency=None), told(-1199, "ask", agency="B")], []),
        (
            [told(0, "2", agency="B"), told(5, "9"), told(6000, "10", agency="B")],
            [],
        ),  # no credit after the end
        # letters
        ([RECEIVED, told(150, "M04")], []),
        ([RECEIVED, told(182, "M04")], []),  # in the evening of the due day
        ([RECEIVED, told(184, "M04")], ["apology-after-due"]),
        ([RECEIVED, told(5, "M04"), told(6, "M04")], ["second-apology"]),
        ([told(0, "2"), told(500, "M04")], []),  # no due date
    ],
)
def test_a_flag_is_raised(events: list[Row], raised: list[str]) -> None:
    assert flags(*events) == raised
    assert flags(*events[::-1]) == raised


def test_the_same_letter_from_two_systems_is_one() -> None:
    both = [told(5, "M04"), told(5, "M04", source="ministry")]
    assert flags(RECEIVED, *both) == []


@pytest.mark.parametrize(
    ("said", "received", "source", "raised"),
    [
        (-25, 26, "portal", True),
        (-24, 26, "portal", False),  # no more than the tolerance before
        (-25, 24, "portal", False),  # no more than the tolerance later
        (-25, 26, "ministry", False),  # another source has another clock
        (24, 26, "portal", False),
    ],
)
def test_a_sources_time_that_runs_backwards(said: float, received: float, source: str, raised: bool) -> None:
    first = told(0, "4", received_at=at(0))
    second = told(said, "2", received_at=at(received), source=source)
    assert ("time-backwards" in flags(first, second)) == raised


@pytest.mark.parametrize(("late", "raised"), [(0, False), (1, True)])
def test_what_is_told_no_later_than_tolerated_runs_forwards(late: int, raised: bool) -> None:
    """However much later other events of the case are told."""
    first, last = told(0, "4", received_at=at(0)), told(60, "4", received_at=at(60))
    second = told(-25, "2", received_at=at(24) + timedelta(microseconds=late))
    assert ("time-backwards" in flags(first, second, last)) == raised


def test_what_a_source_told_twice_it_had_told_the_first_time() -> None:
    first, again = told(0, "4", received_at=at(0)), told(0, "activity", received_at=at(40))
    assert "time-backwards" in flags(first, again, told(-25, "2", received_at=at(26)))


def test_a_log_that_arrives_at_once_runs_forwards() -> None:
    """However long ago its events are: what counts is what was told later, not late."""
    rows = [told(n * 48, status, received_at=at(10_000 + n / 60)) for n, status in enumerate(("2", "4", "9"))]
    assert "time-backwards" not in flags(*rows)
    assert "time-backwards" not in flags(*(row | {"received_at": at(10_000)} for row in rows))


def test_time_runs_backwards_past_events_between() -> None:
    rows = [
        told(100, "9", received_at=at(100)),
        told(60, "5", received_at=at(110)),
        told(20, "4", received_at=at(130)),
    ]
    assert "time-backwards" in flags(*rows)
    assert "time-backwards" not in flags(rows[1], rows[2])


def test_every_flag_leaves_the_case_in_the_figures() -> None:
    odd = [
        told(0, "2", due_at=MONDAY - HOUR),
        told(5, "4", due_at=DUE),
        told(6, "M04", due_at=LATER),
        told(170, "M04"),
        told(177 + 48, "9", received_at=at(400), procedure="unknown"),
    ]
    row = folded(*odd)
    assert (row["in_figures"], row["set_aside"], row["outcome"]) == (True, None, "on_due_date")
    assert len(row["flags"]) >= 5
