"""What the archive refuses rather than lose, and how a step's words and exits are understood."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ioc.errors import Retry, Stop
from jobs import launch
from jobs.archive import missing
from jobs.broker import Span


def test_only_what_the_log_lacks_is_fetched() -> None:
    assert missing("t", {0: Span(0, 5), 1: Span(0, 7)}, {0: 5}) == 7
    assert missing("t", {0: Span(3, 5)}, {0: 5}) == 0


def test_offsets_that_retention_took_stop_the_archive() -> None:
    with pytest.raises(Stop, match="t/0: Kafka begins at 4, the event log holds 2: retention took 2 offsets"):
        missing("t", {0: Span(4, 9)}, {0: 2})


def test_a_topic_made_anew_stops_the_archive() -> None:
    with pytest.raises(
        Stop, match="t/0: Kafka ends at 3, the event log holds 8: the topic was deleted and made anew"
    ):
        missing("t", {0: Span(0, 3)}, {0: 8})


def test_a_step_is_called_with_what_was_asked() -> None:
    said = launch.words("rollup", "r1", {"feed": "f", "from": "2024-01-01", "to": None, "due": True})
    assert said[3:] == ["jobs", "rollup", "--trigger", "r1", "--feed", "f", "--from", "2024-01-01"]
    assert launch.words("archive", "r1", {"feed": None, "due": True})[-1] == "--due"


@pytest.mark.parametrize(
    ("program", "error"),
    [("print('so it is')", None), ("print('no'); exit(1)", Stop), ("print('wait'); exit(75)", Retry)],
)
def test_a_steps_exit_says_whether_to_try_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str, error: type[Exception] | None
) -> None:
    script = tmp_path / "step.py"
    script.write_text(program)
    monkeypatch.setattr(launch, "words", lambda *_: [sys.executable, str(script)])
    monkeypatch.setattr(launch, "trigger_of", lambda _: "r")
    monkeypatch.setattr(launch, "asked_of", lambda _: {})
    if error is None:
        assert launch.launch("archive", {}) == "so it is"
        return
    with pytest.raises(error, match=r"no|wait"):
        launch.launch("archive", {})
