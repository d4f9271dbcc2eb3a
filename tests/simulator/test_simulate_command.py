"""`ioc simulate` writes messages, the event log, or both, and refuses to mix two years in one log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ioc.cli.main import app
from ioc.errors import BadInput
from jobs.event_log import EventLog, buckets, held

TINY = ["simulate", "--scale", "0.002"]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOC_HOME", str(tmp_path / "home"))


def test_both_forms_hold_the_same_year(tmp_path: Path) -> None:
    out, folder = tmp_path / "year.jsonl", tmp_path / "log"
    said = CliRunner().invoke(app, [*TINY, "--out", str(out), "--events-log", str(folder)])
    assert said.exit_code == 0, said.output
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    (feed,) = folder.iterdir()
    table = EventLog(feed.name, str(folder)).open()
    assert table is not None
    assert buckets(table) == 8
    assert sum(held(table).values()) == table.to_pyarrow_dataset().count_rows()
    codes = set(table.to_pyarrow_dataset().to_table(["case_id"])["case_id"].to_pylist())
    assert codes == {line["MaHoSo"] for line in lines if "MaHoSo" in line}


@pytest.mark.parametrize("words", [[], ["--events-log", "twice"], ["--out", "x", "--simulation", "no.yaml"]])
def test_what_cannot_be_done_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    if "twice" in words:
        assert CliRunner().invoke(app, [*TINY, *words]).exit_code == 0
    said = CliRunner().invoke(app, [*TINY, *words])
    assert isinstance(said.exception, BadInput)
    assert (words or ["--out"])[-1] in str(said.exception)
