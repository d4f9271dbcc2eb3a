"""What the simulation of a feed of observations may not say: found with its line when it is loaded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from schemas import Unusable, load
from schemas.registry import PACKAGED

FEED = "feeds/satisfaction"
BAD = [
    ("  satisfied:", "  content:", "series.content", "name a series of this feed"),
    ("channel: {kiosk", "canal: {kiosk", "series.answers.0.by", "near: 'channel'"),
    ("{kiosk:", "{kiosks:", "series.answers.0.by.channel", "near: 'kiosk'"),
    ("of: [answers]", "of: [replies]", "series.satisfied.0", "says before"),
    ("percent: [90, 96.5], of: [answers]", "percent: [90, 96.5]", "series.satisfied.0", "`of` goes with"),
    ("percent: [90, 96.5], of", "percent: [90, 196.5], of", "series.satisfied.0.percent", "100"),
    ("usual: 1,", "", "series.answers.0", "say whence"),
    ("days: [1, 4]", "days: [0, 4]", "told", "days from 1"),
    ("usual: 1,", "usual: 1, every_minutes: 60,", "series.answers.0.every_minutes", "by the day"),
    ("parts: [satisfied], of: [answers]", "usual: 90", "series.satisfied_share.0", "say `n`"),
    ("parts: [satisfied],", "parts: [satisfied], n: answers,", "series.satisfied_share.0.n", "take it away"),
    ("history_days: 380", "history_days: 380\nentered_by: Sở", "entered_by", "take it away"),
    ("history_days: 380", "history_day: 380", "history_day", "no such key"),
]


@pytest.mark.parametrize(("old", "new", "field", "word"), BAD, ids=range(len(BAD)))
def test_a_simulation_that_cannot_be_used_says_why(
    old: str, new: str, field: str, word: str, tmp_path: Path
) -> None:
    shutil.copytree(PACKAGED / FEED, tmp_path / FEED)
    path = tmp_path / FEED / "simulation.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Unusable) as unusable:
        load([tmp_path])
    found = unusable.value.findings
    assert any(f.field.startswith(field) and word in f.mend and f.line for f in found), found
    assert all(f.file.endswith("simulation.yaml") for f in found)


def test_a_feed_that_overrides_another_is_not_simulated_by_its_settings(tmp_path: Path) -> None:
    shutil.copytree(PACKAGED / FEED, tmp_path / FEED)
    (tmp_path / FEED / "simulation.yaml").unlink()
    assert set(load().simulated_series) - set(load([tmp_path]).simulated_series) == {"satisfaction"}
