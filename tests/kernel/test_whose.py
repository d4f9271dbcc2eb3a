"""Whose a case is: who resolves it is said by its end, where it was handed in is said first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ioc.kernel.fold import fold, fold_now
from tests.kernel.histories import event, frame, rules

MORNING = datetime(2025, 6, 30, 1, 30, tzinfo=UTC)


def whose(said: str, name: str = "agency") -> str | None:
    """Of a history like "2:A 9 10:B", a status and perhaps an agency a day."""
    words = [word.partition(":") for word in said.split()]
    events = [
        event("a", f"e{day}", MORNING + timedelta(days=day), status, **{name: agency or None})
        for day, (status, _, agency) in enumerate(words)
    ]
    (row,) = fold(frame(events), rules()).collect().to_dicts()
    assert fold_now(frame(events).collect(), rules()).to_dicts() == [row]
    return None if row[name] is None else str(row[name])


@pytest.mark.parametrize(
    ("said", "agency"),
    [
        ("2:A 4:B 5:C", "C"),  # open: whoever was named last
        ("2:A 4 9", "A"),
        ("2:A 9:B", "B"),  # the resolution's own word counts
        ("2:A 9:B 10:C", "B"),  # who delivers has no credit
        ("2:A 9 10:C 10:D", "A"),
        ("2:A 7 note:B", "A"),
        ("2:A 9 9:B", "A"),  # the first resolution counts, and so does its agency
        ("2:A 9 4:B 9:C 10:D", "C"),  # re-opened: the end that counts
        ("2:A 9 4:B", "B"),
        ("2 9 10:C 10:D", "C"),  # nobody was named in time: the first one after it
        ("1:A 3:B", "B"),
        ("2 9", None),
    ],
)
def test_the_agency_named_by_the_end_resolves(said: str, agency: str | None) -> None:
    assert whose(said) == agency


@pytest.mark.parametrize(
    ("said", "agency"),
    [("1:A 2:B 9:C", "A"), ("1 2:B 4:A", "B"), ("2 9 10:C", "C"), ("2 9", None)],
)
def test_a_case_was_handed_in_where_it_was_first_said(said: str, agency: str | None) -> None:
    assert whose(said, "receiving_agency") == agency


def test_an_agency_named_at_the_very_instant_of_the_end_resolves() -> None:
    end = MORNING + timedelta(days=2)
    events = [
        event("a", "1", MORNING, "2", agency="A"),
        event("a", "2", end, "9"),
        event("a", "3", end, agency="B"),
    ]
    assert fold_now(frame(events).collect(), rules())["agency"].to_list() == ["B"]
