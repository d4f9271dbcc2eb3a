"""The clocks equal the plain reference on generated histories, and obey their laws."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.kernel.cases import CASES
from ioc.kernel.clocks import ClockRules
from ioc.kernel.fold import fold, fold_now
from ioc.kernel.limits import Limit, Limits
from ioc.kernel.rules import CaseRules
from tests.kernel import reference
from tests.kernel.calendars import AGENCIES, calendar, moments
from tests.kernel.histories import NATIONAL, Row, event, frame
from tests.kernel.slow_clocks import Clocks, Plain

ZONE = "Asia/Ho_Chi_Minh"
RESTART = {"supplement": "restart", "stop": "none"}
LIMITS = [
    Limit("days", "v1", 5, "working_days", online=3, valid_to=date(2025, 4, 30)),
    Limit("days", "v2", 2, "working_days", valid_from=date(2025, 5, 1)),
    Limit("restarts", "v1", 3, "working_days", pauses=RESTART),
    Limit("calendar", "v1", 10, "days"),
    Limit("month", "v1", 1, "months"),
    Limit("hours", "v1", 6, "working_hours"),
    Limit("today", "v1", None, "same_day"),
    Limit("blank", "v1", 5),
]
PLAIN = Plain(LIMITS, {"5": "supplement", "6": "fee", "8": "stop"}, ("M04",), ("online",))
CLOCKS = ClockRules(
    calendar("made")[1],
    Limits(LIMITS),
    reasons=PLAIN.reasons,
    apologies=frozenset(PLAIN.apologies),
    online=frozenset(PLAIN.online),
)
RULES = CaseRules("example", ZONE, NATIONAL | {"M04": "note"}, frozenset({"2"}), "date", "0" * 16, CLOCKS)
COMPARED = (
    "submitted_at", "reception_due_at", "procedure_version", "pauses", "supplements", "paused_at",
    "pause_reason", "paused_seconds", "worked_seconds", "due_by_us_at", "due_by_us_on", "breach_at",
    "due_766_at", "outcome_766",
)  # fmt: skip


@st.composite
def clocked_histories(draw: st.DrawFn) -> list[Row]:
    """One case through plausible and implausible statuses, its due date moved, told in any order."""
    at, rows = draw(moments()), list[Row]()
    said: dict[str, Any] = {
        "agency": draw(st.sampled_from(AGENCIES)) or None,
        "channel": draw(st.sampled_from(("online", "direct"))),
        "procedure": draw(st.sampled_from((*(limit.procedure for limit in LIMITS), "unknown"))),
    }
    due = st.none() | st.integers(0, 400).map(lambda hours: at + timedelta(hours=hours))
    statuses = st.sampled_from(("1", "2", "4", "5", "6", "8", "9", "10", "7", "M04", "5", "2", "4"))
    opening = draw(st.sampled_from(([], ["1"], ["2"], ["1", "2"], ["1", "6", "1", "2"])))
    for status in [*opening, *draw(st.lists(statuses, max_size=8))]:
        rows.append(event("case", str(len(rows)), at, status, due_at=draw(due), **said))
        at += timedelta(minutes=draw(st.sampled_from((1, 30, 60, 480, 1440, 4000, 10_000))))
    return draw(st.permutations(rows)) if rows else [event("case", "0", at, "2", **said)]


def folded(events: list[Row]) -> dict[str, Row]:
    return {row["case_id"]: row for row in fold_now(frame(events).collect(), RULES).to_dicts()}


@settings(max_examples=300, deadline=None)
@given(clocked_histories())
def test_the_clocks_say_what_the_reference_says(events: list[Row]) -> None:
    found = folded(events)["case"]
    case = reference.fold(events, RULES)["case"]
    assert {name: found[name] for name in case if name != "flags"} == {
        k: v for k, v in case.items() if k != "flags"
    }
    expected = Clocks(case, reference.effective(events)[0], RULES, PLAIN).row()
    assert {name: found[name] for name in COMPARED} == expected


@settings(max_examples=40, deadline=None)
@given(st.lists(clocked_histories(), min_size=1, max_size=3), st.data())
def test_many_cases_together_in_either_engine_and_any_order(
    cases: list[list[Row]], data: st.DataObject
) -> None:
    events = [row | {"case_id": str(i)} for i, case in enumerate(cases) for row in case]
    together = fold_now(frame(events).collect(), RULES).sort("case_id")
    assert together.schema == CASES
    again = data.draw(st.permutations(events + events[:2]))
    assert fold(frame(again), RULES).collect(engine="in-memory").sort("case_id").equals(together)
    for case_id, row in folded(events).items():
        assert folded([e for e in events if e["case_id"] == case_id]) == {case_id: row}


def local_time(text: str) -> datetime:
    return datetime.fromisoformat(text + "+07:00")
