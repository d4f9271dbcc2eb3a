"""One dossier out of a province's and a ministry's system, under two codes: one case on every path."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest

pytestmark = [pytest.mark.stack, pytest.mark.fault, pytest.mark.timeout(900)]

FEED = "records-two"
OURS, THEIRS, OTHER = "000.00.31.H20-240105-0012", "G09.20-20240105-0000012", "H20.31.1-240105-0013"
DUE = "2024-01-12T17:00:00+07:00"


def event(system: str, code: str, id: str, at: str, kind: str = "progress", **data: str) -> dict[str, Any]:
    said = {"specversion": "1.0", "id": id, "source": f"{system}.example", "subject": code}
    named = {"type": f"{FEED}.{kind}", "dataschema": f"{FEED}/{kind}.v1", "time": f"2024-01-{at}:00+07:00"}
    return said | named | {"data": data}


PROVINCE = [
    event("province", OURS, "2", "05T08:30", status="2", agency="H20.31", channel="online", due_at=DUE),
    event("province", OURS, "9", "11T16:00", status="9"),
    event("province", OTHER, "2", "05T09:30", status="2", agency="H20.31", channel="online", due_at=DUE),
]
MINISTRY = [
    event("ministry", THEIRS, "2", "06T08:00", status="2", agency="H20.31", channel="online"),
    event("ministry", THEIRS, "9", "10T10:00", status="9"),
]


def send(stack: Any, *events: dict[str, Any]) -> None:
    address = next(part["address"] for part in stack.status()["parts"] if part["name"] == "intake")
    request = urllib.request.Request(f"{address}/v1/events", json.dumps(events).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert json.load(answer)["accepted"] == len(events)


def told(stack: Any, code: str) -> dict[str, Any]:
    said = stack.run("case", code, "--json", ok=False)
    return dict(json.loads(said.stdout)) if said.returncode == 0 else {"case": {"events": 0}, "events": []}


@pytest.fixture(scope="module")
def joined(stack: Any) -> Any:
    send(stack, *PROVINCE)
    send(stack, *MINISTRY)
    for code, events in ((OURS, 2), (THEIRS, 2), (OTHER, 1)):
        stack.wait_for(
            lambda c=code, n=events: told(stack, c)["case"]["events"] == n, f"the events of {code}"
        )
    send(stack, event("province", OURS, "same", "12T08:00", kind="alias", same_as=THEIRS, reason="found"))
    stack.wait_for(lambda: told(stack, OURS)["case"].get("case_id") == THEIRS, "the joined case")
    stack.run("rollup", "--feed", FEED, "--from", "2024-01", "--to", "2024-01")
    return stack


def test_either_code_tells_the_one_case_with_its_first_reception(joined: Any) -> None:
    by_ours, by_theirs = told(joined, OURS), told(joined, THEIRS)
    assert by_ours["case"] == by_theirs["case"]
    case = by_ours["case"]
    assert by_ours["codes"] == [THEIRS, OURS]
    assert len(by_ours["events"]) == 5
    assert (case["entered_at"], case["due_at"]) == ("2024-01-05T01:30:00+00:00", "2024-01-12T10:00:00+00:00")
    assert case["resolved_at"] == "2024-01-10T03:00:00+00:00", "the ministry's word on the end"
    assert "systems-disagree" in case["flags"]


def test_the_month_counts_it_once(joined: Any) -> None:
    (january,) = joined.flow(FEED)
    figures = {name: january[name] for name in ("new", "resolved", "early", "open_end")}
    assert figures == {"new": 2, "resolved": 1, "early": 1, "open_end": 1}


def test_the_conflict_is_listed_with_what_each_system_says(joined: Any) -> None:
    (row,) = joined.json("conflicts", "--feed", FEED)["rows"]
    assert row["codes"] == [THEIRS, OURS]
    said = {(one["phase"], one["source"]): one["counts"] for one in row["said"]}
    assert said == {
        ("open", "province.example"): True,
        ("open", "ministry.example"): False,
        ("resolved", "province.example"): False,
        ("resolved", "ministry.example"): True,
    }


def test_the_checker_finds_nothing_wrong(joined: Any) -> None:
    found = [check for check in joined.json("verify")["checks"] if check["feed"] == FEED]
    assert [check for check in found if not check["ok"]] == []
    assert {"cases = refold", "revision = refold", f"offsets of {FEED}"} <= {
        check["check"] for check in found
    }
