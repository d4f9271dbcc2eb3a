"""A calendar changes while the stack runs: what it reaches is folded again, what was due before stays."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import httpx
import pytest

from schemas import load
from schemas.registry import PACKAGED
from tests.own_calendar import with_days_off

pytestmark = [pytest.mark.stack, pytest.mark.fault, pytest.mark.timeout(300)]
RECEIVED = {"before": "2026-11-03T08:00:00+07:00", "after": "2026-11-10T08:00:00+07:00"}


def procedure() -> str:
    """Any whose limit is a few working days by every channel."""
    day = date(2026, 11, 3)
    for code, versions in sorted(load().procedure_versions.items()):
        for one in versions:
            valid = (one.valid_from or date.min) <= day and (one.valid_to or date.max) >= date(2026, 12, 1)
            if valid and one.unit == "working_days" and one.limit == 5 and one.limit_online is None:
                return code
    raise AssertionError("no procedure with five working days")


def received(name: str, code: str) -> dict[str, Any]:
    example = PACKAGED / "feeds" / "records" / "examples" / "valid" / "received.json"
    event: dict[str, Any] = json.loads(example.read_text(encoding="utf-8"))
    data = {"status": "2", "channel": "direct", "procedure": code}
    return event | {
        "id": f"calendar/{name}",
        "subject": f"calendar-{name}",
        "time": RECEIVED[name],
        "data": data,
    }


def case(stack: Any, name: str) -> dict[str, Any]:
    said = stack.run("case", f"calendar-{name}", "--json", ok=False)
    return dict(json.loads(said.stdout)["case"]) if said.returncode == 0 else {}


def test_a_day_off_told_now_moves_only_what_is_received_from_now_on(stack: Any) -> None:
    intake = next(part["address"] for part in stack.status()["parts"] if part["name"] == "intake")
    code = procedure()
    said = httpx.post(f"{intake}/v1/events", json=[received(name, code) for name in RECEIVED])
    assert said.status_code in (200, 202), said.text
    stack.wait_for(lambda: bool(case(stack, "after") and case(stack, "before")), "both cases", 30)
    due = {name: case(stack, name) for name in RECEIVED}
    assert {name: row["due_by_us_on"] for name, row in due.items()} == {
        "before": "2026-11-10",
        "after": "2026-11-17",
    }
    place = with_days_off(stack.schemas, "2026-11-05", ["2026-11-06", "2026-11-11"])
    try:
        stack.wait_for(
            lambda: all(case(stack, n)["definitions"] != due[n]["definitions"] for n in RECEIVED),
            "the refold",
            60,
        )
        moved = {name: case(stack, name)["due_by_us_on"] for name in RECEIVED}
        assert moved == {"before": "2026-11-10", "after": "2026-11-18"}
        assert all(check["ok"] for check in stack.json("verify")["checks"])
    finally:
        place.unlink()
