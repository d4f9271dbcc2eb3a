"""The flags of a case's clocks once more, slow and obvious: each event against all others."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tests.kernel.reference import local
from tests.kernel.slow_clocks import HOUR, Clocks

Row = dict[str, Any]
ENDS = ("resolved", "delivered", "withdrawn")


class Flags:
    """What is odd about a case, from its clocks once more and its effective events in order."""

    def __init__(self, clocks: Clocks) -> None:
        self.clocks, self.plain = clocks, clocks.plain
        self.entered, self.resolved = clocks.entered, clocks.resolved
        self.due, self.all = clocks.case["due_at"], clocks.all

    def raised(self) -> list[str]:
        moves = self.moves()
        limit = self.clocks.limit
        letters = sorted({e["occurred_at"] for e in self.all if self.letter(e)})
        counted = limit and limit.unit and (limit.limit is not None or limit.unit == "same_day")
        holds = {
            "due-before-received": bool(self.due and self.entered and self.due < self.entered),
            "due-moved-without-cause": not all(moves),
            "reappointed-twice": len(moves) > 1,
            "resolved-at-due-told-later": self.told_later(),
            "supplement-near-due": self.near_due(),
            "limit-not-known": bool(self.entered and limit and not counted),
            "procedure-not-known": bool(self.entered and not limit),
            "agency-not-valid": self.agency_not_valid(),
            "time-backwards": self.backwards(),
            "apology-after-due": self.after_due(letters),
            "second-apology": len(letters) > 1,
        }
        return [flag for flag, held in holds.items() if held]

    def letter(self, event: Row) -> bool:
        return event["status"] in self.plain.apologies

    def given(self, event: Row) -> datetime | None:
        due: datetime | None = event["due_at"]
        return due if self.clocks.own(event) else None

    def local(self, at: datetime | None) -> date | None:
        return local(at, self.clocks.rules.zone)

    def moves(self) -> list[bool]:
        """Of each due date moved from the reception on without a pause: whether a letter explains it."""
        found, last, paused, sorry = [], None, False, False
        for event in self.all:
            alive = event in self.clocks.events
            paused |= alive and self.clocks.phase(event) == "paused"
            sorry |= self.letter(event)
            due = self.given(event)
            if due is None:
                continue
            if self.entered and event["occurred_at"] >= self.entered:
                if last is not None and due != last and not paused:
                    found.append(sorry)
                last = due
            paused = sorry = False
        return found

    def told_later(self) -> bool:
        told = [
            e["received_at"]
            for e in self.all
            if e["occurred_at"] == self.resolved and self.clocks.phase(e) in ENDS
        ]
        return bool(told) and self.resolved == self.due and min(told) - self.due > 2 * HOUR

    def near_due(self) -> bool:
        due = None
        for event in self.all:
            at, alive = event["occurred_at"], event in self.clocks.events
            asked = (
                alive and self.clocks.phase(event) == "paused" and self.clocks.reason(event) == "supplement"
            )
            if asked and due and at <= due <= at + 8 * HOUR:
                return True
            due = self.given(event) or due
        return False

    def agency_not_valid(self) -> bool:
        said = [e for e in self.all if e["agency"] and self.clocks.own(e)]
        if not said:
            return False
        by_end = [e for e in said if self.resolved is None or e["occurred_at"] <= self.resolved]
        gave = by_end[-1] if by_end else said[0]
        day, code = self.local(gave["occurred_at"]) or date.max, gave["agency"]
        spells = [(first, last) for known, first, last in self.plain.agencies if known == code]
        return bool(spells) and not any(
            (first or date.min) <= day <= (last or date.max) for first, last in spells
        )

    def backwards(self) -> bool:
        return any(
            earlier["source"] == later["source"]
            and later["received_at"] - earlier["received_at"] > 24 * HOUR
            and earlier["occurred_at"] - later["occurred_at"] > 24 * HOUR
            for earlier in self.all
            for later in self.all
        )

    def after_due(self, letters: list[datetime]) -> bool:
        held, due = [], None
        for event in self.all:
            if self.letter(event):
                held.append(due or self.given(event))
            due = self.given(event) or due
        against = next((due for due in held if due), None)
        if against is None or not letters:
            return False
        written, limit = self.local(letters[0]), self.local(against)
        return written is not None and limit is not None and written > limit
