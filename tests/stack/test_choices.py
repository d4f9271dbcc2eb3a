"""What `up` chooses: the same ports again, a clock that never goes back, a login made once."""

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ioc.clock import Clock
from ioc.errors import BadInput, Stop
from ioc.settings import Settings
from ioc.stack.choices import choose, exported, note_clock
from ioc.stack.home import Home


def chosen(folder: Path, demo: bool = False, rate: float = 60, **given: object) -> Settings:
    return choose(Settings(home=folder, **given), Home(folder), demo, rate, "postgresql:///x")  # type: ignore[arg-type]


def test_ports_and_password_are_the_same_again(tmp_path: Path) -> None:
    first, again = chosen(tmp_path), chosen(tmp_path)
    assert first.screens_url == again.screens_url
    assert first.airflow_password == again.airflow_password != ""
    assert len({first.kafka_port, first.intake_port, first.screens_port, first.airflow_port}) == 4


def test_a_remembered_port_that_is_taken_is_replaced_and_a_set_one_is_refused(tmp_path: Path) -> None:
    before = chosen(tmp_path).screens_port
    with socket.socket() as other:
        other.bind(("127.0.0.1", before))
        other.listen()
        assert chosen(tmp_path).screens_port != before
        with pytest.raises(BadInput, match=f"IOC_SCREENS_PORT: {before}"):
            chosen(tmp_path, screens_port=before)


def test_a_demo_starts_where_the_settings_say_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    home, machine = Home(tmp_path), datetime.now(UTC)
    clock = Clock.parse(chosen(tmp_path, demo=True, demo_start="2024-03-04T00:30:00+00:00").clock)
    assert abs(clock.now() - datetime(2024, 3, 4, 0, 30, tzinfo=UTC)) < timedelta(minutes=10)
    assert clock.rate == 60
    note_clock(home, clock, machine + timedelta(hours=1), stopping=True)
    later = Clock.parse(chosen(tmp_path, demo=True).clock)
    assert later.now() >= clock.at(machine + timedelta(hours=1))


def test_a_note_while_running_is_ahead_of_the_clock_until_the_next_note(tmp_path: Path) -> None:
    home, clock = Home(tmp_path), Clock.parse(chosen(tmp_path, demo=True).clock)
    machine = datetime.now(UTC)
    note_clock(home, clock, machine, stopping=False)
    killed_a_bit_later = clock.at(machine + timedelta(seconds=7))
    assert Clock.parse(chosen(tmp_path, demo=True).clock).now() > killed_a_bit_later


def test_on_the_machines_clock_a_stack_can_start_right_after_a_kill(tmp_path: Path) -> None:
    note_clock(Home(tmp_path), Clock.parse(chosen(tmp_path).clock), datetime.now(UTC), stopping=False)
    assert chosen(tmp_path).clock == "real"


def test_without_demo_a_demos_home_keeps_its_clock_and_rate(tmp_path: Path) -> None:
    chosen(tmp_path, demo=True, rate=30)
    assert Clock.parse(chosen(tmp_path).clock).rate == 30


def test_a_demo_in_a_real_home_is_refused(tmp_path: Path) -> None:
    chosen(tmp_path)
    with pytest.raises(Stop, match="use another IOC_HOME"):
        chosen(tmp_path, demo=True)


def test_a_clock_earlier_than_the_homes_is_refused(tmp_path: Path) -> None:
    Home(tmp_path).remember(demo=False, clock_noted="2999-01-01T00:00:00+00:00")
    with pytest.raises(Stop, match="has lived until 2999"):
        chosen(tmp_path)


@pytest.mark.parametrize("start", ["monday", "2024-03-04T00:30:00"])
def test_a_start_that_is_no_zoned_instant_is_refused(tmp_path: Path, start: str) -> None:
    with pytest.raises(BadInput, match="IOC_DEMO_START"):
        chosen(tmp_path, demo=True, demo_start=start)


def test_a_demo_rolls_up_often_unless_told_otherwise(tmp_path: Path) -> None:
    assert chosen(tmp_path, demo=True).rollup_cron == "*/3 * * * *"
    assert chosen(tmp_path, demo=True, rollup_cron="0 1 * * *").rollup_cron == "0 1 * * *"


def test_parts_get_every_setting_and_keep_byte_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    known = exported(chosen(tmp_path))
    assert "PYTHONDONTWRITEBYTECODE" not in known
    assert known["IOC_HOME"] == str(tmp_path)
    assert known["IOC_KAFKA_SERVERS"].startswith("127.0.0.1:")
