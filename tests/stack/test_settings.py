"""Settings: who wins, what is refused, and a page that tells the truth."""

import json
from pathlib import Path

import pytest

from ioc.errors import BadInput
from ioc.settings import load
from ioc.stack.settings_page import PAGE, page


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IOC_HOME", str(tmp_path))
    return tmp_path


def test_the_page_is_what_the_settings_say() -> None:
    assert PAGE.read_text() == page()


def test_environment_beats_file_beats_what_up_chose_beats_default(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load().live_workers == 1
    (home / "stack.json").write_text(json.dumps({"live_workers": 3, "stack": {}}))
    assert load().live_workers == 3
    assert load(chosen=False).live_workers == 1
    (home / "settings.toml").write_text("live_workers = 4\n")
    assert load().live_workers == 4
    monkeypatch.setenv("IOC_LIVE_WORKERS", "5")
    assert load().live_workers == 5


def test_a_relative_home_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IOC_HOME", "here")
    assert load().home == tmp_path / "here"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("IOC_LIVE_WORKERS", "0", "greater than or equal to 1"),
        ("IOC_LIVE_WORKERS", "many", "valid integer"),
        ("IOC_LOG_BUCKETS", "6", "power of two"),
        ("IOC_KAFKA_PORT", "70000", "65535"),
        ("IOC_KAFKA_SERVER", "x:1", "did you mean IOC_KAFKA_SERVERS?"),
        ("IOC_ZZZ", "1", "docs/settings.md lists the settings"),
    ],
)
@pytest.mark.usefixtures("home")
def test_a_wrong_variable_is_named(name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadInput) as refused:
        load()
    assert refused.value.field == name
    assert said in str(refused.value)


@pytest.mark.parametrize(("text", "said"), [("live_worker = 1", "IOC_LIVE_WORKER"), ("= 1", "not TOML")])
def test_a_wrong_file_is_named(home: Path, text: str, said: str) -> None:
    (home / "settings.toml").write_text(text)
    with pytest.raises(BadInput, match=said):
        load()
