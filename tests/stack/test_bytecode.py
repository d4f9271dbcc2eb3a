"""Byte code is made once, behind the screen, and only where the packages are ours."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from ioc.stack import bytecode


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(bytecode, "MARKER", tmp_path / ".byte-code")
    monkeypatch.setattr(sysconfig, "get_paths", lambda: {"purelib": str(tmp_path)})
    return tmp_path


def test_it_waits_for_the_screen_and_is_done_once(packages: Path) -> None:
    (part,) = bytecode.parts(("screens",))
    assert (part.needs, part.once) == (("screens",), True)
    (packages / ".byte-code").touch()
    assert bytecode.parts(("screens",)) == []


@pytest.mark.usefixtures("packages")
def test_a_machines_own_python_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "base_prefix", sys.prefix)
    assert bytecode.parts(()) == []


def test_a_package_that_does_not_compile_does_not_stop_the_others(packages: Path) -> None:
    (packages / "good.py").write_text("x = 1\n")
    (packages / "template.py").write_text("{{ not python }} %\n")
    (part,) = bytecode.parts(())
    assert subprocess.run(part.command(), check=False).returncode == 0
    assert list(packages.glob("__pycache__/good.*.pyc"))
    assert (packages / ".byte-code").exists()
