"""What a feed's simulation may not say: each slip is found when the promises are loaded, with its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from schemas import Finding, Unusable, load
from schemas.registry import PACKAGED

FEED = "feeds/tasks"
BAD = [
    ("cases_a_day: 9", "cases_a_day: 0", "cases_a_day", "greater than 0"),
    ("document: 75", "fax: 75", "channels", "name one of this feed"),
    ("event: extension", "event: delay", "courses.2.steps.2", "name an event of this feed"),
    ("status: reported, of_due", "status: closed, of_due", "courses.0.steps.2", "a status that it says"),
    ("hours: [1, 30]", "of_due: [0, 1], hours: [1, 30]", "courses.0.steps.1", "`hours`"),
    ("status: assigned, hours", "status: assigned, of_due", "courses.0.steps.0", "say `hours`"),
    ("of_due: [0.4, 0.85]", "of_due: [0.8, 0.4]", "courses.0.steps.2", "the shorter first"),
    ("  urgency: {", "  urgent: {", "courses.0.steps.0.says", "near: 'urgency'"),
    ("hours: [0, 0, 0, 0, 0,", "hours: [0, 0, 0, 0,", "hours", "24 items"),
    ("code: NV", "code: NV\nkode: NV", "kode", "no such key"),
    ("code: NV", "code: [", "(the file)", "YAML"),
]


def spoilt(folder: Path, old: str, new: str) -> tuple[Finding, ...]:
    shutil.copytree(PACKAGED / FEED, folder / FEED)
    path = folder / FEED / "simulation.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Unusable) as unusable:
        load([folder])
    return unusable.value.findings


@pytest.mark.parametrize(("old", "new", "field", "word"), BAD, ids=range(len(BAD)))
def test_a_simulation_that_cannot_be_used_says_why(
    old: str, new: str, field: str, word: str, tmp_path: Path
) -> None:
    found = spoilt(tmp_path, old, new)
    assert any(f.field.startswith(field) and word in f.mend and f.line for f in found), found
    assert all(f.file.endswith("simulation.yaml") for f in found)


def test_a_feed_that_overrides_another_is_not_simulated_by_its_settings(tmp_path: Path) -> None:
    shutil.copytree(PACKAGED / FEED, tmp_path / FEED)
    (tmp_path / FEED / "simulation.yaml").unlink()
    assert set(load().simulated) - set(load([tmp_path]).simulated) == {"tasks"}
