"""The project's files, as git sees them: what a newcomer clones, and what is about to be added."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def files() -> list[Path]:
    """Every file that is not ignored, whether committed yet or not."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    said = subprocess.run(listed, cwd=ROOT, capture_output=True, check=False)
    if said.returncode == 0:
        found = [ROOT / name for name in said.stdout.decode().split("\0") if name]
    else:  # an unpacked archive has no git
        found = [
            path for path in ROOT.rglob("*") if ".venv" not in path.parts and "node_modules" not in path.parts
        ]
    return sorted(path for path in found if path.is_file())


@pytest.fixture(scope="session")
def python(files: list[Path]) -> list[Path]:
    return [path for path in files if path.suffix == ".py"]
