"""Each stage with a limit of its own is told: since when, the limit of that day and whose word it is."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import polars as pl
import pytest

from ioc.kernel.attributes import fold_whole
from ioc.kernel.events import EVENTS
from ioc.kernel.stage_clocks import SAID
from ioc.rules import case_rules
from ioc.story import Lang, Story
from ioc.story.words import WORDS
from schemas import Registry, load
from tests.kernel.calendars import at
from tests.kernel.histories import event

KNOWN = {"kind": "complaint", "instance": "first", "difficulty": "hard", "remote": False}


@cache
def registry() -> Registry:
    return load()


def told(steps: list[tuple[str, str]], looked: str, lang: Lang = "en", **said: Any) -> list[tuple[str, str]]:
    """Tone and text of the lines about stages of a case of complaints."""
    rules = case_rules(registry().feed("complaints"), registry())
    rows = [event("c", str(n), at(text), status) for n, (text, status) in enumerate(steps)]
    frame = pl.DataFrame(
        [row | {"data": json.dumps(said)} for row in rows], schema={**EVENTS, "data": pl.String()}
    )
    row = fold_whole(frame, rules).to_dicts()[0]
    row["attributes"] = json.loads(row["attributes"])  # as PostgreSQL hands it out
    lines = Story(registry(), rules).tell(row, rows, at(looked), lang)
    return [(line.tone or "", line.text) for line in lines if line.kind == "stage"]


def test_a_stage_is_told_with_its_limit_and_outcome() -> None:
    steps = [("2026-06-29T09:00", "submitted"), ("2026-07-14T09:00", "accepted")]
    acceptance, settlement = told(steps, "2026-08-29T09:00", **KNOWN)
    # Handed in on the last days of ten working days: of the decree of that day, though it ended since.
    assert acceptance[0] == "late"
    assert acceptance[1].startswith(
        "Acceptance since 2026-06-29 09:00, limit 10 working days (Decree 124/2020"
    )
    assert acceptance[1].endswith("done 2026-07-14 09:00, late (until 2026-07-13 17:00).")
    # 45 days of the calendar end on Friday the 28th.
    assert settlement[0] == "late"
    assert (
        "limit 45 calendar days (Law on Complaints; to be checked: read before Law 136/2025/QH15)"
        in (settlement[1])
    )
    assert settlement[1].endswith("not done, overdue (until 2026-08-28 17:00).")


def test_the_law_of_the_day_a_stage_began_applies() -> None:
    (_, text), *_ = told([("2026-07-01T09:00", "submitted")], "2026-07-10T17:00", "vi", **KNOWN)
    assert "hạn 7 ngày làm việc (Decree 155/2026" in text
    assert text.endswith("chưa xong, còn trong hạn (đến 17:00 10/07/2026).")


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({}, "its kind is not known, so no limit is."),
        (KNOWN | {"difficulty": None}, "its kind is not known, so no limit is."),
        (KNOWN | {"kind": "petition"}, "no limit (none is given in the sources)."),
    ],
)
def test_what_has_no_limit_says_so(said: dict[str, Any], text: str) -> None:
    given = {name: value for name, value in said.items() if value is not None}
    assert told([("2026-07-01T09:00", "accepted")], "2027-01-01T00:00", **given) == [
        ("", f"Settlement since 2026-07-01 09:00: {text}")
    ]


def test_every_way_a_stage_can_go_has_words() -> None:
    assert {f"stage.{said}" for said in (*SAID, "overdue")} <= WORDS.keys()
