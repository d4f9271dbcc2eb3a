"""`ioc check`: a line for each finding and exit 1, or what was checked; fast."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ioc.check import check
from ioc.cli.check import added
from ioc.errors import BadInput
from tests.check.conftest import NOW, Spoil


def run(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "IOC_HOME": str(home), **environment}
    command = [sys.executable, "-m", "ioc.cli.main", *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)


def test_sound_promises_are_counted(tmp_path: Path) -> None:
    done = run(tmp_path, "check")
    assert (done.returncode, done.stdout.count("\n")) == (0, 1), done.stdout + done.stderr
    words = ("feeds", "sources?", "forms", "scopes", "tables", "measures", "examples")
    assert re.fullmatch(", ".join(rf"\d+ {word}" for word in words) + " checked\n", done.stdout)
    assert "not compared in PostgreSQL" in done.stderr


def test_findings_are_lines_and_exit_1(spoil: Spoil, own: Path) -> None:
    spoil("feeds/permits/feed.yaml", "retention_days: 30", "retention_days: 3")
    by_path = run(own, "check", str(own))
    by_feed = run(own, "check", str(own / "feeds/permits"))
    by_setting = run(own, "check", IOC_SCHEMAS_PATH=str(own))
    for done in (by_path, by_feed, by_setting):
        assert done.returncode == 1, done.stderr
        assert done.stdout.startswith(f"{own}/feeds/permits/feed.yaml:10: topic.retention_days: 3; keep")
        assert done.stdout.count("\n") == 1
        assert done.stderr == "1 finding\n"


def test_a_path_is_a_folder_of_schemas_or_a_feeds_own(own: Path, root: Path) -> None:
    alone = own / "feeds/permits"
    assert added([own, alone]) == [own, own]
    assert added([root / "schemas/feeds/permits"]) == []  # packaged: read anyway
    moved = alone.rename(own / "permits")
    assert added([moved]) == [moved]
    with pytest.raises(BadInput, match="PATH"):
        added([own / "nowhere"])


def test_a_feeds_folder_that_stands_alone_is_read(own: Path) -> None:
    moved = (own / "feeds/permits").rename(own / "permits")
    text = (moved / "feed.yaml").read_text(encoding="utf-8")
    (moved / "feed.yaml").write_text(
        text.replace("retention_days: 30", "retention_days: 3"), encoding="utf-8"
    )
    (found,) = check([moved], NOW).findings
    assert found.file == str(moved / "feed.yaml")
