"""Whose word counts, once more, slow and obvious: over the effective events of one case."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ioc.kernel.rules import CaseRules
from ioc.kernel.stages import Stage

Row = dict[str, Any]


def rank(stage: Stage, event: Row) -> int:
    """0 is the most believed."""
    listed = [*stage.sources] if "*" in stage.sources else [*stage.sources, "*"]
    return listed.index(event["source"] if event["source"] in listed else "*")


def heard(events: list[Row], rules: CaseRules) -> tuple[list[Row], bool]:
    """The events that count, less due dates that do not; and whether a system that is not heard disagrees."""
    if rules.authority is None:
        return events, False
    stages = rules.authority.stages

    def phase(event: Row) -> str | None:
        return rules.phases.get(event["status"])

    def on(stage: Stage) -> list[Row]:
        return [event for event in events if phase(event) in stage.phases]

    doubted = [
        event
        for stage in stages
        for event in on(stage)
        if any(rank(stage, other) < rank(stage, event) for other in on(stage))
    ]
    counted = [event for event in events if event not in doubted]

    def first(some: list[Row]) -> datetime | None:
        return min((event["occurred_at"] for event in some), default=None)

    def disagrees(event: Row) -> bool:
        ours = first([other for other in counted if phase(other) == phase(event)])
        same = [e for e in doubted if (e["source"], phase(e)) == (event["source"], phase(event))]
        theirs = first(same)
        assert theirs is not None
        if ours is None:
            return phase(event) in ("resolved", "delivered", "withdrawn", "refused")
        assert rules.authority is not None
        return abs(theirs - ours) > timedelta(microseconds=rules.authority.tolerance)

    return due_by_the_authority(counted, stages), any(disagrees(event) for event in doubted)


def due_by_the_authority(counted: list[Row], stages: tuple[Stage, ...]) -> list[Row]:
    opening = next((stage for stage in stages if "open" in stage.phases), None)
    if opening is None:
        return counted
    best = min((rank(opening, event) for event in counted if event["due_at"]), default=None)
    return [event if rank(opening, event) == best else event | {"due_at": None} for event in counted]
