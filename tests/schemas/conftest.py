"""A packaged promise spoilt by a person's slip, and what the loader says of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas import Finding, Unusable, load
from schemas.source_files import PACKAGED

Spoil = Callable[[str, str, str], tuple[Finding, ...]]
PORTAL = "sources/national-portal.yaml"
FEED = "feeds/records/feed.yaml"
EVENT = "feeds/records/progress.v1.json"
ALIAS = "feeds/records/alias.v1.json"


@pytest.fixture
def spoil(tmp_path: Path) -> Spoil:
    """Replaces a text in a copy of a packaged file and loads it; the findings."""

    def spoilt(file: str, old: str, new: str) -> tuple[Finding, ...]:
        for name in (FEED, EVENT, ALIAS, PORTAL):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PACKAGED / name, tmp_path / name)
        path = tmp_path / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(Unusable) as unusable:
            load([tmp_path])
        assert all(finding.mend for finding in unusable.value.findings)
        return unusable.value.findings

    return spoilt
