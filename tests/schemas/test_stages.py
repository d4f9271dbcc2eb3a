"""What a feed may say of stages with limits of their own; each slip is named with its mend."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from schemas import Feed, load
from schemas.source_files import PACKAGED
from schemas.yaml_file import YamlFile

HARD = "when: {kind: denunciation, difficulty: [hard, very_hard]}"
BAD = [
    ("from: [submitted]", "from: [handed-in]", "'handed-in' is no status; name some of submitted"),
    ("to: [decided]", "to: [accepted]", "stands in `from` and `to`"),
    ("unit: working_days", "unit: weeks", "Input should be 'working_days', 'days'"),
    ("        limit: 10\n", "", "`limit` and `unit` go together"),
    ("valid_to: 2026-06-30", "valid_to: 2026-07-01", "limits 1 and 2 overlap: kind complaint from"),
    ("        valid_from: 2026-07-01\n", "", "limits 1 and 2 overlap"),
    ("valid_to: 2026-06-30", "valid_from: 2026-07-01\n        valid_to: 2026-06-30", "before it begins"),
    (HARD, "when: {kind: denunciation}", "limits 3 and 4 overlap"),
    (HARD, "when: {kind: denunciation, difficulty: [hard, ordinary]}", "limits 3 and 4 overlap"),
    (HARD, "when: {kind: appeal}", "'appeal' is none of complaint, denunciation, petition"),
    (HARD, "when: {kind: denunciation, difficulty: hard, remote: often}", "'often' is none of true, false"),
    (
        HARD,
        "when: {kind: denunciation, difficulty: hard, sort: a}",
        "stages.acceptance.limits.3.when.sort: no attribute",
    ),
    ("confidence: A", "confidence: certain", "Input should be 'A', 'B', 'C' or '?'"),
    (
        "  acceptance:\n    label: {vi: Thụ",
        "  kind:\n    label: {vi: Thụ",
        "a case keeps 'kind' of a stage already",
    ),
    ("calendar: vietnam\n", "", "stages need the `calendar`"),
]


@cache
def text() -> str:
    return (PACKAGED / "feeds/complaints/feed.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("old", "new", "word"), BAD, ids=range(len(BAD)))
def test_a_stage_that_cannot_be_used_says_why(old: str, new: str, word: str, tmp_path: Any) -> None:
    assert old in text()
    path = tmp_path / "feed.yaml"
    path.write_text(text().replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValidationError) as refused:
        Feed.model_validate(YamlFile(path, "feed.yaml").content)
    assert word in str(refused.value)


def test_only_what_can_change_a_figure_is_in_the_definitions() -> None:
    feed = load().feeds["complaints"]
    said = yaml.safe_dump(feed.definitions["stages"])
    assert "confidence" not in said
    assert "Decree" not in said
    assert feed.definitions["leans_on"].keys() == {"calendar"}
    assert feed.definitions["attributes"].keys() == feed.attributes.keys()
    assert feed.attribute_kinds["acceptance_due_at"] == "instant"


def test_a_feed_without_stages_is_what_it_was() -> None:
    feed = load().feeds["records"]
    assert "stages" not in feed.definitions
    assert feed.attribute_kinds.keys() == feed.attributes.keys()
