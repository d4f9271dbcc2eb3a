"""What a case's clocks say at their bounds, each in one short history of the first week of June 2025."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from ioc.kernel.fold import fold_now
from ioc.kernel.limits import Limit, Limits
from ioc.kernel.rules import CaseRules
from tests.kernel.histories import Row, event, frame
from tests.kernel.test_clocks import CLOCKS, LIMITS, RULES, local_time

MICROSECOND = timedelta(microseconds=1)
CLOSE = "16:30"  # office hours are 6:30 to 11:00 and 13:00 to 16:30
MON, TUE, WED, THU, FRI, NEXT = ("06-02", "06-03", "06-04", "06-05", "06-06", "06-09")


def moment(text: str) -> datetime:
    return local_time(f"2025-{text}")


def told(text: str, status: str, after: timedelta = timedelta(0), **fields: Any) -> Row:
    """An event so long after a day and hour of 2025."""
    return event("case", f"{status}@{text}", moment(text) + after, status, **fields)


def received(due: str | None = None, clock: str = CLOSE, procedure: str = "days", **fields: Any) -> Row:
    """On Monday morning; `days` are two working days, so that by us it is due on Wednesday at close."""
    due_at = moment(f"{due}T{clock}") if due else None
    return told(f"{MON}T08:00", "2", due_at=due_at, procedure=procedure, **fields)


def folded(*events: Row, rules: CaseRules = RULES) -> Row:
    (row,) = fold_now(frame(list(events)).collect(), rules).to_dicts()
    return row


def clocked(**fields: Any) -> CaseRules:
    return replace(RULES, clocks=replace(CLOCKS, **fields))


# A fee awaited for one working day, so that by us it is due on Thursday.
PAID = (told(f"{MON}T13:00", "6"), told(f"{TUE}T13:00", "4"))


@pytest.mark.parametrize(
    ("events", "check"),
    [
        ([told(f"{MON}T08:00", "1", due_at=moment(f"{WED}T16:30"))], None),  # not received
        ([received(WED), told(f"{MON}T13:00", "6")], None),  # nobody knows for how long it waits
        ([received(WED, procedure="unknown")], "no-limit"),
        ([received(WED, procedure="blank")], "no-limit"),
        ([received()], "no-source-due"),
        ([received(WED, "07:00")], "same"),
        ([received(THU)], "longer"),
        ([received(TUE)], "shorter"),
        ([received(THU), *PAID], "same"),
        ([received(WED), *PAID], "pause-not-in-due"),
        ([received(FRI), *PAID], "longer"),
        ([received(TUE), *PAID], "shorter"),
    ],
)
def test_the_sources_due_date_is_held_against_ours(events: list[Row], check: str | None) -> None:
    assert folded(*events)["due_check"] == check


@pytest.mark.parametrize(
    ("due", "check"),
    [("2026-01-02", "same"), ("2026-01-05", "later-calendar"), ("2026-01-06", "longer")],
)
def test_a_source_that_counts_by_a_calendar_known_after_the_reception(due: str, check: str) -> None:
    """Ten days from 23 December end on 2 January, of which only the next version knew that it is off."""
    row = folded(told("12-23T08:00", "2", procedure="calendar", due_at=local_time(f"{due}T17:00")))
    assert (row["due_by_us_on"], row["due_check"]) == (date(2026, 1, 2), check)


@pytest.mark.parametrize(
    ("events", "cause"),
    [
        ([received()], None),
        ([received(WED)], "agency"),
        ([received(THU)], "agency"),
        ([received(TUE)], "configuration"),
        ([received(TUE, procedure="unknown")], "agency"),
        ([received(WED), *PAID], "pause-not-transmitted"),
        ([received(THU), *PAID], "agency"),
        ([received(WED), told(f"{MON}T13:00", "5")], "pause-not-transmitted"),
        ([received(WED), told(f"{MON}T13:00", "6")], "pause-not-transmitted"),
        ([told(f"{MON}T08:00", "1", due_at=moment(f"{TUE}T16:30"))], None),  # in no figure
    ],
)
def test_why_an_open_case_is_overdue(events: list[Row], cause: str | None) -> None:
    assert folded(*events)["overdue_cause"] == cause


@pytest.mark.parametrize(
    ("due", "resolved", "cause"),
    [
        (WED, f"{WED}T16:30", None),
        (TUE, f"{WED}T16:30", "configuration"),
        (TUE, f"{WED}T16:31", "agency"),
        (WED, f"{THU}T07:00", "agency"),
    ],
)
def test_why_a_case_ended_late(due: str, resolved: str, cause: str | None) -> None:
    """As soon as it is resolved after our own due instant too, no date that the source set explains it."""
    assert folded(received(due), told(resolved, "9"))["overdue_cause"] == cause


def test_a_case_resolved_after_a_pause_the_source_does_not_count() -> None:
    assert folded(received(WED), *PAID, told(f"{THU}T16:30", "9"))["overdue_cause"] == "pause-not-transmitted"
    assert folded(received(WED), *PAID, told(f"{THU}T16:31", "9"))["overdue_cause"] == "agency"


@pytest.mark.parametrize("others", [(), PAID])
@pytest.mark.parametrize(
    ("resolved", "told_at", "cause"),
    [
        ("14:00", "16:30", None),  # told before it was overdue
        ("14:00", "16:31", "sync-lag"),
        ("15:00", "17:00", None),  # two hours are not noticed yet
        ("15:00", "17:01", "sync-lag"),
        ("16:30", "18:30", None),
        ("16:30", "18:31", "sync-lag"),
    ],
)
def test_an_end_in_time_and_told_after_the_due_date_is_a_lag(
    resolved: str, told_at: str, cause: str | None, others: tuple[Row, ...]
) -> None:
    """Whether or not a fee was awaited before."""
    end = told(f"{WED}T{resolved}", "9", received_at=moment(f"{WED}T{told_at}"))
    assert folded(received(WED), *others, end)["overdue_cause"] == cause


def test_an_end_that_the_first_of_two_systems_told_in_time_does_not_lag() -> None:
    due, end = moment(f"{WED}T16:30"), f"{WED}T16:00"
    first = told(end, "9", received_at=due)
    again = told(end, "9", received_at=due + timedelta(days=1), source="ministry")
    assert folded(received(WED), first, again)["overdue_cause"] is None


@pytest.mark.parametrize(("days", "last"), [(0, FRI), (1, THU), (2, WED)])
def test_a_letter_exactly_as_many_days_before_the_due_date_as_asked_is_in_time(days: int, last: str) -> None:
    rules = clocked(apology_rules=((None, None, days),))
    for after, apology in ((timedelta(0), "in_time"), (timedelta(minutes=1), "late")):
        letter = told(f"{last}T23:59", "M04", after)
        assert folded(received(FRI), letter, rules=rules)["apology"] == apology


@pytest.mark.parametrize(("first", "days"), [(date(2025, 6, 2), 2), (date(2025, 6, 3), 1)])
def test_the_rule_of_the_day_of_reception_judges_the_letter(first: date, days: int) -> None:
    before = first - timedelta(days=1)
    rules = clocked(apology_rules=((None, before, 1), (first, None, 2)))
    letter = told(f"{THU}T08:00", "M04")
    assert folded(received(FRI), letter, rules=rules)["apology"] == ("in_time" if days == 1 else "late")


def test_a_second_letter_does_not_bring_the_first_in_time() -> None:
    """That is held against the due date that stood when it was issued, not the one it moved it to."""
    first = told(f"{FRI}T08:00", "M04", due_at=moment(f"{NEXT}T16:30"))
    assert folded(received(FRI), first, told("06-07T08:00", "M04"))["apology"] == "late"


def test_only_a_case_that_ended_late_misses_a_letter() -> None:
    assert folded(received(WED))["apology"] is None
    assert folded(received(WED), told(f"{WED}T16:30", "9"))["apology"] is None
    assert folded(received(WED), told(f"{THU}T08:00", "9"))["apology"] == "missing"


def test_a_fee_asked_at_the_instant_of_the_reception_is_awaited_from_then() -> None:
    """Told after the reception, that is: of what happens at once, the order of receipt is the order."""
    asked = told(f"{MON}T08:00", "6", received_at=moment(f"{MON}T09:00"))
    events = asked, told(f"{TUE}T08:00", "4")
    row = folded(received(WED), *events)
    assert (row["pauses"], row["paused_seconds"]) == (1, 8 * 3600)


def test_a_case_resolved_out_of_a_pause_waits_no_more() -> None:
    row = folded(received(WED), told(f"{MON}T13:00", "6"), told(f"{TUE}T13:00", "9"))
    assert (row["paused_at"], row["pause_reason"], row["paused_seconds"]) == (None, None, 8 * 3600)
    assert (row["due_by_us_at"], row["worked_seconds"]) == (moment(f"{THU}T16:30"), 3 * 3600)


def test_a_letter_or_a_step_of_work_ends_no_pause() -> None:
    between = told(f"{MON}T14:00", "M04"), told(f"{MON}T15:00", "activity"), told(f"{TUE}T07:00", "M04")
    row = folded(received(WED), PAID[0], *between, PAID[1])
    assert (row["paused_seconds"], row["due_by_us_at"]) == (8 * 3600, moment(f"{THU}T16:30"))


def test_index_766_adds_a_supplement_to_the_due_date_unless_the_source_moved_it() -> None:
    waited = told(f"{MON}T13:00", "5"), told(f"{TUE}T13:00", "4")
    moved = told(f"{TUE}T14:00", "4", due_at=moment(f"{THU}T16:30"))
    assert folded(received(WED), *waited)["due_766_at"] == moment(f"{THU}T16:30")
    assert folded(received(WED), *waited, moved)["due_766_at"] == moment(f"{THU}T16:30")


def test_of_two_pauses_that_restart_the_limit_the_last_counts() -> None:
    """Three working days after Wednesday."""
    asked = told(f"{MON}T13:00", "5"), told(f"{TUE}T08:00", "4")
    again = told(f"{TUE}T13:00", "5"), told(f"{WED}T08:00", "4")
    row = folded(received(procedure="restarts"), *asked, *again)
    assert (row["due_by_us_at"], row["paused_seconds"]) == (moment(f"{NEXT}T16:30"), 0)


def test_a_fee_awaited_from_the_instant_of_a_restart_is_added() -> None:
    """Three working days after Tuesday, and the one that the fee took."""
    events = told(f"{MON}T13:00", "5"), told(f"{TUE}T08:00", "6"), told(f"{WED}T08:00", "4")
    row = folded(received(procedure="restarts"), *events)
    assert (row["due_by_us_at"], row["paused_seconds"]) == (moment(f"{NEXT}T16:30"), 8 * 3600)


def test_a_limit_of_no_working_hours_ends_with_the_reception() -> None:
    rules = clocked(limits=Limits([*LIMITS, Limit("at once", "v1", 0, "working_hours")]))
    row = folded(received(procedure="at once"), rules=rules)
    assert row["due_by_us_at"] == moment(f"{MON}T08:00")


ONLINE = {"channel": "online"}


def test_a_submission_counts_up_to_the_very_instant_of_the_reception() -> None:
    due = moment(f"{TUE}T08:00")
    for after, expected in ((-MICROSECOND, due - MICROSECOND), (timedelta(0), due), (MICROSECOND, None)):
        row = folded(told(f"{MON}T08:00", "1", after, **ONLINE), received(**ONLINE))
        assert row["reception_due_at"] == expected


def test_nobody_is_late_in_receiving_while_a_second_fee_is_awaited() -> None:
    """Each payment begins eight hours anew; the fee that was asked last is the one to be paid."""
    said = [("08:00", "1"), ("09:00", "6"), ("10:00", "1"), ("13:00", "6"), ("14:00", "1")]
    events = [told(f"{MON}T{clock}", status, **ONLINE) for clock, status in said]
    found = [folded(*events[: n + 1])["reception_due_at"] for n in range(len(events))]
    assert found == [moment(f"{TUE}T08:00"), None, moment(f"{TUE}T10:00"), None, moment(f"{TUE}T14:00")]


def test_a_fee_asked_at_the_instant_of_a_submission_is_answered_by_it() -> None:
    asked = told(f"{MON}T08:00", "6", received_at=moment(f"{MON}T09:00"), **ONLINE)
    assert folded(told(f"{MON}T08:00", "1", **ONLINE), asked)["reception_due_at"] == moment(f"{TUE}T08:00")
