"""A case's clocks once more, slow and obvious: over the reference's case and its effective events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ioc.kernel.limits import Limit
from ioc.kernel.rules import CaseRules
from tests.kernel.calendars import slow
from tests.kernel.reference import local
from tests.kernel.slow_calendar import NONE, SlowCalendar

Row = dict[str, Any]
NEVER = datetime.max.replace(tzinfo=UTC)
HOUR = timedelta(hours=1)
VERSIONS = (
    ("first", "2024-01-01"),
    ("second", "2025-03-01"),
    ("third", "2025-12-25"),
)  # of the made calendar


@dataclass(frozen=True)
class Plain:
    """What ClockRules says, as plain values."""

    limits: Sequence[Limit]
    reasons: dict[str, str] = field(default_factory=dict)
    apologies: tuple[str, ...] = ()
    online: tuple[str, ...] = ()
    agencies: Sequence[tuple[str, date | None, date | None]] = ()


def calendar_at(at: datetime, agency: str | None, zone: str) -> SlowCalendar | None:
    day = str(local(at, zone))
    known = [version for version, since in VERSIONS if since <= day]
    return slow("made", known[-1], agency if agency in ("A", "B", "C") else "") if known else None


class Clocks:
    """The clocks of one case: `case` is the reference's row, `events` its effective events in order."""

    def __init__(self, case: Row, events: list[Row], rules: CaseRules, plain: Plain) -> None:
        self.case, self.rules, self.plain = case, rules, plain
        self.entered, self.resolved = case["entered_at"], case["resolved_at"]
        before = self.times(events, "before-reception")
        self.submitted = self.submission(events, before)
        received = self.entered or (before[0] if before else None)
        self.cal = calendar_at(received, case["agency"], rules.zone) if received else None
        self.newest = slow("made", "third", case["agency"] if case["agency"] in ("A", "B", "C") else "")
        self.limit = self.version()
        self.events = [e for e in events if self.entered and e["occurred_at"] >= self.entered]
        self.events = [e for e in self.events if self.resolved is None or e["occurred_at"] <= self.resolved]
        self.all = events
        self.spans = self.pauses()

    def own(self, event: Row) -> bool:
        return event["status"] not in self.rules.consults

    def phase(self, event: Row) -> str:
        return self.rules.phases.get(event["status"], "note")

    def times(self, events: list[Row], *phases: str) -> list[datetime]:
        return sorted(e["occurred_at"] for e in events if self.phase(e) in phases)

    def reason(self, event: Row) -> str:
        return self.plain.reasons.get(event["status"], "stop")

    def submission(self, events: list[Row], before: list[datetime]) -> datetime | None:
        asked = [e["occurred_at"] for e in events if self.plain.reasons.get(e["status"]) == "fee"]
        if not before:
            return None
        if asked and min(asked) < before[-1] and (self.entered is None or before[-1] <= self.entered):
            return before[-1]
        return before[0]

    def version(self) -> Limit | None:
        on: date | None = self.case["entered_on"]
        for limit in self.plain.limits:
            fits = (limit.valid_from or date.min) <= on <= (limit.valid_to or date.max) if on else False
            if limit.procedure == self.case["procedure"] and fits:
                return limit
        return None

    def pauses(self) -> list[tuple[datetime, datetime | None, str, str]]:
        """From, until, reason, policy of each."""
        said = [e for e in self.events if self.phase(e) != "note"]
        spans = []
        for i, event in enumerate(said):
            if self.phase(event) == "paused":
                until = said[i + 1]["occurred_at"] if i + 1 < len(said) else None
                policy = self.limit.pauses.get(self.reason(event), "resume") if self.limit else "resume"
                spans.append((event["occurred_at"], until, self.reason(event), policy))
        return spans

    @property
    def restarted(self) -> datetime | None:
        return max((u for _, u, _, policy in self.spans if policy == "restart" and u), default=None)

    def work(self, cal: SlowCalendar | None, a: datetime | None, b: datetime | None) -> timedelta | None:
        return cal.between(a, b) if cal and a and b else None

    @property
    def paused_work(self) -> timedelta:
        since = self.restarted
        counted = [
            (a, b) for a, b, _, policy in self.spans if policy == "resume" and (not since or a >= since)
        ]
        return sum((self.work(self.cal, a, b) or NONE for a, b in counted), NONE)

    def due(self, start: datetime | None, cal: SlowCalendar | None) -> datetime | None:
        limit = self.limit
        if not (start and cal and limit and limit.unit):
            return None
        many = (
            limit.online
            if limit.online is not None and self.case["channel"] in self.plain.online
            else limit.limit
        )
        if limit.unit == "same_day":
            return cal.same_day(start)
        if many is None:
            return None
        if limit.unit == "working_hours":
            return cal.after_hours(start, many * HOUR)
        count = {"working_days": cal.nth_close, "days": cal.after_days, "months": cal.after_months}[
            limit.unit
        ]
        return count(start, many)

    def row(self) -> Row:
        waits = next(((a, reason) for a, until, reason, _ in self.spans if until is None), (None, None))
        unpaused = self.due(self.restarted or self.entered, self.cal)
        ours = (
            self.cal.after_hours(unpaused, self.paused_work)
            if self.cal and unpaused and not waits[0]
            else None
        )
        start = self.restarted or self.entered
        backwards = start and self.resolved and self.resolved < start
        worked = None if backwards else self.work(self.cal, start, self.resolved)
        due = self.case["due_at"]
        return {
            "submitted_at": self.submitted,
            "reception_due_at": self.reception(),
            "procedure_version": self.limit.version if self.limit else None,
            "pauses": len(self.spans),
            "supplements": sum(reason == "supplement" for _, _, reason, _ in self.spans),
            "paused_at": waits[0],
            "pause_reason": waits[1],
            "paused_seconds": self.paused_work // timedelta(seconds=1),
            "worked_seconds": (worked - self.paused_work) // timedelta(seconds=1)
            if worked is not None
            else None,
            "due_by_us_at": ours,
            "due_by_us_on": local(ours, self.rules.zone),
            "breach_at": due - 24 * HOUR if due else None,
            "due_766_at": self.due_766(),
            "outcome_766": self.by_766(waits),
            **self.consultations(),
        }

    def consultations(self) -> Row:
        """Each question and the first answer of that agency after it."""
        said = self.rules.consults
        asked = [
            (e["occurred_at"], e["due_at"], self.answer(i))
            for i, e in enumerate(self.events)
            if said.get(e["status"]) == "asked"
        ]
        running = [(due or NEVER, at) for at, due, answer in asked if not answer and not self.resolved]
        due, at = min(running, default=(None, None))
        return {
            "consultations": len(asked),
            "late_consultations": sum(bool(due and answer and answer > due) for _, due, answer in asked),
            "consulting_at": at,
            "consult_due_at": None if due == NEVER else due,
        }

    def answer(self, i: int) -> datetime | None:
        asked = self.events[i]
        for event in self.events[i + 1 :]:
            if self.rules.consults.get(event["status"]) == "answered" and event["agency"] == asked["agency"]:
                at: datetime = event["occurred_at"]
                return at
        return None

    def reception(self) -> datetime | None:
        if self.submitted is None or self.case["channel"] not in self.plain.online:
            return None
        cal = calendar_at(
            self.entered or self.times(self.all, "before-reception")[0], self.case["agency"], self.rules.zone
        )
        if self.entered is None:
            asked = [
                e["occurred_at"]
                for e in self.all
                if self.plain.reasons.get(e["status"]) in ("fee", "supplement")
            ]
            if asked and max(asked) > self.submitted:
                return None
        elif self.submitted > self.entered:
            return None
        return cal.after_hours(self.submitted, 8 * HOUR) if cal else None

    def by_766(self, waits: tuple[datetime | None, str | None]) -> str | None:
        ended = self.resolved or (waits[0] if waits[1] in ("supplement", "stop") else None)
        if ended is None or not self.case["in_figures"]:
            return None
        asked = [(a, until) for a, until, reason, _ in self.spans if reason == "supplement"]
        if self.resolved is None and waits[1] == "supplement" and len(asked) > 1:
            return "late"
        waited, held = self.deducted(asked), self.held()
        if held is None:
            return None
        return "on_time" if ended - waited <= held else "late"

    def held(self) -> datetime | None:
        due: datetime | None = self.case["due_at"]
        return due or self.due(self.entered, self.cal)

    def deducted(self, asked: list[tuple[datetime, datetime | None]]) -> timedelta:
        """Waited for supplements, unless the source moved the due date."""
        dues = [e["due_at"] for e in self.all if e["due_at"] and self.own(e)]
        moved = bool(dues) and dues[0] != self.case["due_at"]
        return NONE if moved else sum((until - a for a, until in asked if until), NONE)

    def due_766(self) -> datetime | None:
        held = self.held()
        asked = [(a, until) for a, until, reason, _ in self.spans if reason == "supplement"]
        return held + self.deducted(asked) if held else None

    def standing(self, end: datetime) -> tuple[str, str | None] | None:
        """The open case at a period's end: by local date, and by index 766."""
        case, said = self.case, self.row()["outcome_766"]
        if not case["in_figures"] or self.resolved or case["entered_at"] > end:
            return None
        paused = any(until is None for _, until, _, _ in self.spans)
        on_time = paused or case["due_on"] is None or case["due_on"] >= local(end, self.rules.zone)
        held = self.due_766()
        if said is None and held:
            said = "on_time" if end <= held else "late"
        return "in_time" if on_time else "overdue", said
