"""Cases written by hand in both languages for each row of the table in domain 2.5; the kernel must agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from ioc.kernel.deadline import open_at
from ioc.kernel.fold import fold_now
from ioc.rules import case_rules
from ioc.story import LANGS, Story
from schemas import Registry, load
from schemas.procedures import ProcedureVersion
from tests.kernel.histories import Row, event, frame

FILES = sorted((Path(__file__).parent / "golden").glob("*.yaml"))
PROCEDURE = "1.000045"
Case = dict[str, Any]


@cache
def packaged() -> Registry:
    return load()


def local(text: str) -> datetime:
    return datetime.strptime(text, "%H:%M %d/%m/%Y").replace(tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def registry(case: Case) -> Registry:
    """The packaged promises, with the case's own procedure version in place of the others."""
    given = {"file": "golden", "line": 1, "code": PROCEDURE, "version": "1", **case["procedure"]}
    return replace(packaged(), procedure_versions={PROCEDURE: (ProcedureVersion(**given),)})


def events(case: Case) -> list[Row]:
    said = {"channel": case.get("channel", "direct"), "procedure": PROCEDURE, "agency": "H20.01"}
    said["receiving_agency"] = case.get("receiving_agency")
    dues = [local(one["due"]) if "due" in one else None for one in case["events"]]
    return [
        event("H20.01-250424-0001", str(n), local(one["at"]), one["status"], due_at=due, **said)
        for n, (one, due) in enumerate(zip(case["events"], dues, strict=True))
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_case_written_by_hand_is_told_so(file: Path) -> None:
    case: Case = yaml.safe_load(file.read_text(encoding="utf-8"))
    known, happened, at = registry(case), events(case), local(case["looked_at"])
    rules = case_rules(known.feed("records"), known)
    cases = fold_now(frame(happened).collect(), rules)
    row = cases.to_dicts()[0]
    standing = open_at(cases.lazy(), at, rules.zone).collect(engine="in-memory").to_dicts()
    found = {"local": row["outcome_by_date"], "by_instant": row["outcome_by_instant"]}
    found["index_766"] = row["outcome_766"]
    if standing:
        found |= {"local": standing[0]["standing"], "index_766": standing[0]["standing_766"]}
    assert found == case["outcomes"]
    story = Story(known, rules)
    for lang in LANGS:
        said = story.speaker(lang)
        told = [said.printed(line) for line in story.tell(row, happened, at, lang)]
        assert told == case[lang].splitlines()


def test_each_row_of_the_table_has_a_case() -> None:
    assert {file.name[:2] for file in FILES} == {f"0{n}" for n in range(1, 10)}
