"""Across the merger of 1/7/2025 with the commands a person types: as was, as now, and who is responsible."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = [pytest.mark.stack, pytest.mark.fault, pytest.mark.timeout(600)]

DISTRICT, COUNTER, SUCCESSOR = "H20.31", "H20.32", "H20.115"  # 31 ended into 115 on 1/7/2025, 32 into another
OPEN, DONE, NEW = f"{COUNTER}-250620-0001", f"{COUNTER}-250620-0002", f"{SUCCESSOR}-250702-0001"


def dossier(case: str, agency: str, received: str, ended: str | None = None) -> dict[str, str]:
    said = {"MaHoSo": case, "MaTTHC": "1.000001", "KenhThucHien": "1", "DonViXuLy": agency}
    said |= {"NgayTiepNhan": received, "NgayHenTra": "20250710170000", "TrangThaiHoSo": "9" if ended else "2"}
    return said | ({"NgayKetThucXuLy": ended} if ended else {})


@pytest.fixture(scope="module")
def merged(stack: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    told = [
        dossier(OPEN, DISTRICT, "20250620090000"),
        dossier(DONE, DISTRICT, "20250620093000", "20250627100000"),
        {"MaHoSo": DONE, "ThoiDiemXuLy": "20250703090000", "TrangThai": "10"},
        dossier(NEW, SUCCESSOR, "20250702090000", "20250704100000"),
    ]
    file: Path = tmp_path_factory.mktemp("merger") / "told.jsonl"
    file.write_text("\n".join(map(json.dumps, told)))
    said = stack.json("import", str(file), "--source", "national-portal")
    assert (said["quarantined"], said["accepted"]) == (0, 6)
    stack.run("rollup", "--feed", "records", "--from", "2025-06", "--to", "2025-07")
    return stack


def flow(stack: Any, by: str, *words: str, period: str = "month") -> dict[str, list[tuple[int, ...]]]:
    """Of each group its months: carried over, new, resolved, open at the end; none of nothing but zeros.

    Other tests of the same stack may have rolled up later months.
    """
    window = ("--from", "2025-06", "--to", "2025-07") if period == "month" else ()
    asked = ("flow", "--feed", "records", "--period", period, "--by", by, "--format", "json", *window, *words)
    found: dict[str, list[tuple[int, ...]]] = {}
    for row in json.loads(stack.run(*asked).stdout):
        figures = tuple(row[name] for name in ("carried_over", "new", "resolved", "open_end"))
        found.setdefault(row["group"], []).append(figures)
    return {group: rows for group, rows in found.items() if any(map(any, rows))}


def test_as_was_credits_who_resolved_and_who_took_in(merged: Any) -> None:
    assert flow(merged, "agency") == {
        DISTRICT: [(0, 2, 1, 1), (1, 0, 0, 1)],
        SUCCESSOR: [(0, 0, 0, 0), (0, 1, 1, 0)],
    }
    assert flow(merged, "receiving-agency") == {
        COUNTER: [(0, 2, 1, 1), (1, 0, 0, 1)],
        SUCCESSOR: [(0, 0, 0, 0), (0, 1, 1, 0)],
    }


def test_as_now_gives_the_successor_the_same_sums(merged: Any) -> None:
    now = ("--agencies", "as-now")
    assert flow(merged, "agency", *now) == {SUCCESSOR: [(0, 2, 1, 1), (1, 1, 1, 1)]}
    assert flow(merged, "agency", *now, "--map-on", "2025-06-30") == flow(merged, "agency")
    assert flow(merged, "none", *now) == flow(merged, "none") == {None: [(0, 2, 1, 1), (1, 1, 1, 1)]}
    by_intake = flow(merged, "receiving-agency", *now)
    assert COUNTER not in by_intake
    assert [sum(one) for one in zip(*(rows[0] for rows in by_intake.values()), strict=True)] == [0, 2, 1, 1]
    refused = merged.run(
        *("flow", "--feed", "records", "--period", "month", "--map-on", "2025-07-01"), ok=False
    )
    assert refused.returncode == 1
    assert "as-now" in refused.stderr


def test_the_screens_show_the_open_case_under_the_successor_and_list_it(merged: Any) -> None:
    (address,) = (part["address"] for part in merged.status()["parts"] if part["name"] == "screens")
    board = httpx.get(f"{address}/api/records/snapshot").json()
    assert DISTRICT not in board["agencies"]
    assert board["agencies"][SUCCESSOR]["in_process"]["n"] == 1
    for agency, count in ((SUCCESSOR, 1), (DISTRICT, 0)):
        asked = {"measure": "in_process", "at": board["at"], "position": board["position"], "agency": agency}
        assert httpx.get(f"{address}/api/records/cases", params=asked).json()["count"] == count
    page = httpx.get(f"{address}/api/records/cases/{OPEN}").json()
    assert page["case"]["agency"] == DISTRICT
    assert page["agencies"]["responsible"]["code"] == SUCCESSOR


def test_a_case_tells_its_three_agencies(merged: Any) -> None:
    told = merged.json("case", OPEN)["agencies"]
    assert {role: agency["code"] for role, agency in told.items()} == {
        "receiving": COUNTER,
        "resolving": DISTRICT,
        "responsible": SUCCESSOR,
    }
    assert f"responsible agency now: {SUCCESSOR}" in merged.run("case", OPEN).stdout


def test_nothing_is_wrong_after_the_merger(merged: Any) -> None:
    merged.run("verify")
