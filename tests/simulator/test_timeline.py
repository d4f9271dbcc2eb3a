"""The demo's messages depend on settings and time alone: whoever stops and goes on tells the same history."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from ioc.clock import Clock
from ioc.errors import Retry, Stop
from ioc.heartbeat import Heartbeat, read
from schemas import Registry
from streams.simulator.demo import BEHIND, Demo
from streams.simulator.feeds import Feeds
from streams.simulator.places import Reference
from streams.simulator.progress import Progress, resume
from streams.simulator.settings import Simulation
from streams.simulator.timeline import Timeline, local_seconds, window_start

STARTS = datetime(2024, 10, 15, 1, tzinfo=UTC)
HOUR = 3_600


@pytest.fixture(scope="module")
def little(simulation: Simulation) -> Simulation:
    demo = simulation.demo.model_copy(update={"scale": 0.002, "history_days": 10})
    return simulation.model_copy(update={"demo": demo})


def told(timeline: Timeline, cuts: list[int]) -> list[str]:
    texts: list[str] = []
    for after, until in pairwise(cuts):
        for some, _ in timeline.batches(after, until, 50):
            texts += some
    return texts


def test_stopping_anywhere_changes_nothing(little: Simulation, known: Reference) -> None:
    window, now = window_start(STARTS, little), local_seconds(STARTS, little.zone)
    whole = told(Timeline(little, known, window), [0, now + 9 * HOUR])
    first = told(Timeline(little, known, window), [0, now - 50 * HOUR, now])
    after = told(Timeline(little, known, window), [now, now + HOUR, now + 9 * HOUR])
    assert first + after == whole
    assert len(after) > 10


def test_a_batch_ends_between_two_seconds(little: Simulation, known: Reference) -> None:
    timeline = Timeline(little, known, window_start(STARTS, little))
    now, after, count = local_seconds(STARTS, little.zone), 0, 0
    for texts, complete in timeline.batches(0, now, 7):
        assert texts == told(timeline, [after, complete])
        after, count = complete, count + len(texts)
    assert count == len(told(timeline, [0, now]))


def test_the_window_tells_of_open_cases_from_their_reception(little: Simulation, known: Reference) -> None:
    window = window_start(STARTS, little)
    messages = [
        json.loads(text) for text in told(Timeline(little, known, window), [0, window + 5 * 24 * HOUR])
    ]
    received = {m["MaHoSo"] for m in messages if "NgayTiepNhan" in m and "MaHoSo" in m}
    moved = {m["MaHoSo"] for m in messages if m.get("TrangThai") in ("4", "9") and "MaHoSo" in m}
    assert moved
    assert moved <= received


def test_the_next_year_follows(little: Simulation, known: Reference) -> None:
    starts = datetime(2024, 12, 28, 1, tzinfo=UTC)
    timeline = Timeline(little, known, window_start(starts, little))
    now = local_seconds(starts, little.zone)
    later = [json.loads(text) for text in told(timeline, [now, now + 20 * 24 * HOUR])]
    assert any(m.get("NgayTiepNhan", "").startswith("2025") for m in later)
    assert any("-24" in m.get("MaHoSo", "") and m.get("ThoiDiemXuLy", "").startswith("2025") for m in later)


@dataclass
class Kept:
    """A way in that remembers; fails once where told to."""

    fails: int = 0
    texts: list[str] = field(default_factory=list)
    longest: int = 0

    def send(self, messages: list[str]) -> None:
        if self.fails:
            self.fails -= 1
            raise Retry("away")
        self.texts += messages
        self.longest = max(self.longest, len(messages))


def demo(home: Path, little: Simulation, known: Reference, at: datetime, few: Kept, many: Kept) -> Demo:
    (home / "simulation.yaml").write_text(json.dumps(little.model_dump(mode="json", exclude_none=True)))
    progress = resume(home, at)
    timeline = Timeline(progress.simulation, known, progress.window)
    clock, beat = Clock(datetime.now(UTC), at, 1.0), Heartbeat("simulator", home)
    feeds = Feeds(Registry(), home, at, few)
    return Demo(timeline, progress, clock, few, many, beat, home, threading.Event(), feeds)


def test_history_is_caught_up_with_in_bulk_and_the_rest_sent_as_it_comes(
    tmp_path: Path, little: Simulation, known: Reference
) -> None:
    few, many = Kept(), Kept()
    demo(tmp_path, little, known, STARTS, few, many).round()
    demo(tmp_path, little, known, STARTS + timedelta(hours=8), few, many).round()
    now = local_seconds(STARTS + timedelta(hours=8), little.zone)
    whole = told(Timeline(little, known, window_start(STARTS, little)), [0, now])
    assert many.texts + few.texts == whole
    assert len(many.texts) > BEHIND
    assert 0 < few.longest <= BEHIND
    beat = read("simulator", tmp_path)
    assert beat is not None
    assert beat.newest_event_at is not None


def test_what_was_not_acknowledged_is_sent_again(
    tmp_path: Path, little: Simulation, known: Reference
) -> None:
    many = Kept(fails=1)
    running = demo(tmp_path, little, known, STARTS, Kept(), many)
    with pytest.raises(Retry):
        running.round()
    assert running.progress.sent_until == 0
    running.round()
    assert len(many.texts) > BEHIND


def test_a_home_keeps_the_settings_it_began_with(tmp_path: Path, simulation: Simulation) -> None:
    Progress(simulation, 7, 9).save(tmp_path)
    (tmp_path / "simulation.yaml").write_text("simulation: another")
    assert resume(tmp_path, STARTS) == Progress(simulation, 7, 9)


def test_an_unreadable_progress_stops(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "simulation.json").write_text("{")
    with pytest.raises(Stop, match=r"simulation\.json"):
        resume(tmp_path, STARTS)
