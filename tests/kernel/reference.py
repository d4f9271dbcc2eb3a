"""The fold and the flow once more, slow and obvious, in plain Python: what the kernel is held against."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ioc.kernel.rules import CaseRules
from tests.kernel.slow_authority import heard

Row = dict[str, Any]


def effective(events: Iterable[Row]) -> tuple[list[Row], bool]:
    """The events that count, in order, and whether other content claimed an identity."""
    claims: dict[tuple[str, str], list[Row]] = {}
    for event in events:
        claims.setdefault((event["source"], event["id"]), []).append(event)
    chosen = [min(same, key=lambda e: (e["received_at"], e["hash"])) for same in claims.values()]
    conflicting = any(len({e["hash"] for e in same}) > 1 for same in claims.values())
    return sorted(chosen, key=lambda e: (e["occurred_at"], e["received_at"], e["hash"])), conflicting


def fold(events: Iterable[Row], rules: CaseRules) -> dict[str, Row]:
    by_case: dict[str, list[Row]] = {}
    for event in events:
        by_case.setdefault(event["case_id"], []).append(event)
    return {case_id: fold_case(case_id, given, rules) for case_id, given in by_case.items()}


def fold_case(case_id: str, given: list[Row], rules: CaseRules) -> Row:
    events, conflicting = effective(given)
    events, disagree = heard(events, rules)
    phased = [
        (e["occurred_at"], rules.phases.get(e["status"], "note")) for e in events if e["status"] is not None
    ]

    def of(*phases: str) -> list[datetime]:
        return sorted(at for at, phase in phased if phase in phases)

    receptions = sorted(e["occurred_at"] for e in events if e["status"] in rules.enters)
    entered = receptions[0] if receptions else None
    goes_on = ("open", "paused") if entered else ("open", "paused", "before-reception")
    going = [
        e["occurred_at"]
        for e in events
        if rules.phases.get(e["status"]) in goes_on and e["status"] not in rules.enters
    ]
    received = [(at, phase) for at, phase in phased if entered is None or at >= entered]
    ends = ("resolved", "delivered", "withdrawn")

    resolved_after = [at for at, phase in received if phase == "resolved"]
    ends_after = [at for at, phase in received if phase in ends]
    if of("resolved"):
        aside = entered is not None and not resolved_after
    else:
        aside = entered is not None and bool(of(*ends)) and not ends_after

    def first(end: str) -> datetime | None:
        last_word = [at for at, phase in received if phase == end and not any(other > at for other in going)]
        return min(of(end) if aside else last_word, default=None)

    resolved, delivered, gone = first("resolved"), first("delivered"), first("withdrawn")
    processed = [at for at in (resolved, delivered) if at is not None]
    withdrawn = gone is not None and all(gone < at for at in processed) and not (aside and resolved)
    spoken = [p for _, p in phased if p != "note" and (entered is None or p != "before-reception")]
    last = spoken[-1] if spoken else None

    def latest(name: str) -> Any:
        own = [e for e in reversed(events) if name == "status" or e["status"] not in rules.consults]
        return next((e[name] for e in own if e[name] is not None), None)

    row: Row = {name: latest(name) for name in ("due_at", "channel", "procedure")}
    named = [e for e in events if e["status"] not in rules.consults]
    handed_in_at = [e["receiving_agency"] for e in named if e["receiving_agency"] is not None]
    given_statuses = [e["status"] for e in events if e["status"] is not None]
    own_statuses = [status for status in given_statuses if rules.phases.get(status) != "note"]
    known_statuses = [status for status in own_statuses if status in rules.phases]
    row |= {
        "case_id": case_id,
        "status": own_statuses[-1] if own_statuses else None,
        "source": events[-1]["source"],
        "in_figures": entered is not None and not aside and last != "refused",
        "entered_at": entered,
        "resolved_at": gone if withdrawn else (resolved or delivered),
        "agency": resolving_agency(named, gone if withdrawn else (resolved or delivered)),
        "receiving_agency": handed_in_at[0] if handed_in_at else None,
        "delivered_at": delivered,
        "withdrawn": withdrawn,
        "set_aside": "resolved-before-received" if aside else None,
        "events": len(events),
        "last_occurred_at": max(e["occurred_at"] for e in events),
        "last_received_at": max(e["received_at"] for e in events),
        "definitions": rules.definitions,
    }
    for name in ("entered", "due", "resolved"):
        row[f"{name}_on"] = local(row[f"{name}_at"], rules.zone)
    row["outcome_by_date"], row["outcome_by_instant"] = outcomes(row)
    row["outcome"] = row[f"outcome_by_{rules.compare}"]
    ended = "withdrawn" if withdrawn else "delivered" if delivered else "resolved" if resolved else None
    row["phase"] = last if last == "refused" or aside or not ended else ended
    row["flags"] = [
        flag
        for flag, holds in {
            "conflicting-id": conflicting,
            "no-reception": entered is None and bool(of("open", "resolved", "delivered")),
            "reopened": any(at > end for end in ends_after for at in going),
            "received-after-resolved": any(at > end for end in ends_after for at in receptions),
            "resolved-twice": sum(not any(g > at for g in going) for at in resolved_after) > 1,
            "delivered-without-resolved": bool(delivered and not resolved),
            "refused-after-received": entered is not None and any(at >= entered for at in of("refused")),
            "registered-after-received": entered is not None
            and any(at > entered for at in of("before-reception")),
            "withdrawn-after-resolved": bool(gone) and not withdrawn,
            "resolved-after-withdrawn": withdrawn and bool(processed),
            "end-before-received": entered is not None and any(at < entered for at in of(*ends)),
            "unknown-status": known_statuses != own_statuses,
            "unexpected-transition": any(
                after not in (before, *rules.following.get(before, rules.phases))
                for before, after in itertools.pairwise(known_statuses)
            ),
            "systems-disagree": disagree,
        }.items()
        if holds
    ]
    return row


def resolving_agency(events: list[Row], end: datetime | None) -> str | None:
    """Of events in order: what was said last by the end; said only after it, what was said first."""
    named = [e for e in events if e["agency"] is not None]
    by_then = [e for e in named if end is None or e["occurred_at"] <= end]
    chosen = by_then[-1:] or named[:1]
    return chosen[0]["agency"] if chosen else None


def local(at: datetime | None, zone: str) -> date | None:
    return at.astimezone(ZoneInfo(zone)).date() if at else None


def outcomes(row: Row) -> tuple[str | None, str | None]:
    if not row["in_figures"] or row["resolved_at"] is None:
        return None, None
    if row["withdrawn"]:
        return "on_due_date", "on_due_date"
    if row["due_at"] is None:
        return "no_due_date", "no_due_date"
    on, due_on = row["resolved_on"], row["due_on"]
    by_date = "early" if on < due_on else "on_due_date" if on == due_on else "late"
    in_time = "early" if on < due_on else "on_due_date"
    return by_date, in_time if row["resolved_at"] <= row["due_at"] else "late"


def flow_day(cases: Iterable[Row], day: date, zone: str) -> dict[tuple[str, str, str], Row]:
    """Counted from the cases directly, each figure by its definition, for every group of any case."""
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), ZoneInfo(zone))
    figures: dict[tuple[str, str, str], Row] = {}
    for case in (case for case in cases if case["in_figures"]):
        came, left = case["entered_on"], case["resolved_on"]
        today = left == day
        still = came <= day and (left is None or left > day)
        counts = {
            "carried_over": came < day and (left is None or left >= day),
            "new": came == day,
            "received_total": came <= day and (left is None or left >= day),
            "resolved": today,
            **{
                name: today and case["outcome"] == name
                for name in ("early", "on_due_date", "late", "no_due_date")
            },
            "withdrawn": today and case["withdrawn"],
            "open_end": still,
            "open_end_overdue": still and case["due_at"] is not None and case["due_at"] < midnight,
        }
        handed_in_at = case["receiving_agency"] or case["agency"]
        for credit, agency in (("resolving", case["agency"]), ("receiving", handed_in_at)):
            key = (credit, agency or "", case["channel"] or "")
            group = figures.setdefault(key, dict.fromkeys(counts, 0))
            for name, counted in counts.items():
                group[name] += counted
    return figures
