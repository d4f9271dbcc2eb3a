"""New York's requests come in by a mapping alone; bad rows are refused or set aside, each with a reason."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]

HERE = Path(__file__).resolve()
REQUESTS = HERE.parents[3] / "shared" / "data" / "requests" / "nyc_311_2011_03.csv"
SOURCE = HERE.parents[2] / "docs" / "examples" / "sources" / "nyc-311.yaml"
CLOSED_IN_1900 = "19944912"


def local(text: str) -> datetime | None:
    return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p") if text else None  # noqa: DTZ007 - compared as local text


@pytest.fixture(scope="module")
def imported(stack: Any) -> dict[str, Any]:
    if not REQUESTS.exists():
        pytest.skip(f"New York's requests are not beside the project: {REQUESTS}")
    said = stack.json("import", str(REQUESTS), "--source", str(SOURCE))
    stack.run("rollup", "--feed", "service-requests", "--from", "2011-01-01", "--to", "2015-12-31")
    return dict(said)


def test_every_row_is_accounted_for(imported: dict[str, Any]) -> None:
    assert imported["rows"] == 2000
    assert imported["events"] >= 2000 + 1958, "a creation each, a closing where one is given"
    assert imported["events"] == imported["accepted"] + imported["quarantined"] + imported["duplicate"]


def test_the_closing_in_1900_is_in_no_figure_and_says_why(stack: Any, imported: Any) -> None:
    told = stack.json("case", CLOSED_IN_1900)
    refused = [row for row in stack.json("quarantine")["rows"] if row["source"] == "nyc-311"]
    assert told["case"]["set_aside"] == "resolved-before-received" or len(refused) == 1


def test_the_flow_by_year_equals_a_count_of_the_file(stack: Any, imported: Any) -> None:
    with REQUESTS.open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["Unique Key"] != CLOSED_IN_1900]
    new: Counter[str] = Counter()
    resolved: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for row in rows:
        created, closed, due = (local(row[name]) for name in ("Created Date", "Closed Date", "Due Date"))
        assert created
        new[str(created.year)] += 1
        if closed:
            resolved[str(closed.year)] += 1
            late[str(closed.year)] += due is not None and closed > due
    for row in stack.flow("service-requests", period="year"):
        year = row["period"]
        assert (row["new"], row["resolved"], row["late"]) == (new[year], resolved[year], late[year]), year
        assert row["early"] + row["on_due_date"] + row["late"] + row["no_due_date"] == row["resolved"]
