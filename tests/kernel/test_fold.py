"""The fold equals the plain reference on generated histories, and a case is the set of its events."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from ioc.kernel.cases import CASES, CLOCKED
from ioc.kernel.events import EVENTS, effective
from ioc.kernel.fold import fold, fold_now
from ioc.kernel.rules import CaseRules
from tests.effort import tried
from tests.kernel import reference
from tests.kernel.histories import NEXT, ZONES, Row, frame, histories, rules

some_rules = st.builds(
    rules, st.sampled_from(ZONES), st.sampled_from(("date", "instant")), st.sampled_from((None, NEXT))
)


def folded(events: list[Row], by: CaseRules) -> dict[str, Row]:
    return {row["case_id"]: row for row in fold_now(frame(events).collect(engine="in-memory"), by).to_dicts()}


@tried(300)
@given(histories(), some_rules)
def test_the_fold_says_what_the_reference_says(events: list[Row], by: CaseRules) -> None:
    without = dict.fromkeys(CLOCKED)
    assert folded(events, by) == {case: row | without for case, row in reference.fold(events, by).items()}


@tried(60)
@given(histories(), some_rules)
def test_both_engines_and_the_quick_way_agree(events: list[Row], by: CaseRules) -> None:
    streamed = fold(frame(events), by).collect(engine="streaming").sort("case_id")
    assert streamed.schema == CASES
    assert streamed.equals(fold_now(frame(events).collect(), by).sort("case_id"))


@tried(60)
@given(histories(), st.data())
def test_order_and_duplicates_change_nothing(events: list[Row], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(events))
    repeated = [row for row in events for _ in range(data.draw(st.integers(1, 3)))]
    assert folded(shuffled, rules()) == folded(repeated, rules()) == folded(events, rules())


@tried(60)
@given(histories(), st.data())
def test_a_later_receipt_of_the_same_event_changes_nothing(events: list[Row], data: st.DataObject) -> None:
    again = data.draw(st.sampled_from(events))
    newest = max(row["received_at"] for row in events)
    assert folded([*events, again | {"received_at": newest}], rules()) == folded(events, rules())


@tried(60)
@given(histories())
def test_a_case_depends_on_its_own_events_alone(events: list[Row]) -> None:
    together = folded(events, rules())
    for case_id, row in together.items():
        assert folded([event for event in events if event["case_id"] == case_id], rules()) == {case_id: row}


@tried(100)
@given(histories())
def test_effective_events_are_those_of_the_reference(events: list[Row]) -> None:
    kept = effective(frame(events)).collect(engine="in-memory")
    assert kept.schema == EVENTS
    by_case: dict[str, list[Row]] = {}
    for row in events:
        by_case.setdefault(row["case_id"], []).append(row)
    expected = [
        (case_id, e["source"], e["id"], e["hash"], e["received_at"])
        for case_id, given_to_it in by_case.items()
        for e in reference.effective(given_to_it)[0]
    ]
    names = ("case_id", "source", "id", "hash", "received_at")
    assert sorted(kept.select(names).iter_rows()) == sorted(expected)


@tried(60)
@given(histories())
def test_flags_change_no_figure(events: list[Row]) -> None:
    rows = [folded(events, rules(following=following)) for following in (None, NEXT)]
    for case_id, row in rows[0].items():
        other = rows[1][case_id]
        assert set(other["flags"]) - set(row["flags"]) <= {"unexpected-transition"}
        assert other | {"flags": row["flags"], "definitions": row["definitions"]} == row


def test_no_events_are_no_cases() -> None:
    nothing = fold(pl.LazyFrame(schema=EVENTS), rules()).collect()
    assert (nothing.height, nothing.schema) == (0, CASES)
