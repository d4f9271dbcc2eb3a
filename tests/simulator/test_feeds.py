"""The demo's other feeds: history first, then each message in time, and after a stop just what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ioc.errors import Retry, Stop
from schemas import Registry
from streams.simulator.feeds import Feeds

STARTS = datetime(2024, 3, 4, 1, 30, tzinfo=UTC)


@dataclass
class Kept:
    """A way in that remembers; shut for the requests whose number is in `shut`."""

    shut: Sequence[int] = ()
    texts: list[str] = field(default_factory=list)
    asked: int = 0

    def send(self, messages: list[str]) -> None:
        self.asked += 1
        if self.asked in self.shut:
            raise Retry("away")
        self.texts += messages


@pytest.fixture(scope="module")
def few(registry: Registry) -> Registry:
    """Two feeds, a short history."""
    simulated = {
        name: registry.simulated[name].model_copy(update={"history_days": 5, "cases_a_day": 60})
        for name in ("field-reports", "security-alerts")
    }
    return replace(registry, simulated=simulated, simulated_series={})


def test_history_comes_first_and_then_each_message_in_time(few: Registry, tmp_path: Path) -> None:
    way = Kept()
    feeds = Feeds(few, tmp_path, STARTS, way)
    assert feeds.round(STARTS) == len(way.texts) > 500
    assert feeds.round(STARTS) == 0
    assert 0 < feeds.round(STARTS + timedelta(hours=1)) < 300


def test_stopping_anywhere_changes_nothing(few: Registry, tmp_path: Path) -> None:
    whole, parts = Kept(), Kept()
    Feeds(few, tmp_path / "whole", STARTS, whole).round(STARTS + timedelta(days=8))
    for hours in (0, 0.1, 30, 31, 8 * 24):
        Feeds(few, tmp_path / "parts", STARTS + timedelta(hours=hours), parts).round(
            STARTS + timedelta(hours=hours)
        )
    assert sorted(parts.texts) == sorted(whole.texts)


def test_what_was_not_acknowledged_is_sent_again(few: Registry, tmp_path: Path) -> None:
    whole, broken = Kept(), Kept(shut=(2, 3))
    Feeds(few, tmp_path / "whole", STARTS, whole).round(STARTS + timedelta(days=20))
    feeds = Feeds(few, tmp_path / "broken", STARTS, broken)
    for _ in range(2):
        with pytest.raises(Retry):
            feeds.round(STARTS + timedelta(days=20))
    Feeds(few, tmp_path / "broken", STARTS, broken).round(STARTS + timedelta(days=20))
    assert set(broken.texts) == set(whole.texts)
    assert len(broken.texts) < len(whole.texts) + 5  # what shares an instant may come twice


def test_a_home_keeps_the_settings_it_began_with_and_takes_up_a_new_feed(
    few: Registry, registry: Registry, tmp_path: Path
) -> None:
    first, later = Kept(), Kept()
    Feeds(few, tmp_path, STARTS, first).round(STARTS)
    changed = {n: s.model_copy(update={"seed": 7}) for n, s in few.simulated.items()}
    more = replace(few, simulated={**changed, "tasks": registry.simulated["tasks"]})
    Feeds(more, tmp_path, STARTS, later).round(STARTS)
    assert later.texts
    assert all('"tasks.' in text for text in later.texts)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (None, "{"),
        (None, '{"field-reports": {}}'),
        ('"status": "handled"', '"status": "done"'),
        ("2024-", "24-"),
    ],
)
def test_a_progress_that_cannot_be_used_stops(
    old: str | None, new: str, few: Registry, tmp_path: Path
) -> None:
    Feeds(few, tmp_path, STARTS, Kept()).round(STARTS)
    file = tmp_path / "run" / "simulated.json"
    file.write_text(file.read_text().replace(old, new) if old else new)
    with pytest.raises(Stop, match=r"simulated\.json: cannot be used"):
        Feeds(few, tmp_path, STARTS, Kept())
