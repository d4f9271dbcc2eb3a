"""A run keeps which code made it, and code that differs has another name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

import pytest

from ioc import code
from ioc.settings import Settings
from ioc.warehouse import connect
from jobs import runs

NOW = datetime(2024, 2, 1, tzinfo=UTC)
RUN = runs.Run("x:1", "x", date(2024, 1, 1), date(2024, 1, 9), "UTC", {}, "d", "staged")


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Packages of one module each, in place of the installed ones."""
    for package in code.MAKERS:
        (tmp_path / package).mkdir()
        (tmp_path / package / "a.py").write_text("x = 1\n")
    monkeypatch.setattr(code, "files", tmp_path.joinpath)
    code.code_version.cache_clear()
    yield tmp_path
    code.code_version.cache_clear()


def again() -> str:
    code.code_version.cache_clear()
    return code.code_version()


def test_a_release_whose_modules_were_changed_is_other_code(copy: Path) -> None:
    before = again()
    assert before.startswith(version("ioc-pipeline") + "+")
    (copy / "jobs" / "notes.txt").write_text("words change no figure")
    assert again() == before
    for change in ("ioc/a.py", "jobs/b.py", "schemas/audit.sql"):
        (copy / change).write_text("x = 2\n")
        assert again() != before, change
        before = again()
    (copy / "jobs" / "b.py").rename(copy / "jobs" / "c.py")
    assert again() != before


def test_a_run_keeps_the_code_that_staged_it_last(warehouse: Settings, copy: Path) -> None:
    with connect(warehouse) as conn:
        runs.put(conn, RUN, NOW)
        first = code.code_version()
        assert conn.execute("select code from run").fetchall() == [(first,)]
        (copy / "jobs" / "a.py").write_text("x = 2\n")
        second = again()
        runs.put(conn, RUN, NOW)
        assert conn.execute("select code from run").fetchall() == [(second,)]
        assert first != second
