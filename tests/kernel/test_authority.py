"""Cases told by two systems under two codes equal the plain reference, whenever it is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.kernel.cases import CLOCKED
from ioc.kernel.fold import counting, fold, fold_now
from ioc.kernel.identity import Identity, joined
from ioc.kernel.rules import PHASES, CaseRules
from ioc.kernel.stages import Authority, Stage
from tests.effort import tried
from tests.kernel import reference
from tests.kernel.histories import Row, event, frame, histories, rules

MINUTE = 60_000_000
JOIN = Identity("x.alias", "same_as", ("^c$",))
AT = datetime(2024, 3, 1, 1, tzinfo=UTC)
SPOKEN = [phase for phase in PHASES if phase != "note"]
LISTS = (("portal", "ministry"), ("ministry",), ("*", "ministry"), ("*",), ("portal", "*", "ministry"))


@st.composite
def authorities(draw: st.DrawFn) -> CaseRules:
    """Each phase in one of three stages or in none."""
    place = {phase: draw(st.integers(0, 3)) for phase in SPOKEN}
    stages = [tuple(phase for phase in SPOKEN if place[phase] == i) for i in range(3)]
    told = tuple(Stage(phases, draw(st.sampled_from(LISTS))) for phases in stages if phases)
    return replace(rules(), authority=Authority(told, draw(st.sampled_from((0, 45 * MINUTE)))))


def by(*stages: Stage, minutes: int = 30) -> CaseRules:
    return replace(rules(), authority=Authority(stages, minutes * MINUTE))


def folded(events: list[Row], how: CaseRules) -> dict[str, Row]:
    return {row["case_id"]: row for row in fold_now(frame(events).collect(), how).to_dicts()}


@tried(120)
@given(histories(), authorities())
def test_the_fold_says_what_the_reference_says(events: list[Row], how: CaseRules) -> None:
    without = dict.fromkeys(CLOCKED)
    expected = {case: row | without for case, row in reference.fold(events, how).items()}
    assert folded(events, how) == expected
    in_bulk = fold(frame(events), how).collect(engine="in-memory").sort("case_id")
    assert in_bulk.equals(fold_now(frame(events).collect(), how).sort("case_id"))


@tried(50)
@given(histories(), authorities(), st.lists(st.tuples(*[st.sampled_from("abcd")] * 2), max_size=3), st.data())
def test_joined_cases_are_the_set_of_their_events(
    events: list[Row], how: CaseRules, links: list[tuple[str, str]], data: st.DataObject
) -> None:
    """Order and repeats of events and of what joins them change nothing; the reference joins by itself."""
    cases = JOIN.cases(links)
    plain = [row | {"case_id": cases.get(row["case_id"], row["case_id"])} for row in events]
    shuffled = data.draw(st.permutations([*events, *events[:2]]))
    again = JOIN.cases(data.draw(st.permutations([*links, *links])))
    found = fold_now(joined(frame(shuffled), again).collect(), how).to_dicts()
    without = dict.fromkeys(CLOCKED)
    expected = {case: row | without for case, row in reference.fold(plain, how).items()}
    assert {row["case_id"]: row for row in found} == expected


@tried(30)
@given(histories(), authorities())
def test_one_system_alone_is_believed(events: list[Row], how: CaseRules) -> None:
    mine = [row | {"source": "ministry"} for row in events]
    assert folded(mine, how) == folded(mine, replace(how, authority=None))


def told(*said: tuple[str, int, str], **more: Any) -> list[Row]:
    return [
        event("a", f"{source}-{hour}-{status}", AT + timedelta(hours=hour), status, source=source, **more)
        for source, hour, status in said
    ]


PROVINCE_FIRST = by(
    Stage(("open", "paused"), ("province", "ministry")),
    Stage(("resolved", "withdrawn"), ("ministry", "province")),
)


def test_a_case_resolved_in_both_systems_is_resolved_once_by_the_authority() -> None:
    events = told(("province", 0, "2"), ("ministry", 1, "2"), ("province", 8, "9"), ("ministry", 9, "9"))
    case = folded(events, PROVINCE_FIRST)["a"]
    assert (case["entered_at"], case["resolved_at"]) == (AT, AT + timedelta(hours=9))
    assert case["flags"] == ["systems-disagree"]
    assert case["events"] == 2
    authority = PROVINCE_FIRST.authority
    assert authority is not None
    near = replace(PROVINCE_FIRST, authority=replace(authority, tolerance=61 * MINUTE))
    assert folded(events, near)["a"]["flags"] == []


def test_another_end_is_a_disagreement_even_at_the_same_time() -> None:
    events = told(("province", 0, "2"), ("ministry", 8, "9"), ("province", 8, "7"))
    case = folded(events, PROVINCE_FIRST)["a"]
    assert (case["phase"], case["withdrawn"], case["flags"]) == ("resolved", False, ["systems-disagree"])


def test_a_re_route_starts_no_clock_and_moves_no_due_date() -> None:
    """The ministry's system goes on with what the province's received, and receives it again."""
    due = AT + timedelta(days=5)
    first = told(("province", 0, "2"), ("province", 2, "4"), due_at=due)
    events = [*first, *told(("ministry", 30, "2"), ("ministry", 40, "9"), due_at=due + timedelta(days=9))]
    case = folded(events, PROVINCE_FIRST)["a"]
    assert (case["entered_at"], case["due_at"]) == (AT, due)
    assert case["resolved_at"] == AT + timedelta(hours=40)


def test_events_not_heard_are_marked() -> None:
    events = told(("province", 0, "2"), ("ministry", 1, "2"), ("ministry", 9, "9"))
    found = counting(frame(events).collect(), PROVINCE_FIRST)
    assert dict(found.select("id", "counts").rows()) == {
        "province-0-2": True,
        "ministry-1-2": False,
        "ministry-9-9": True,
    }


@pytest.mark.parametrize("phases", [("opened",), ("open", "open")])
def test_an_authority_over_no_phase_or_twice_over_one_is_refused(phases: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="authority"):
        by(Stage(phases, ("x",)))


def test_the_types_of_columns_stay() -> None:
    events = frame(told(("province", 0, "2")))
    assert fold(events, PROVINCE_FIRST).collect().schema == fold(events, rules()).collect().schema
    assert isinstance(counting(events.collect(), rules()), pl.DataFrame)
