"""The command line: quick help, errors without tracebacks, a table whose every entry exists."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ioc.cli.main import COMMANDS


def ioc(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    known = {**os.environ, "IOC_HOME": str(home), **environment}
    command = [sys.executable, "-m", "ioc.cli.main", *words]
    return subprocess.run(command, env=known, capture_output=True, text=True, timeout=60, check=False)


def test_help_lists_every_command_and_imports_none(tmp_path: Path) -> None:
    script = """
import sys
from ioc.cli import main
sys.argv = ["ioc", "--help"]
try:
    main.main()
finally:
    print("IMPORTED", [m for m in sys.modules if m.startswith("ioc.cli.") and m != "ioc.cli.main"])
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    said = done.stdout
    assert "IMPORTED []" in said
    assert all(name in said for name in COMMANDS)


def test_an_error_is_its_text_and_exit_1(tmp_path: Path) -> None:
    done = ioc(tmp_path, "status")
    assert done.returncode == 1
    assert done.stderr == f"nothing runs for IOC_HOME={tmp_path}; `ioc up` starts a stack\n"


def test_a_wrong_setting_stops_the_command_and_is_named(tmp_path: Path) -> None:
    done = ioc(tmp_path, "up", IOC_LIVE_WORKER="3")
    assert done.returncode == 1
    assert "IOC_LIVE_WORKER: '3'" in done.stderr
    assert "IOC_LIVE_WORKERS?" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_command_is_refused(tmp_path: Path) -> None:
    done = ioc(tmp_path, "stats")
    assert done.returncode == 2
    assert "No such command 'stats'" in done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_names_a_function_that_exists(name: str) -> None:
    module, function = COMMANDS[name][0].split(":")
    assert callable(getattr(importlib.import_module(module), function))
