"""The fold's promises one by one, on histories short enough to follow by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ioc.kernel.fold import fold
from ioc.kernel.rules import CaseRules
from tests.kernel.histories import Row, event, frame, rules

MORNING = datetime(2024, 3, 4, 1, 30, tzinfo=UTC)  # 8:30 in Viet Nam
DUE = MORNING + timedelta(days=3)


def on(day: int) -> datetime:
    return MORNING + timedelta(days=day)


def told(statuses: str, **fields: Any) -> list[Row]:
    """A status a day, in the order written: "1 2 4 9 10"; "-" lets a day pass."""
    said = [(day, status) for day, status in enumerate(statuses.split()) if status != "-"]
    return [
        event("H20.1-240304-0001", f"e{day}", on(day), status, due_at=DUE, **fields) for day, status in said
    ]


def state(events: list[Row], by: CaseRules | None = None) -> Row:
    (row,) = fold(frame(events), by or rules()).collect().to_dicts()
    return row


@pytest.mark.parametrize(
    ("statuses", "phase", "resolved_day", "outcome", "flags"),
    [
        ("1 2 4 9 10", "delivered", 3, "on_due_date", []),
        ("2 4", "open", None, None, []),
        ("2 5", "paused", None, None, []),
        ("2 5 4", "open", None, None, []),
        ("2 6", "paused", None, None, []),
        ("2 8", "paused", None, None, []),
        ("2 8 9", "resolved", 2, "early", []),
        ("2 9", "resolved", 1, "early", []),
        ("2 - - - 9", "resolved", 4, "late", []),
        ("2 9 9", "resolved", 1, "early", ["resolved-twice"]),
        ("2 9 4", "open", None, None, ["reopened"]),
        ("2 9 5", "paused", None, None, ["reopened"]),
        ("2 9 4 9", "resolved", 3, "on_due_date", ["reopened"]),
        ("2 9 4 9 4 9", "resolved", 5, "late", ["reopened"]),
        ("2 9 4 9 9", "resolved", 3, "on_due_date", ["reopened", "resolved-twice"]),
        ("2 9 10 4 10", "delivered", 4, "late", ["reopened", "delivered-without-resolved"]),
        ("2 9 2", "resolved", 1, "early", ["received-after-resolved"]),
        ("2 5 2", "open", None, None, []),
        ("2 10", "delivered", 1, "early", ["delivered-without-resolved"]),
        ("2 10 9", "delivered", 2, "early", []),
        ("2 7", "withdrawn", 1, "on_due_date", []),
        ("2 - - - 7", "withdrawn", 4, "on_due_date", []),
        ("2 7 4", "open", None, None, ["reopened"]),
        ("2 9 7", "resolved", 1, "early", ["withdrawn-after-resolved"]),
        ("2 10 7", "delivered", 1, "early", ["delivered-without-resolved", "withdrawn-after-resolved"]),
        ("2 7 9", "withdrawn", 1, "on_due_date", ["resolved-after-withdrawn"]),
        ("2 1", "open", None, None, ["registered-after-received"]),
        ("2 9 1", "resolved", 1, "early", ["registered-after-received"]),
        ("2 2 4", "open", None, None, []),
        ("2 3 4", "open", None, None, ["refused-after-received"]),
        ("3 2", "open", None, None, []),
        ("1 2 activity", "open", None, None, []),
        ("2 nonsense", "open", None, None, ["unknown-status"]),
        ("9 2 9", "resolved", 2, "early", ["end-before-received"]),
        ("7 2", None, None, None, None),
    ],
)
def test_a_received_case(
    statuses: str, phase: str | None, resolved_day: int | None, outcome: str | None, flags: list[str] | None
) -> None:
    row = state(told(statuses))
    if flags is None:
        assert row["set_aside"] == "resolved-before-received"
        return
    assert (row["in_figures"], row["set_aside"]) == (True, None)
    assert (row["phase"], row["outcome"], row["flags"]) == (phase, outcome, flags)
    assert row["resolved_at"] == (None if resolved_day is None else on(resolved_day))


@pytest.mark.parametrize(
    ("statuses", "phase", "flags"),
    [
        ("1", "before-reception", []),
        ("1 5", "paused", []),
        ("1 5 1", "before-reception", []),
        ("1 7", "withdrawn", []),
        ("1 7 1", "before-reception", ["reopened"]),
        ("1 3", "refused", []),
        ("4", "open", ["no-reception"]),
        ("9", "resolved", ["no-reception"]),
        ("1 4 9 10", "delivered", ["no-reception"]),
        ("2 3", "refused", ["refused-after-received"]),
        ("2 9 3", "refused", ["refused-after-received"]),
        ("2 3 1", "refused", ["refused-after-received", "registered-after-received"]),
        ("activity", None, []),
        ("nonsense", None, ["unknown-status"]),
    ],
)
def test_a_case_in_no_figure(statuses: str, phase: str | None, flags: list[str]) -> None:
    row = state(told(statuses))
    assert (row["in_figures"], row["set_aside"], row["outcome"]) == (False, None, None)
    assert (row["phase"], row["flags"]) == (phase, flags)


@pytest.mark.parametrize("statuses", ["9 2", "9 2 4", "9 2 10", "9 2 7", "10 2", "7 2 4", "9 10 2 5"])
def test_an_end_before_the_reception_sets_the_case_aside(statuses: str) -> None:
    row = state(told(statuses))
    assert (row["set_aside"], row["in_figures"], row["outcome"]) == ("resolved-before-received", False, None)
    assert row["resolved_at"] == on(0)
    assert "end-before-received" in row["flags"]


def test_an_earlier_reception_brings_it_back() -> None:
    mended = state([*told("9 2"), event("H20.1-240304-0001", "correction", on(-1), "2")])
    assert (mended["set_aside"], mended["in_figures"], mended["entered_at"]) == (None, True, on(-1))
    assert (mended["resolved_at"], mended["flags"]) == (on(0), ["received-after-resolved"])


def test_a_resolution_after_the_reception_brings_it_back() -> None:
    mended = state([*told("9 2"), event("H20.1-240304-0001", "correction", on(2), "9")])
    assert (mended["set_aside"], mended["in_figures"], mended["resolved_at"]) == (None, True, on(2))


def test_at_one_instant_an_end_comes_after_anything_open() -> None:
    at_once = [event("a", str(i), on(0), status) for i, status in enumerate(("10", "4", "9", "2"))]
    row = state(at_once)
    assert (row["phase"], row["resolved_at"], row["set_aside"], row["flags"]) == (
        "delivered",
        on(0),
        None,
        [],
    )


def test_withdrawn_and_resolved_at_one_instant_is_resolved() -> None:
    row = state([event("a", "1", on(0), "2"), event("a", "2", on(1), "7"), event("a", "3", on(1), "9")])
    assert (row["phase"], row["withdrawn"], row["flags"]) == ("resolved", False, ["withdrawn-after-resolved"])


def test_refused_at_the_instant_of_reception_is_refused_after_it() -> None:
    both = [event("a", "1", on(0), "2"), event("a", "2", on(0), "3", received_at=on(1))]
    assert state(both)["flags"] == ["refused-after-received"]


def test_a_resolution_at_the_very_instant_of_reception_is_possible() -> None:
    assert state([event("a", "1", on(0), "9"), event("a", "2", on(0), "2")])["in_figures"]


def test_attributes_are_the_last_given_by_occurrence_then_receipt_then_hash() -> None:
    events = [
        event("a", "1", on(0), "2", agency="first", channel="online", received_at=on(9)),
        event("a", "2", on(1), "4", agency="second", received_at=on(3)),
        event("a", "3", on(1), agency="received earlier", received_at=on(2)),
        event("a", "4", on(2), "5"),
    ]
    row = state(events)
    assert (row["agency"], row["channel"], row["status"]) == ("second", "online", "5")
    assert (row["last_occurred_at"], row["last_received_at"], row["events"]) == (on(2), on(9), 4)
    tied = [event("a", "2", on(1), agency=name, received_at=on(3), source=name) for name in ("x", "y", "z")]
    assert state(tied)["agency"] == max(tied, key=lambda row: row["hash"])["agency"]


def test_of_two_contents_under_one_identity_the_first_received_counts() -> None:
    first = event("a", "1", on(1), "2", received_at=on(1), agency="said first")
    other = event("a", "1", on(0), "2", received_at=on(2), agency="said later")
    row = state([other, first])
    assert (row["agency"], row["entered_at"], row["events"]) == ("said first", on(1), 1)
    assert row["flags"] == ["conflicting-id"]
    assert state([other, first, other | {"received_at": on(0)}])["agency"] == "said later"


def test_of_two_contents_received_at_once_the_smaller_hash_counts() -> None:
    both = [event("a", "1", on(0), "2", received_at=on(1), agency=name) for name in ("x", "y")]
    assert state(both)["agency"] == min(both, key=lambda row: row["hash"])["agency"]


def test_the_same_id_from_another_source_or_case_is_another_event() -> None:
    events = [
        event("a", "1", on(0), "2"),
        event("a", "1", on(1), "9", source="ministry"),
        event("b", "1", on(0), "2"),
    ]
    rows = fold(frame(events), rules()).sort("case_id").collect()
    assert rows["events"].to_list() == [2, 1]
    assert rows["flags"].to_list() == [[], []]


@pytest.mark.parametrize(
    ("due", "resolved", "by_date", "by_instant"),
    [
        ("2024-03-05T17:00", "2024-03-05T16:59", "early", "early"),  # 0:00 on the 6th; 23:59 on the 5th
        ("2024-03-05T17:00", "2024-03-05T17:00", "on_due_date", "on_due_date"),
        ("2024-03-05T17:00", "2024-03-06T01:00", "on_due_date", "late"),  # a due date at midnight
        ("2024-03-06T10:00", "2024-03-06T09:59", "on_due_date", "on_due_date"),
        ("2024-03-06T16:59", "2024-03-06T17:00", "late", "late"),
        (None, "2024-03-06T01:00", "no_due_date", "no_due_date"),
    ],
)
def test_outcome_by_local_date_and_by_instant(
    due: str | None, resolved: str, by_date: str, by_instant: str
) -> None:
    due_at = datetime.fromisoformat(due + "Z") if due else None
    ended = event("a", "9", datetime.fromisoformat(resolved + "Z"), "9")
    events = [event("a", "2", on(0), "2", due_at=due_at), ended]
    row = state(events)
    assert (row["outcome_by_date"], row["outcome_by_instant"], row["outcome"]) == (
        by_date,
        by_instant,
        by_date,
    )
    assert state(events, rules(compare="instant"))["outcome"] == by_instant


def test_dates_are_cut_in_the_zone_of_the_feed_across_a_clock_change() -> None:
    summer_ends = [
        event("a", "2", datetime(2011, 10, 29, 22, 30, tzinfo=UTC), "2"),  # 0:30 on the 30th, summer time
        event("a", "9", datetime(2011, 10, 30, 22, 59, tzinfo=UTC), "9"),  # 23:59 on the 30th, winter time
    ]
    row = state(summer_ends, rules("Europe/Amsterdam"))
    assert (row["entered_on"], row["resolved_on"]) == (date(2011, 10, 30), date(2011, 10, 30))
    assert state(summer_ends)["resolved_on"] == date(2011, 10, 31)


def test_a_case_carries_the_hash_of_its_definitions() -> None:
    assert state(told("2"))["definitions"] == rules().definitions
