"""Heartbeats: at most one write a second, never half a file, the newest event never goes back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ioc import heartbeat
from ioc.heartbeat import Heartbeat

NOW = datetime(2024, 3, 4, 1, tzinfo=UTC)


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    clock = [100.0]
    monkeypatch.setattr(heartbeat.time, "monotonic", lambda: clock[0])
    return clock


def test_a_second_beat_within_a_second_is_written_with_the_next(tmp_path: Path, ticks: list[float]) -> None:
    beats = Heartbeat("live-1", tmp_path)
    beats.beat(NOW, detail={"n": 1})
    beats.beat(NOW + timedelta(seconds=30), newest=NOW)
    written = heartbeat.read("live-1", tmp_path)
    assert written is not None
    assert (written.at, written.newest_event_at, written.detail) == (NOW, None, {"n": 1})
    ticks[0] += 1
    beats.beat(NOW + timedelta(seconds=60))
    written = heartbeat.read("live-1", tmp_path)
    assert written is not None
    assert (written.at, written.newest_event_at) == (NOW + timedelta(seconds=60), NOW)


def test_an_older_event_does_not_replace_a_newer_one(tmp_path: Path, ticks: list[float]) -> None:
    beats = Heartbeat("gate", tmp_path)
    beats.beat(NOW, newest=NOW)
    ticks[0] += 1
    beats.beat(NOW, newest=NOW - timedelta(days=1))
    written = heartbeat.read("gate", tmp_path)
    assert written is not None
    assert written.newest_event_at == NOW


def test_a_missing_or_broken_heartbeat_reads_as_none(tmp_path: Path) -> None:
    assert heartbeat.read("intake", tmp_path) is None
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "intake.json").write_text("{")
    assert heartbeat.read("intake", tmp_path) is None
