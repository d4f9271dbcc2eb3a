"""A status that may not follow the one before it is flagged, in the fold's order, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ioc.kernel.fold import fold, fold_now
from ioc.rules import case_rules
from schemas import load
from tests.kernel.histories import NATIONAL, NEXT, Row, event, frame, rules
from tests.kernel.test_fold_examples import on, state, told

UNEXPECTED = "unexpected-transition"


def flagged(events: list[Row]) -> bool:
    return UNEXPECTED in state(events, rules(following=NEXT))["flags"]


@pytest.mark.parametrize(
    ("statuses", "flagged_"),
    [
        ("1 2 4 9 10", False),
        ("2 10", False),
        ("1 5 1 2", False),
        ("1 6 1 2 4 9", False),
        ("2 4 8 4 9 10", False),
        ("2 9 4 9", False),  # reopened has a flag of its own
        ("2 9 9 10", False),  # the same again is a duplicate statement
        ("2 2 4 4 9", False),
        ("2 activity 4", False),
        ("4 activity 10", True),  # a note neither allows nor refuses
        ("2 nonsense 4", False),
        ("4 nonsense 10", True),
        ("1 4", True),
        ("1 9 10", True),
        ("4 10", True),
        ("10 4", True),
        ("3 2", True),
        ("9 5", True),
        ("7 4", False),  # NEXT says nothing of 7: anything may follow
        ("4", False),
        ("activity", False),
        ("nonsense", False),
    ],
)
def test_what_may_follow_what(statuses: str, flagged_: bool) -> None:
    assert flagged(told(statuses)) == flagged_


def test_the_order_is_the_folds_and_not_that_of_arrival() -> None:
    late = [*told("2 - 9 10"), event("H20.1-240304-0001", "late", on(1), "4", received_at=on(9))]
    for events in (late, late[::-1]):
        assert not flagged(events)
    assert flagged([*told("2 4 9"), event("H20.1-240304-0001", "late", on(1) + timedelta(hours=1), "1")])


@pytest.mark.parametrize(
    ("first", "second", "flagged_"), [("4", "10", True), ("10", "4", True), ("2", "4", False)]
)
def test_at_one_instant_the_first_received_comes_first(first: str, second: str, flagged_: bool) -> None:
    one = event("a", "1", on(0), first, received_at=on(1))
    other = event("a", "2", on(0), second, received_at=on(2))
    assert flagged([one, other]) == flagged([other, one]) == flagged_
    if not flagged_:
        assert flagged([one | {"received_at": on(3)}, other])


def test_what_does_not_count_breaks_nothing() -> None:
    counted = event("a", "1", on(0), "2")
    other = event("a", "1", on(1), "10", received_at=on(5))
    assert not flagged([counted, other, event("a", "2", on(2), "4")])


def test_times_before_1970_are_in_order_too() -> None:
    then = datetime(1944, 6, 6, tzinfo=UTC)
    rows = [event("a", str(n), then + timedelta(days=n), status) for n, status in enumerate(("2", "4", "9"))]
    assert not flagged(rows)
    assert flagged([event("a", "x", then - timedelta(days=1), "10"), *rows])


def test_a_neighbours_statuses_are_not_this_cases() -> None:
    rows = [*told("2 9 10"), *(row | {"case_id": "b"} for row in told("4 9"))]
    rows += [row | {"case_id": "c"} for row in told("4 10")]
    found = fold_now(frame(rows).collect(), rules(following=NEXT))
    flags = dict(found.select("case_id", "flags").iter_rows())
    assert [case for case in sorted(flags) if UNEXPECTED in flags[case]] == ["c"]


def test_records_say_the_national_transitions() -> None:
    following = case_rules(load().feed("records")).following
    assert {status: following[status] for status in NEXT} == NEXT
    assert following.keys() == NATIONAL.keys() - {"activity"}


def test_figures_that_need_no_flags_do_not_pay_for_them() -> None:
    cases = fold(frame(told("2 4 9")), rules(following=NEXT))
    assert "path" in cases.select("case_id", "flags").explain()
    assert "path" not in cases.select("case_id", "entered_on", "outcome", "set_aside").explain()
