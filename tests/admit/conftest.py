"""An admission of the packaged promises and the worked examples, and the instant at which tests receive."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ioc.admit import Admission
from ioc.event import Receipt
from schemas import Registry, load

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """With the worked mappings, the way `ioc import` takes them in."""
    own = tmp_path_factory.mktemp("schemas")
    shutil.copytree(ROOT / "docs/examples/sources", own / "sources")
    return load([own])


@pytest.fixture(scope="session")
def admission(registry: Registry) -> Admission:
    return Admission(registry, b"k" * 32, 262_144)


@pytest.fixture(scope="session")
def now() -> datetime:
    return datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def receipt(now: datetime) -> Receipt:
    return Receipt(now, batch="b", seq=7)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The data of others that the project is tried on; it lies beside the project, not in it."""
    folder = Path(os.environ.get("IOC_SHARED_DATA", ROOT.parent / "shared/data"))
    if not folder.exists():
        pytest.skip(f"the data sets are not at {folder} (IOC_SHARED_DATA)")
    return folder
