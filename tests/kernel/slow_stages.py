"""Stages once more, slow and obvious: one case, one event after another, days by slow_calendar."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ioc.kernel.rules import CaseRules
from ioc.kernel.stage_rules import StageLimit, TimedStage
from tests.kernel.calendars import calendar, slow
from tests.kernel.histories import Row
from tests.kernel.slow_calendar import SlowCalendar

Kept = dict[str, str | None]
OVER = ("resolved", "delivered", "withdrawn", "refused")


def stages_of(events: list[tuple[Row, dict[str, Any]]], rules: CaseRules, agency: str | None) -> Kept:
    """Events of one case that count, in the fold's order -> what it keeps of its stages."""
    assert rules.timed is not None
    said: dict[str, str] = {}
    for _, data in events:
        said |= {name: v if isinstance(v, str) else json.dumps(v) for name, v in data.items()}
    kept: Kept = {}
    for stage in rules.timed.stages:
        how, due = told([row for row, _ in events], stage, rules, said, agency)
        local = due.astimezone(ZoneInfo(rules.zone)).date() if due else None
        kept[stage.name] = how
        kept[f"{stage.name}_due_at"] = f"{due:%Y-%m-%dT%H:%M:%S.%fZ}" if due else None
        kept[f"{stage.name}_due_on"] = str(local) if local else None
    return kept


def told(
    events: list[Row], stage: TimedStage, rules: CaseRules, said: dict[str, str], agency: str | None
) -> tuple[str | None, datetime | None]:
    start = next((row["occurred_at"] for row in events if row["status"] in stage.starts), None)
    if start is None:
        return None, None
    since = [row for row in events if row["occurred_at"] >= start]
    done = next((row["occurred_at"] for row in since if row["status"] in stage.ends), None)
    others = [row for row in since if row["status"] not in stage.starts | stage.ends]
    over = next((row["occurred_at"] for row in others if rules.phases.get(row["status"]) in OVER), None)
    lapsed = over is not None and (done is None or over < done)
    until = over if lapsed else done
    limit = the_limit(stage, said, start.astimezone(ZoneInfo(rules.zone)).date())
    if isinstance(limit, str):
        return limit, None
    days = calendar_at(start, agency)
    due = after(days, start, limit) if days else None
    if stage.stops and days:
        stood, waiting = paused(events, rules, days, start, until)
        if waiting:
            return "paused", None
        due = days.after_hours(due, stood) if due and stood else due
    if due is None:
        return "calendar_not_known", None
    if until is None:
        return ("optional" if stage.optional else "running"), due
    return ("lapsed" if lapsed else "in_time" if holds(until, due, rules) else "late"), due


def the_limit(stage: TimedStage, said: dict[str, str], on: Any) -> StageLimit | str:
    of_kind = [one for one in stage.limits if all(said.get(n) in words for n, words in one.when.items())]
    if not of_kind:
        return "kind_not_known"
    for one in of_kind:
        if not (one.valid_from and on < one.valid_from) and not (one.valid_to and on > one.valid_to):
            return one if one.unit else "no_limit"
    return "law_not_known"


def calendar_at(start: datetime, agency: str | None) -> SlowCalendar | None:
    known = [
        v for v in calendar("made")[0].versions if str(v.known_on) <= f"{start.astimezone(ZONE):%Y-%m-%d}"
    ]
    return slow("made", known[-1].version, agency or "") if known else None


ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def after(days: SlowCalendar, start: datetime, limit: StageLimit) -> datetime | None:
    n = limit.limit or 0
    return {
        "working_days": lambda: days.nth_close(start, n),
        "days": lambda: days.after_days(start, n),
        "months": lambda: days.after_months(start, n),
        "working_hours": lambda: days.after_hours(start, timedelta(hours=n)),
        "same_day": lambda: days.same_day(start),
    }[limit.unit or ""]()


def paused(
    events: list[Row], rules: CaseRules, days: SlowCalendar, start: datetime, until: datetime | None
) -> tuple[timedelta, bool]:
    """The working time that the case waited within the stage, and whether it waits still."""
    speaking = [row for row in events if rules.phases.get(row["status"], "note") != "note"]
    stood, waiting = timedelta(), False
    for i, row in enumerate(speaking):
        if rules.phases[row["status"]] != "paused":
            continue
        resumed = speaking[i + 1]["occurred_at"] if i + 1 < len(speaking) else None
        ends = [at for at in (resumed, until) if at is not None]
        if not ends:
            waiting = True
        elif min(ends) > max(row["occurred_at"], start):
            stood += days.between(max(row["occurred_at"], start), min(ends)) or timedelta()
    return stood, waiting


def holds(until: datetime, due: datetime, rules: CaseRules) -> bool:
    if rules.compare == "instant":
        return until <= due
    return until.astimezone(ZoneInfo(rules.zone)).date() <= due.astimezone(ZoneInfo(rules.zone)).date()
