"""The commands a person types, on a small log of our own whose figures are counted by hand."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]

HEAD = (
    "case:concept:name,case:channel,case:department,case:startdate,case:deadline,case:enddate,"
    "concept:instance,concept:name,org:resource,time:timestamp"
)
# c1 early, c2 on the due date (after its instant), c3 late, c4 open and overdue, c5 open, c6 impossible.
CASES = [
    "c1,Desk,North,2011-01-03 09:00:00+01:00,2011-01-20 00:00:00+01:00,2011-01-10 10:00:00+01:00",
    "c2,Desk,North,2011-01-04 09:00:00+01:00,2011-01-20 00:00:00+01:00,2011-01-20 15:00:00+01:00",
    "c3,Post,South,2011-01-05 09:00:00+01:00,2011-01-20 00:00:00+01:00,2011-02-02 10:00:00+01:00",
    "c4,Post,South,2011-01-31 23:30:00+01:00,2011-02-20 00:00:00+01:00,",
    "c5,Desk,North,2011-02-01 00:30:00+01:00,2011-03-20 00:00:00+01:00,",
    "c6,Desk,North,2011-02-05 09:00:00+01:00,2011-03-20 00:00:00+01:00,2011-02-04 09:00:00+01:00",
]
JANUARY = dict(
    carried_over=0, new=4, received_total=4, resolved=2, early=1, on_due_date=1, late=0, no_due_date=0
)
FEBRUARY = dict(
    carried_over=2, new=1, received_total=3, resolved=1, early=0, on_due_date=0, late=1, no_due_date=0
)


@pytest.fixture(scope="module")
def small(stack: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("small")
    source = Path(__file__).resolve().parents[2] / "docs" / "examples" / "sources" / "receipt.yaml"
    mapping = folder / "small.yaml"
    text = source.read_text().replace("\nfeed: permits\n", "\nfeed: permits-small\n")
    mapping.write_text(text.replace("source: receipt\n", "source: small\n"))
    log = folder / "small.csv"
    rows = [
        f"{case},task-{i},Confirmation of receipt,R1,2011-02-07 09:00:00+01:00"
        for i, case in enumerate(CASES)
    ]
    rows.append(
        "c7,Fax,North,2011-02-06 09:00:00+01:00,,,task-7,Confirmation of receipt,R1,2011-02-07 09:00:00+01:00"
    )
    log.write_text("\n".join([HEAD, *rows]) + "\n")
    said = stack.json("import", str(log), "--source", str(mapping))
    stack.run("rollup", "--feed", "permits-small", "--from", "2011-01", "--to", "2011-02")
    return dict(said)


def test_an_unknown_channel_is_refused_and_the_rest_accepted(stack: Any, small: dict[str, Any]) -> None:
    assert small["rows"] == 7
    assert small["quarantined"] >= 1
    assert small["events"] == small["accepted"] + small["quarantined"] + small["duplicate"]
    refused = [row for row in stack.json("quarantine")["rows"] if row["value"] == "Fax"]
    assert refused
    assert refused[0]["reason"] == "unknown-word"
    assert refused[0]["field"] == "case:channel"
    assert refused[0]["mend"]


def test_months_by_hand(stack: Any, small: Any) -> None:
    january, february = stack.flow("permits-small")
    stock = {"open_end": 2, "open_end_overdue": 1}
    first = {"period": "2011-01", "from": "2011-01-01", "to": "2011-01-31", "group": None}
    second = {"period": "2011-02", "from": "2011-02-01", "to": "2011-02-28", "group": None}
    assert january == first | JANUARY | stock
    assert february == second | FEBRUARY | stock


@pytest.mark.parametrize("period", ["day", "week", "month", "quarter", "year"])
@pytest.mark.parametrize("by", ["agency", "channel", "none"])
def test_each_period_adds_up_and_follows_the_one_before(stack: Any, small: Any, period: str, by: str) -> None:
    rows = stack.flow("permits-small", period=period, by=by)
    assert sum(row["new"] for row in rows) == 5
    last: dict[str | None, int] = {}
    for row in sorted(rows, key=lambda row: row["from"]):
        assert row["carried_over"] + row["new"] == row["received_total"]
        assert row["received_total"] - row["resolved"] == row["open_end"]
        assert row["carried_over"] == last.get(row["group"], 0)
        last[row["group"]] = row["open_end"]


def test_the_three_formats_tell_the_same(stack: Any, small: Any) -> None:
    words = ("flow", "--feed", "permits-small", "--period", "month", "--by", "none", "--format")
    told = json.loads(stack.run(*words, "json").stdout)
    table = list(csv.DictReader(io.StringIO(stack.run(*words, "csv").stdout)))
    assert [row["open_end"] for row in table] == [str(row["open_end"]) for row in told]
    assert "2011-01" in stack.run(*words, "table").stdout


def test_a_case_tells_its_story(stack: Any, small: Any) -> None:
    told = stack.json("case", "c2")
    assert told["case"]["outcome"] == "on_due_date"
    assert {"occurred_at", "received_at"} <= set(told["events"][0])


def test_what_is_odd_is_counted_and_set_aside_once(stack: Any, small: dict[str, Any]) -> None:
    told = json.loads(stack.run("flags", "--feed", "permits-small", "--format", "json").stdout)
    odd = {"end-before-received": 1, "unexpected-transition": 1, "set-aside": 1}  # c6
    assert {row["what"]: row["count"] for row in told} == odd | {"quarantine": small["quarantined"]}


def test_a_window_that_was_not_published_is_refused(stack: Any, small: Any) -> None:
    window = ("--from", "2009-01-01", "--to", "2009-12-31")
    said = stack.run(
        "flow", "--feed", "permits-small", "--period", "month", "--by", "none", *window, ok=False
    )
    assert said.returncode == 1
    assert "2009-01-01" in said.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("rollup", "--feed", "permits-small", "--from", "2011-02-01", "--to", "2011-01-01"),
        ("rollup", "--feed", "permits-small", "--from", "yesterday", "--to", "2011-01-31"),
        ("import", "no-such-file.csv", "--source", "receipt"),
        ("case", "no-such-case"),
    ],
)
def test_a_wrong_word_is_named_without_a_traceback(stack: Any, words: tuple[str, ...]) -> None:
    said = stack.run(*words, ok=False)
    assert said.returncode in (1, 2)
    assert "Traceback" not in said.stderr
    assert said.stderr.strip()


def test_a_mended_mapping_brings_the_refused_row_back(stack: Any, small: Any) -> None:
    mapping = next((stack.home / "schemas" / "sources").glob("small.yaml"))
    text = mapping.read_text()
    assert "Post: " in text
    mapping.write_text(text.replace("Post: ", "Fax: Post, Post: ", 1))
    dry = stack.json("redrive", "--reason", "unknown-word", "--dry-run")
    assert dry["accepted"] >= 1
    stack.run("redrive", "--reason", "unknown-word")
    stack.wait_for(lambda: stack.run("case", "c7", ok=False).returncode == 0, "the redriven case")
    assert [
        row for row in stack.json("quarantine")["rows"] if row["value"] == "Fax" and not row["redriven_at"]
    ] == []
    stack.run("verify")
