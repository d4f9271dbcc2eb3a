"""The stack's time: the machine's, or faster from a chosen start."""

from datetime import UTC, datetime, timedelta

import pytest

from ioc.clock import Clock
from ioc.errors import BadInput

ANCHOR = datetime(2026, 11, 24, 10, tzinfo=UTC)
START = datetime(2024, 3, 4, 1, 30, tzinfo=UTC)


def test_a_demo_clock_runs_at_its_rate_from_its_start() -> None:
    clock = Clock(ANCHOR, START, 60)
    assert clock.at(ANCHOR) == START
    assert clock.at(ANCHOR + timedelta(seconds=10)) == START + timedelta(minutes=10)


def test_the_real_clock_is_the_machines() -> None:
    assert Clock.parse("real").at(ANCHOR) == ANCHOR


def test_a_clock_survives_being_written_down() -> None:
    clock = Clock(ANCHOR, START, 0.5)
    assert Clock.parse(clock.text()) == clock


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2024-03-04T01:30:00@2026-11-24T10:00:00+00:00*60",
        "2024-03-04T01:30:00+00:00@2026-11-24*60",
        "a@b*c",
    ],
)
def test_a_wrong_clock_names_itself(text: str) -> None:
    with pytest.raises(BadInput, match="IOC_CLOCK"):
        Clock.parse(text)
