"""`ioc explain`, `restatements`, `conflicts` where small cells are hidden: no agency, no number of one."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from ioc.errors import BadInput
from schemas.source_files import PACKAGED
from tests.ledger.conftest import FEED

UNTOLD = {"agency", "old", "new", "change", "event_count", "events"}
LIST = ("restatements", "--feed", FEED)


@pytest.fixture(autouse=True)
def hiding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The feed hides what is below 5 by a file of its own."""
    own = tmp_path / "own"
    shutil.copytree(PACKAGED / "feeds" / FEED, own / "feeds" / FEED)
    with (own / "feeds" / FEED / "feed.yaml").open("a", encoding="utf-8") as file:
        file.write("\nhide_below: 5\n")
    monkeypatch.setenv("IOC_SCHEMAS_PATH", str(own))


def test_the_ledger_tells_why_and_when_and_neither_whose_nor_how_many(run: Any) -> None:
    rows = json.loads(run(*LIST, "--format", "json").stdout)
    assert [(row["figure"], row["month"], row["cause"]) for row in rows] == [
        (name, "2024-09", "late-event") for name in ("new", "resolved", "early")
    ]
    assert not any(UNTOLD & row.keys() for row in rows)
    assert not UNTOLD & set(next(csv.reader(io.StringIO(run(*LIST, "--format", "csv").stdout))))
    table = run(*LIST)
    assert not UNTOLD & set(table.stdout.splitlines()[0].split())
    assert "H20.01" not in table.stdout
    assert "whose and how many is not told" in table.stderr


def test_a_figure_of_all_agencies_is_told_without_what_is_whose(run: Any) -> None:
    told = run("explain", FEED, "2024-09", "figure=new", "--json")
    assert told.exit_code == 0, told.output
    said = json.loads(told.stdout)
    assert ([step["value"] for step in said["history"]], said["agencies"]) == ([7, 8], [])
    (entry,) = said["history"][-1]["restatements"]
    assert (entry["figure"], UNTOLD & entry.keys()) == ("new", set())
    assert {row["case_id"] for row in said["cases"]["rows"]} > {"early", "tardy"}
    assert not any("agency" in row for row in said["cases"]["rows"])
    lines = run("explain", FEED, "2024-09", "figure=new").stdout
    assert "not told whose, nor how many; late event" in lines
    for text in (lines, told.stdout):
        assert not re.search(r"H20\.\d", text)
        assert "3 → 4" not in text


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("explain", FEED, "2024-09", "agency=H20.01,figure=new"), "agency"),
        (("explain", FEED, "2024-09", "under=H20,figure=new"), "under"),
        ((*LIST, "--agency", "H20.01"), "agency"),
        ((*LIST, "--explain", "1"), "explain"),  # its events are the list behind an agency's number
    ],
)
def test_an_agencys_figure_and_the_list_behind_it_are_refused(
    run: Any, words: tuple[str, ...], field: str
) -> None:
    with pytest.raises(BadInput, match="hides small numbers per agency") as refused:
        run(*words)
    assert refused.value.field == field


def test_systems_that_disagree_are_told_without_an_agency(run: Any, ledger: Any) -> None:
    ledger.conn.execute("update cases set flags = '{systems-disagree}' where case_id in ('early', 'near')")
    told = run("conflicts", "--feed", FEED, "--json").stdout
    assert {row["case_id"] for row in json.loads(told)["rows"]} == {"early", "near"}
    assert "H20.0" not in told + run("conflicts", "--feed", FEED).stdout
