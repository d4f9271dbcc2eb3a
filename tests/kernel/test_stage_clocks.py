"""Stages with limits by kind and day: against a slow reference, and each answer by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.kernel.attributes import fold_whole
from ioc.kernel.events import EVENTS
from ioc.kernel.fold import facts_now
from ioc.kernel.measures import Measure
from ioc.kernel.rules import CaseRules
from ioc.kernel.stage_clocks import SAID, spans
from ioc.kernel.stage_rules import StageLimit, StageRules, TimedStage
from schemas.stages import KEPT
from tests.effort import tried
from tests.kernel.calendars import AGENCIES, at, calendar, moments
from tests.kernel.histories import Row, event, rules
from tests.kernel.slow_stages import stages_of

LAW = date(2025, 4, 28)
HANDLING = (
    StageLimit({"kind": ("x",)}, 3, "working_days", valid_to=date(2025, 4, 27)),
    StageLimit({"kind": ("x",)}, 7, "days", valid_from=LAW),
    StageLimit({"kind": ("y",), "hard": ("true",)}, 10, "working_hours"),
    StageLimit({"kind": ("y",), "hard": ("false",)}, None, "same_day"),
    StageLimit({"kind": ("z", "w")}, None, None),
    StageLimit({"kind": ("v",)}, 1, "months", valid_from=LAW),
)
STAGES = (
    TimedStage("reception", frozenset("1"), frozenset("23"), HANDLING[:3]),
    TimedStage("handling", frozenset("2"), frozenset({"9", "10"}), HANDLING, stops=True),
    TimedStage("advice", frozenset("2"), frozenset("4"), HANDLING[4:] + HANDLING[1:2], optional=True),
)
STATUSES = ("1", "2", "2", "4", "5", "8", "9", "7", "10", "activity", None)
data = st.fixed_dictionaries(
    {}, optional={"kind": st.sampled_from("xyzwv?"), "hard": st.booleans(), "level": st.just(1)}
)


def timed(compare: str = "date") -> CaseRules:
    return replace(
        rules(compare=compare), timed=StageRules(calendar("made")[1], STAGES), attributes=("kind", "hard")
    )


RULES = {compare: timed(compare) for compare in ("date", "instant")}


@st.composite
def courses(draw: st.DrawFn) -> list[tuple[Row, dict[str, Any]]]:
    """One case near one moment, so that its events lie within days of one another and of a change of law."""
    around = draw(moments((2025, 2025)))
    steps = draw(
        st.lists(st.tuples(st.integers(0, 700), st.sampled_from(STATUSES), data), min_size=1, max_size=9)
    )
    agency = draw(st.sampled_from((None, *AGENCIES[1:])))
    return [
        (event("c", str(n), around + timedelta(hours=hours), status, agency=agency), said)
        for n, (hours, status, said) in enumerate(steps)
    ]


def told(events: list[tuple[Row, dict[str, Any]]], by: CaseRules) -> dict[str, Any]:
    rows = [row | {"data": json.dumps(said)} for row, said in events]
    folded = fold_whole(pl.DataFrame(rows, schema={**EVENTS, "data": pl.String()}), by)
    found: dict[str, Any] = json.loads(folded.get_column("attributes").item())
    return found


def in_order(events: list[tuple[Row, dict[str, Any]]]) -> list[tuple[Row, dict[str, Any]]]:
    return sorted(events, key=lambda one: (one[0]["occurred_at"], one[0]["received_at"], one[0]["hash"]))


@tried(150)
@given(courses(), st.sampled_from(("date", "instant")))
def test_stages_are_as_the_slow_reference_says(
    events: list[tuple[Row, dict[str, Any]]], compare: str
) -> None:
    by = RULES[compare]
    found = told(events, by)
    agency = next((row["agency"] for row, _ in events if row["agency"]), None)
    kinds = {name: found.pop(name) for name in by.attributes}
    assert found == stages_of(in_order(events), by, agency)
    assert set(found) == {f"{stage.name}{ending}" for stage in STAGES for ending in KEPT}
    assert kinds.keys() == set(by.attributes)


def story(*steps: tuple[str, str], compare: str = "date", **said: Any) -> dict[str, Any]:
    """Steps (local time, status) of one case."""
    events = [(event("c", str(n), at(text), status), said) for n, (text, status) in enumerate(steps)]
    return told(events, RULES[compare])


RECEIVED = ("2025-05-05T09:00", "2")  # a Monday after the law changed: 7 days, until Monday the 12th, 16:30


@pytest.mark.parametrize(
    ("steps", "said", "how", "due"),
    [
        ([RECEIVED], {"kind": "x"}, "running", "2025-05-12T09:30:00.000000Z"),
        ([RECEIVED, ("2025-05-12T18:00", "9")], {"kind": "x"}, "in_time", "2025-05-12T09:30:00.000000Z"),
        ([RECEIVED, ("2025-05-13T07:00", "9")], {"kind": "x"}, "late", "2025-05-12T09:30:00.000000Z"),
        ([RECEIVED, ("2025-05-13T07:00", "7")], {"kind": "x"}, "lapsed", "2025-05-12T09:30:00.000000Z"),
        ([RECEIVED, ("2025-05-06T09:00", "5")], {"kind": "x"}, "paused", None),
        # stood from Tuesday 9:00 to Wednesday 9:00, eight hours of work: a day later
        (
            [RECEIVED, ("2025-05-06T09:00", "5"), ("2025-05-07T09:00", "4")],
            {"kind": "x"},
            "running",
            "2025-05-13T09:30:00.000000Z",
        ),
        # begun under the law before: 3 working days, the first a Saturday that is worked
        ([("2025-04-25T09:00", "2")], {"kind": "x"}, "running", "2025-04-29T10:00:00.000000Z"),
        # the law changes at a local midnight
        ([("2025-04-27T23:59", "2")], {"kind": "x"}, "running", "2025-05-06T09:30:00.000000Z"),
        ([("2025-04-28T00:00", "2")], {"kind": "x"}, "running", "2025-05-05T09:30:00.000000Z"),
        ([("2025-04-27T23:59", "2")], {"kind": "v"}, "law_not_known", None),
        ([RECEIVED], {"kind": "z"}, "no_limit", None),
        ([RECEIVED], {"kind": "y"}, "kind_not_known", None),
        ([RECEIVED], {}, "kind_not_known", None),
        ([RECEIVED, ("2025-05-13T07:00", "9")], {"kind": "?"}, "kind_not_known", None),
        ([("2020-05-05T09:00", "2")], {"kind": "y", "hard": True}, "calendar_not_known", None),
    ],
)
def test_each_answer_by_hand(
    steps: list[tuple[str, str]], said: dict[str, Any], how: str, due: str | None
) -> None:
    found = story(*steps, **said)
    assert (found["handling"], found["handling_due_at"]) == (how, due)
    assert how in SAID


def test_the_feed_says_whether_the_day_or_the_hour_is_compared() -> None:
    steps = [RECEIVED, ("2025-05-12T18:00", "9")]
    assert story(*steps, compare="date", kind="x")["handling"] == "in_time"
    assert story(*steps, compare="instant", kind="x")["handling"] == "late"


def test_an_optional_step_is_never_overdue_and_a_stage_not_begun_says_nothing() -> None:
    found = story(RECEIVED, kind="x")
    assert (found["advice"], found["reception"]) == ("optional", None)
    events = [(event("c", "0", at(RECEIVED[0]), "2"), {})]
    facts = facts_now(pl.DataFrame([row for row, _ in events], schema=EVENTS), RULES["date"])
    said = {"case_id": "c", "agency": None, "kind": "x", "hard": None}
    case = pl.DataFrame([said], schema=dict.fromkeys(said, pl.String()))
    late = datetime.fromisoformat("2025-05-13T00:00+07:00")
    looked = {row["stage"]: row["said"] for row in spans(facts, case, RULES["date"], late).to_dicts()}
    assert looked == {"handling": "overdue", "advice": "optional"}


def test_measures_ask_for_stages() -> None:
    kinds = {f"handling{ending}": kind for ending, kind in KEPT.items()}
    cases = pl.DataFrame({"attributes": [json.dumps(story(RECEIVED, kind="x"))]})

    def holds(text: str, looked: str) -> Any:
        moment = at(looked)
        return cases.select(Measure.parse(text, kinds).polars(moment, moment.date())).item()

    overdue = "handling = 'running' AND handling_due_on < at_date"
    assert (holds(overdue, "2025-05-12T23:00"), holds(overdue, "2025-05-13T00:00")) == (False, True)
    assert holds("handling_due_at < at", "2025-05-12T16:31")
    assert not holds("handling_due_at < at", "2025-05-12T16:30")
