"""What a story is told from: a case's row, its events and spans, its rules, and the instant of the look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import polars as pl

from ioc.kernel.cases import CASES
from ioc.kernel.deadline import open_at
from ioc.kernel.events import EVENTS
from ioc.kernel.fold import counting, facts_now, intervals
from ioc.kernel.rules import CaseRules
from ioc.kernel.stage_clocks import spans
from ioc.story.speaker import Speaker
from schemas import Feed, Registry
from schemas.procedures import ProcedureVersion, version_at

Row = Mapping[str, Any]


@dataclass(frozen=True)
class About:
    """`row`: columns of CASES; `events`: columns of EVENTS, any order; `at`: when the case is looked at."""

    feed: Feed
    registry: Registry
    rules: CaseRules
    row: Row
    events: Sequence[Row]
    at: datetime
    speaker: Speaker

    @cached_property
    def frame(self) -> pl.DataFrame:
        one = {"case_id": self.row["case_id"]}  # whatever code an event was sent under
        rows = [{name: event[name] for name in EVENTS} | one for event in self.events]
        return pl.DataFrame(rows, schema=EVENTS)

    @cached_property
    def spans(self) -> list[dict[str, Any]]:
        """As fold.intervals, what still lasts up to `at`; none at feeds without clocks."""
        return [] if self.rules.clocks is None else intervals(self.frame, self.rules, self.at).to_dicts()

    @cached_property
    def stages(self) -> list[dict[str, Any]]:
        """As stage_clocks.spans, looked at `at`; none at feeds whose stages have no limits of their own."""
        if self.rules.timed is None:
            return []
        names = ("case_id", "agency", *self.rules.timed.asked)
        said = {**self.row, **(self.row.get("attributes") or {})}
        case = pl.DataFrame(
            [{name: said.get(name) for name in names}], schema=dict.fromkeys(names, pl.String())
        )
        return spans(facts_now(self.frame, self.rules), case, self.rules, self.at).to_dicts()

    @cached_property
    def standing(self) -> tuple[str, str | None, str | None] | None:
        """Of an open case by local date and by index 766, and the likely cause if it is overdue."""
        case = pl.DataFrame([{name: self.row[name] for name in CASES}], schema=CASES)
        found = open_at(case.lazy(), self.at, self.rules.zone).collect(engine="in-memory")
        names = ("standing", "standing_766", "overdue_cause")
        return next(found.select(names).iter_rows(), None)

    @property
    def overdue(self) -> bool:
        """Resolved late by the feed's own definition, or open, not paused, and past the due date's day."""
        return self.row["outcome"] == "late" or (self.standing is not None and self.standing[0] == "overdue")

    @property
    def cause(self) -> str | None:
        """The likely cause, where the case is overdue, was shown so, or is paused past its due date."""
        found: str | None = self.row["overdue_cause"] if self.standing is None else self.standing[2]
        due, today = self.row["due_on"], self.speaker.local(self.at)
        past_due = self.standing is not None and due is not None and due < today
        return found if self.overdue or past_due or found == "sync-lag" else None

    @cached_property
    def version(self) -> ProcedureVersion | None:
        """The procedure's version of the day of reception."""
        procedure, on = self.row["procedure"], self.row["entered_on"]
        known = procedure is not None and on is not None
        return version_at(self.registry.procedure_versions, procedure, on) if known else None

    @property
    def calendar(self) -> str | None:
        """The name of the calendar's version that the case counts by."""
        clocks = self.rules.clocks
        keys = [span["key"] for span in self.spans if span["key"] is not None]
        if clocks is None or not keys:
            return None
        version: str = clocks.worktime.versions[keys[0] % len(clocks.worktime.versions)]
        return version

    @cached_property
    def told(self) -> datetime | None:
        """When we were told of the end that counts."""
        ends = ("resolved", "delivered", "withdrawn")
        received = [
            event["received_at"]
            for event in counting(self.frame, self.rules).filter("counts").iter_rows(named=True)
            if event["occurred_at"] == self.row["resolved_at"]
            and self.rules.phases.get(event["status"]) in ends
        ]
        return min(received, default=None)
