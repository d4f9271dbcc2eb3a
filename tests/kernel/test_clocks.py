"""The clocks equal the plain reference on generated histories, and obey their laws."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ioc.kernel.cases import CASES
from ioc.kernel.clocks import ClockRules
from ioc.kernel.fold import fold, fold_now
from ioc.kernel.limits import Limit, Limits
from ioc.kernel.rules import CaseRules
from ioc.kernel.spells import Spells
from tests.effort import tried
from tests.kernel import reference
from tests.kernel.calendars import AGENCIES, calendar, moments
from tests.kernel.histories import NATIONAL, Row, event, frame
from tests.kernel.slow_clocks import Clocks, Plain
from tests.kernel.slow_flags import Flags

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
SPELLS = (
    ("A", None, date(2025, 3, 31)),
    ("A", date(2025, 5, 1), None),
    ("B", date(2025, 5, 1), date(2025, 12, 31)),
)
PLAIN = Plain(LIMITS, {"5": "supplement", "6": "fee", "8": "stop"}, ("M04",), ("online",), SPELLS)
CLOCKS = ClockRules(
    calendar("made")[1],
    Limits(LIMITS),
    reasons=PLAIN.reasons,
    apologies=frozenset(PLAIN.apologies),
    online=frozenset(PLAIN.online),
    agencies=Spells(SPELLS),
)
NOTES = {"M04": "note", "ask": "note", "answer": "note"}
RULES = CaseRules(
    "example",
    ZONE,
    NATIONAL | NOTES,
    frozenset({"2"}),
    "date",
    "0" * 16,
    CLOCKS,
    consults={"ask": "asked", "answer": "answered"},
)
COMPARED = (
    "submitted_at", "reception_due_at", "procedure_version", "pauses", "supplements", "paused_at",
    "pause_reason", "paused_seconds", "worked_seconds", "due_by_us_at", "due_by_us_on", "breach_at",
    "due_766_at", "outcome_766", "consultations", "late_consultations", "consulting_at", "consult_due_at",
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
    due = st.none() | st.sampled_from((0, 0, 4, 30, 100, 400)).map(lambda hours: at + timedelta(hours=hours))
    statuses = st.sampled_from(
        ("1", "2", "4", "5", "6", "8", "9", "10", "7", "M04", "5", "2", "4", "ask", "answer", "ask")
    )
    opening = draw(st.sampled_from(([], ["1"], ["2"], ["1", "2"], ["1", "6", "1", "2"])))
    for status in [*opening, *draw(st.lists(statuses, max_size=8))]:
        agencies = ("A", "Z", None) if status in RULES.consults else (said["agency"],) * 5 + ("A", "B", None)
        own = {"agency": draw(st.sampled_from(agencies))}
        late = at + timedelta(hours=draw(st.sampled_from((0, 0, 0, 3, 25, 49, 500))))
        told = {
            "due_at": draw(due),
            "received_at": late,
            "source": draw(st.sampled_from(("portal", "ministry"))),
        }
        rows.append(event("case", str(len(rows)), at, status, **told | said | own))
        at += timedelta(minutes=draw(st.sampled_from((1, 30, 60, 480, 1440, 4000, 10_000))))
    return draw(st.permutations(rows)) if rows else [event("case", "0", at, "2", **said)]


def folded(events: list[Row]) -> dict[str, Row]:
    return {row["case_id"]: row for row in fold_now(frame(events).collect(), RULES).to_dicts()}


@tried(300)
@given(clocked_histories())
def test_the_clocks_say_what_the_reference_says(events: list[Row]) -> None:
    found = folded(events)["case"]
    case = reference.fold(events, RULES)["case"]
    assert {name: found[name] for name in case if name != "flags"} == {
        k: v for k, v in case.items() if k != "flags"
    }
    clocks = Clocks(case, reference.effective(events)[0], RULES, PLAIN)
    assert {name: found[name] for name in COMPARED} == clocks.row()
    assert found["flags"] == [*case["flags"], *Flags(clocks).raised()]


@tried(40)
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
