"""The Dutch receipt log through every real part gives the figures of the reference."""

from __future__ import annotations

import csv
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]

WINDOW = ("--from", "2010-10-01", "--to", "2012-01-31")
FLOW_NAMES = {
    "period": "month",
    "carried_over": "carried_over",
    "new": "new",
    "received_total": "received_total",
    "resolved": "resolved",
    "early": "resolved_early",
    "on_due_date": "resolved_on_due_date",
    "late": "resolved_late",
    "no_due_date": "resolved_no_due",
    "open_end": "open_end",
    "open_end_overdue": "open_end_overdue",
}


def as_reference(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of `ioc flow` under the reference's names."""
    return [{theirs: row[ours] for ours, theirs in FLOW_NAMES.items()} for row in rows]


def of_reference(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{theirs: row[theirs] for theirs in FLOW_NAMES.values()} for row in rows]


def new_by_month_and(rows: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        if row["new"]:
            found.setdefault(row["period"], {})[row["group"]] = row["new"]
    return found


def assert_counted(said: dict[str, Any]) -> None:
    assert said["events"] == said["accepted"] + said["quarantined"] + said["duplicate"]


@pytest.fixture(scope="module")
def imported(stack: Any, receipt_log: Path) -> dict[str, Any]:
    source = Path(__file__).resolve().parents[2] / "docs" / "examples" / "sources" / "receipt.yaml"
    said = stack.json("import", str(receipt_log), "--source", str(source))
    stack.run("rollup", "--feed", "permits", "--from", "2010-10-01", "--to", "2011-06-30")
    stack.run("rollup", "--feed", "permits", *WINDOW)  # closes the days after, without reading the log
    return dict(said)


def test_every_row_is_accounted_for(imported: dict[str, Any]) -> None:
    assert imported["rows"] == 8577
    assert imported["quarantined"] == 0
    assert_counted(imported)


def test_the_flow_of_all_months_equals_the_reference(
    stack: Any, imported: Any, receipt_reference: Any
) -> None:
    assert as_reference(stack.flow("permits")) == of_reference(receipt_reference["flow"])


def test_the_flow_of_each_department_equals_the_reference(
    stack: Any, imported: Any, receipt_reference: Any
) -> None:
    rows = stack.flow("permits", by="agency")
    for department, expected in receipt_reference["flow_by_department"].items():
        assert as_reference([row for row in rows if row["group"] == department]) == of_reference(expected)
    assert {row["group"] for row in rows} == set(receipt_reference["flow_by_department"])


def test_new_cases_by_month_and_channel_equal_the_reference(
    stack: Any, imported: Any, receipt_reference: Any
) -> None:
    assert (
        new_by_month_and(stack.flow("permits", by="channel")) == receipt_reference["new_by_month_and_channel"]
    )


def test_totals_and_deadline_status_equal_the_reference(
    stack: Any, imported: Any, receipt_reference: Any
) -> None:
    rows = stack.flow("permits")
    total = Counter[str]()
    for row in rows:
        total.update({name: row[name] for name in ("new", "resolved", "early", "on_due_date", "late")})
    expected = receipt_reference["due_status_by_local_date"]
    assert total["new"] == receipt_reference["cases"]
    assert total["resolved"] == receipt_reference["resolved"]
    assert [total[name] for name in ("early", "on_due_date", "late")] == [
        expected[name] for name in ("early", "on_due_date", "late")
    ]
    assert rows[-1]["open_end"] == expected["open"]


def test_the_two_impossible_cases_are_set_aside_and_explained(stack: Any, imported: Any) -> None:
    for case in ("case-10862", "case-8267"):
        told = stack.json("case", case)
        assert told["case"]["set_aside"] == "resolved-before-received"
        assert not told["case"]["in_figures"]
        assert "resolved" in stack.run("case", case).stdout


def test_importing_the_same_file_again_changes_no_figure(
    stack: Any, imported: Any, receipt_log: Path
) -> None:
    before = stack.flow("permits", by="agency")
    source = Path(__file__).resolve().parents[2] / "docs" / "examples" / "sources" / "receipt.yaml"
    again = stack.json("import", str(receipt_log), "--source", str(source))
    assert again["accepted"] == 0
    assert again["duplicate"] == again["events"] == imported["events"]
    done = stack.json("rollup", "--feed", "permits", *WINDOW, "--full")
    assert (done["written"], done["closed"]) == (0, 0), "the whole log gives every row that was closed"
    assert stack.flow("permits", by="agency") == before


@pytest.mark.fault  # a minute each; the kernel's tests hold order and comparison too
def test_random_order_gives_every_figure_again(
    stack: Any, imported: Any, receipt_log: Path, mapping_for: Callable[[str, str], Path], tmp_path: Path
) -> None:
    with receipt_log.open(newline="") as lines:
        head, *rows = list(csv.reader(lines))
    random.Random(11).shuffle(rows)
    shuffled = tmp_path / "shuffled.csv"
    with shuffled.open("w", newline="") as out:
        csv.writer(out).writerows([head, *rows])
    said = stack.json("import", str(shuffled), "--source", str(mapping_for("receipt", "permits-shuffled")))
    assert said["accepted"] == imported["accepted"]
    stack.run("rollup", "--feed", "permits-shuffled", *WINDOW)
    assert stack.flow("permits-shuffled", by="agency") == stack.flow("permits", by="agency")


@pytest.mark.fault
def test_the_same_log_judged_by_instant(
    stack: Any, receipt_log: Path, receipt_reference: Any, mapping_for: Callable[[str, str], Path]
) -> None:
    stack.json("import", str(receipt_log), "--source", str(mapping_for("receipt", "permits-by-instant")))
    stack.run("rollup", "--feed", "permits-by-instant", *WINDOW)
    rows = stack.flow("permits-by-instant")
    expected = receipt_reference["due_status_by_instant"]
    assert sum(row["late"] for row in rows) == expected["late"]
    assert sum(row["early"] + row["on_due_date"] for row in rows) == expected["in_time"]


@pytest.mark.fault  # three minutes; workers and brokers are killed in tests of their own
def test_a_killed_worker_and_a_killed_broker_change_no_figure(
    stack: Any, imported: Any, receipt_log: Path, mapping_for: Callable[[str, str], Path]
) -> None:
    worker, broker = stack.part_pid("live-1"), stack.part_pid("kafka")
    importing = stack.start(
        "import", str(receipt_log), "--source", str(mapping_for("receipt", "permits-killed")), "--json"
    )
    time.sleep(2.5)
    os.kill(worker, signal.SIGKILL)
    time.sleep(0.7)
    os.kill(broker, signal.SIGKILL)
    assert importing.poll() is None, "the broker dies in the middle of the import"
    out, err = importing.communicate(timeout=280)
    assert importing.returncode == 0, out + err
    stack.wait_for(lambda: stack.is_up("kafka", "live-1"), "the parts again")
    assert stack.part_pid("kafka") != broker
    assert stack.part_pid("live-1") != worker
    stack.run("rollup", "--feed", "permits-killed", *WINDOW)
    assert stack.flow("permits-killed", by="agency") == stack.flow("permits", by="agency")


def test_verify_holds_after_all_of_it(stack: Any, imported: Any) -> None:
    said = stack.run("verify")
    assert said.returncode == 0
