"""What may follow a status: named statuses exist, notes stay out of it, and every status can be reached."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from schemas import Unusable, load
from schemas.source_files import PACKAGED

FEED = "feeds/records/feed.yaml"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'next: ["4", "10"]',
            'next: ["4", "11"]',
            r"statuses\.9\.next: '11' is no status; name some of 1, 2,",
        ),
        (
            'next: ["4", "10"]',
            'next: ["4", "M04"]',
            r"statuses\.9\.next: 'M04' is a note, which may stand any",
        ),
        (
            "{phase: note, apology",
            '{phase: note, next: ["4"], apology',
            r"statuses\.M04\.next: a note may stand",
        ),
    ],
)
def test_a_next_that_cannot_be_used_says_why(old: str, new: str, said: str, tmp_path: Path) -> None:
    written(tmp_path, old, new)
    with pytest.raises(Unusable, match=said) as unusable:
        load([tmp_path])
    assert [finding.field for finding in unusable.value.findings if FEED in finding.file] == ["lifecycle"]


def written(folder: Path, *replaced: str) -> None:
    """A copy of the feed, each pair of texts replaced everywhere."""
    path = folder / FEED
    path.parent.mkdir(parents=True, exist_ok=True)
    text = (PACKAGED / FEED).read_text(encoding="utf-8")
    for old, new in zip(replaced[::2], replaced[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    for schema in (PACKAGED / FEED).parent.glob("*.json"):
        shutil.copy(schema, path.parent)


def test_a_status_that_no_next_leads_to_is_found(tmp_path: Path) -> None:
    """8 is left out of every `next`; naming itself is no way in."""
    nowhere = (', "8"', "")
    lost = r"statuses\.8: no `next` leads to it; name it in the `next` of"
    for more in ((), ('next: ["4", "9", "10"]', 'next: ["8", "4"]')):
        written(tmp_path, *nowhere, *more)
        with pytest.raises(Unusable, match=lost):
            load([tmp_path])
    written(tmp_path, *nowhere, 'pause: fee, next: ["1", "2", "4", "7"]', "pause: fee")
    assert load([tmp_path]).feed("records").lifecycle.statuses["6"].next is None


def test_what_may_follow_is_a_definition_and_its_absence_none() -> None:
    feed = load().feed("records")
    assert feed.definitions["next"]["9"] == ["10", "4"]
    assert "M04" not in feed.definitions["next"]
    assert "next" not in load().feed("service-requests").definitions
