"""Feeds nobody wrote code for, added from files while a stack runs: one of cases, one of observations."""

from __future__ import annotations

import json
import shutil
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
Said = dict[str, Any]
FEEDS = Path(__file__).parent / "feeds"
CALLS, RIVERS = "ambulance-calls", "river-levels"
START = datetime.now(UTC).replace(hour=3, minute=0) - timedelta(days=3)  # far from a midnight here


def event(feed: str, name: str, at: datetime, data: Said, subject: str | None = None) -> Said:
    kind, version = ("call", "v1") if feed == CALLS else ("observed", "v1")
    said = {"specversion": "1.0", "id": name, "source": "urn:test", "type": f"{feed}.{kind}"}
    said |= {"time": at.isoformat(), "dataschema": f"{feed}/{kind}.{version}"}
    return said | {"data": data} | ({"subject": subject} if subject else {})


def called(case: int, **data: Any) -> Said:
    due = (START + timedelta(minutes=20)).isoformat()
    said = {"status": "called", "due_at": due, "agency": "115", "channel": "phone", "triage": 1 + case % 3}
    return event(CALLS, f"{case}-called", START, said | data, f"C{case}")


def arrived(case: int, minutes: int, version: str = "v1", **data: Any) -> Said:
    made = event(
        CALLS,
        f"{case}-arrived",
        START + timedelta(minutes=minutes),
        {"status": "arrived", **data},
        f"C{case}",
    )
    return made | {"dataschema": f"{CALLS}/call.{version}"}


def level(station: str, day: int, value: float | None, **more: Any) -> Said:
    data = {"series": "rain", "agency": station, "river": "Tiền", "period": before(day), "value": value}
    return event(RIVERS, f"{station}/{day}/{value}", START, data | more)


@pytest.fixture(scope="module")
def addresses(stack: Any) -> dict[str, str]:
    """Adds both folders while everything runs; where parts answer."""
    for feed in (CALLS, RIVERS):
        shutil.copytree(FEEDS / feed, stack.schemas / "feeds" / feed)
    said = stack.run("reload").stdout
    assert f"new: {CALLS}, {RIVERS}; 6 topics made" in said
    return {part["name"]: part["address"] for part in stack.status()["parts"]}


def send(addresses: dict[str, str], *events: Said) -> Said:
    asked = urllib.request.Request(
        f"{addresses['intake']}/v1/events",
        json.dumps(events).encode(),
        {"content-type": "application/cloudevents-batch+json"},
    )
    with urllib.request.urlopen(asked, timeout=20) as answer:
        return dict(json.loads(answer.read()))


def before(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).date().isoformat()


def shown(addresses: dict[str, str], feed: str, path: str = "snapshot") -> Any:
    with urllib.request.urlopen(f"{addresses['screens']}/api/{feed}/{path}", timeout=20) as answer:
        return json.loads(answer.read())


def tiles(addresses: dict[str, str], wanted: Said, seconds: float = 20) -> None:
    until, found = time.monotonic() + seconds, None
    while time.monotonic() < until:
        found = {name: tile for name, tile in shown(addresses, CALLS)["tiles"].items() if name in wanted}
        if found == wanted:
            return
        time.sleep(0.2)
    raise AssertionError(found)


def test_a_feed_of_cases_is_live_listed_rolled_up_and_refuses(stack: Any, addresses: dict[str, str]) -> None:
    said = send(addresses, *(called(n) for n in range(6)), arrived(1, 10), arrived(2, 30))
    assert (said["accepted"], said["quarantined"]) == (8, 0)
    tiles(addresses, {"waiting": {"n": 4}, "urgent": {"n": 2}})
    listed = shown(addresses, CALLS, "cases?measure=urgent")
    assert sorted(row["case_id"] for row in listed["rows"]) == ["C0", "C3"]
    refused = send(addresses, called(9, status="flown"))["results"]
    assert (refused[0]["reason"], refused[0]["field"]) == ("unknown-status", "status")
    stack.run("rollup", "--feed", CALLS, "--from", before(4), "--to", before(1))
    (total,) = stack.flow(CALLS, period="year")
    assert [total[name] for name in ("new", "on_due_date", "late", "open_end")] == [6, 1, 1, 4]


def test_a_second_version_flows_beside_the_first_in_one_case(stack: Any, addresses: dict[str, str]) -> None:
    folder = stack.schemas / "feeds" / CALLS
    second = json.loads((folder / "call.v1.json").read_text())
    second["properties"]["hospital"] = {"type": "string", "minLength": 1, "maxLength": 100}
    (folder / "call.v2.json").write_text(json.dumps(second))
    file = folder / "feed.yaml"
    file.write_text(file.read_text().replace("call: [v1]", "call: [v1, v2]"))
    stack.run("reload")
    stack.wait_for(
        lambda: send(addresses, arrived(3, 15, "v2", hospital="Sa Đéc"))["quarantined"] == 0, "version 2", 20
    )
    tiles(addresses, {"waiting": {"n": 3}, "urgent": {"n": 1}})
    told = stack.json("case", "C3")
    assert [one["dataschema"] for one in told["events"]] == [f"{CALLS}/call.v1", f"{CALLS}/call.v2"]


def test_observations_are_added_up_corrected_and_shown(stack: Any, addresses: dict[str, str]) -> None:
    wrong = level("S1", 1, 1, period="2026-03")
    said = send(addresses, level("S1", 2, 2.5), level("S1", 1, 3.0), level("S2", 2, None), wrong)
    assert (said["accepted"], said["quarantined"]) == (3, 1)
    asked = (
        "series",
        f"{before(2)}..{before(1)}",
        "--feed",
        RIVERS,
        "--by",
        "agency,river",
        "--format",
        "json",
    )

    def rain(*more: str) -> Said:
        rows = json.loads(stack.run(*asked, *more).stdout)
        return {row["agency"]: (row["value"], row["observations"]) for row in rows if row["series"] == "rain"}

    first = {"S1": (5.5, 2), "S2": (None, 1)}
    stack.wait_for(lambda: rain() == first, "the rain", 20)
    done = stack.json("rollup", "--feed", RIVERS, "--from", before(4), "--to", before(1))
    assert (done["state"], done["cases"], done["written"]) == ("published", 3, 3)
    send(addresses, level("S1", 1, 4.5, reason="misread"))
    stack.wait_for(lambda: rain() == {"S1": (7.0, 2), "S2": (None, 1)}, "the corrected rain", 20)
    assert rain("--published") == first, "as audited, until the next revision"
    (board,) = [one for one in shown(addresses, RIVERS)["observed"] if one["series"] == "rain"]
    assert (board["period"], board["whole"]) == (before(1), False), "rain of stations has no sum"
    assert board["parts"] == {"each": [["S1 · Tiền", 4.5]]}


def test_verify_holds_for_both(stack: Any, addresses: dict[str, str]) -> None:
    checks = [one for one in stack.json("verify")["checks"] if one["feed"] in (CALLS, RIVERS)]
    assert len(checks) > 10
    assert [one for one in checks if not one["ok"]] == []
