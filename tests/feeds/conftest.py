"""The packaged feeds, their examples as admission takes them, and a feed of each kind with odd words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ioc.feeds.asyncapi import document
from ioc.feeds.begin import Kind, begin
from ioc.feeds.shown import Examples, Shown
from schemas import Registry, load

NOW = datetime(2026, 12, 1, tzinfo=UTC)
ODD = {"vi": 'Gọi <b>"khẩn"</b>', "en": "Calls & <script>alert(1)</script>", "owner": "Sở <i>Y tế</i>"}
Told = tuple[dict[str, Any], Mapping[str, Sequence[Shown]]]


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load()


@pytest.fixture(scope="session")
def told(registry: Registry) -> Told:
    """The document of all feeds, and the examples in it."""
    examples = Examples(registry, NOW)
    shown = {name: examples.of(feed) for name, feed in registry.every.items()}
    return document(list(registry.every.values()), shown), shown


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A folder with `odd-case` and `odd-observation`."""
    kinds: tuple[Kind, ...] = ("case", "observation")
    for kind in kinds:
        begin(load(), f"odd-{kind}", kind, tmp_path, ODD)
    return tmp_path
