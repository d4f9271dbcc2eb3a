"""Copies of packaged promises, spoilt by a person's slip, and what the check says of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ioc.check import check
from schemas import Finding
from schemas.source_files import PACKAGED

NOW = datetime(2025, 1, 1, tzinfo=UTC)
Spoil = Callable[[str, str, str], tuple[Finding, ...]]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder for IOC_SCHEMAS_PATH that says of some feeds and of sources what the packaged one says."""
    for folder in (*(f"feeds/{name}" for name in ("records", "permits", "tasks", "lgsp")), "sources"):
        shutil.copytree(PACKAGED / folder, tmp_path / folder)
    return tmp_path


@pytest.fixture
def spoil(own: Path) -> Spoil:
    """Replaces a text in one of its files; the findings."""

    def spoilt(file: str, old: str, new: str) -> tuple[Finding, ...]:
        path = own / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return check([own], NOW).findings

    return spoilt


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).parents[2]
