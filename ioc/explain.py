"""In words: how a case came to its state and its deadline status; reads the derived row, decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from schemas import Feed

OUTCOMES = {
    "early": "early",
    "on_due_date": "on the due date",
    "late": "late",
    "no_due_date": "without a due date, so never late",
}


class Words:
    """The sentences for one case, instants in the feed's zone; `at` is when it is looked at."""

    def __init__(self, feed: Feed, case: Mapping[str, Any], at: datetime) -> None:
        self._feed = feed
        self._zone = ZoneInfo(feed.zone)
        self._case = case
        self._at = at

    def sentences(self) -> list[str]:
        return [self._received(), self._due(), *self._ended(), *self._judged(), *self._standing()]

    def instant(self, at: datetime) -> str:
        """`2011-01-04 09:00:00 +0100`, seconds only where there are any."""
        local = at.astimezone(self._zone)
        return f"{local:%Y-%m-%d %H:%M:%S %z}"

    def _received(self) -> str:
        entered = self._case["entered_at"]
        if entered is None:
            statuses = self._feed.lifecycle.statuses
            enters = ", ".join(f"{code} ({s.label.en})" for code, s in statuses.items() if s.enters)
            return f"Never received: no event brought status {enters}."
        return f"Received {self.instant(entered)}."

    def _due(self) -> str:
        due = self._case["due_at"]
        if due is None:
            return "No event gave a due date."
        return f"Due {self.instant(due)}, that is on {self._case['due_on']}: the last due date an event gave."

    def _ended(self) -> list[str]:
        resolved, delivered = self._case["resolved_at"], self._case["delivered_at"]
        told = []
        if resolved is not None:
            word = "Withdrawn" if self._case["withdrawn"] else "Resolved"
            told.append(f"{word} {self.instant(resolved)}.")
        if delivered is not None and delivered != resolved:
            told.append(f"Delivered {self.instant(delivered)}; the deadline does not ask for that.")
        return told

    def _judged(self) -> list[str]:
        case = self._case
        if case["outcome"] is None:
            return self._open()
        if case["withdrawn"]:
            return ["A withdrawn case counts as resolved on the due date."]
        if case["outcome"] == "no_due_date":
            return [f"Resolved {OUTCOMES['no_due_date']}."]
        by_date = f"by local date: resolved on {case['resolved_on']}, due on {case['due_on']}"
        late = "after" if case["resolved_at"] > case["due_at"] else "not after"
        by_instant = f"by instant: resolved {late} the due instant"
        own, other = (by_date, "instant") if self._feed.deadline.compare == "date" else (by_instant, "date")
        judged = f"{self._feed.feed} compares {own}, so it was {OUTCOMES[case['outcome']]}."
        return [judged, f"By {other} it would be {OUTCOMES[case[f'outcome_by_{other}']]}."]

    def _open(self) -> list[str]:
        case = self._case
        if not case["in_figures"] or case["resolved_at"] is not None or case["due_at"] is None:
            return []
        if self._feed.deadline.compare == "instant":
            overdue = case["due_at"] < self._at
        else:
            overdue = case["due_on"] < self._at.astimezone(self._zone).date()
        state = "overdue" if overdue else "not yet due"
        return [f"Still open, and {state} at {self.instant(self._at)}."]

    def _standing(self) -> list[str]:
        case, told = self._case, []
        if case["set_aside"] == "resolved-before-received":
            told.append("Set aside, in no figure: it was resolved before it was received, which cannot be.")
            told.append("An event that mends this (an earlier reception, a later end) brings it back.")
        elif case["set_aside"] is not None:
            told.append(f"Set aside, in no figure: {case['set_aside']}.")
        elif not case["in_figures"]:
            told.append("In no figure: it was not received, or it was refused.")
        if case["flags"]:
            told.append(f"Flags: {', '.join(case['flags'])}.")
        return told
