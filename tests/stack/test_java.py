"""Java: found where it is, refused where it is missing or too old, with what to install."""

from pathlib import Path

import pytest

from ioc.errors import Stop
from ioc.stack.java import find, version


def a_java(folder: Path, says: str) -> Path:
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(
    ("said", "major"),
    [('openjdk version "17.0.15" 2025-04-15', 17), ('java version "1.8.0_402"', 8), ("what?", None)],
)
def test_the_version_is_read(said: str, major: int | None) -> None:
    assert version(said) == major


def test_java_home_wins_over_path(tmp_path: Path) -> None:
    chosen = a_java(tmp_path / "a", 'openjdk version "21.0.1"')
    other = a_java(tmp_path / "b", 'openjdk version "17.0.1"')
    assert find({"JAVA_HOME": str(tmp_path / "a"), "PATH": str(other.parent)}) == str(chosen)
    assert find({"PATH": str(other.parent)}) == str(other)


def test_an_old_java_is_refused_with_the_mend(tmp_path: Path) -> None:
    a_java(tmp_path, 'java version "1.8.0_402"')
    with pytest.raises(Stop, match=r"is Java 8\. .*need Java 17.*openjdk-17"):
        find({"PATH": str(tmp_path / "bin")})


def test_no_java_is_refused_with_the_mend(tmp_path: Path) -> None:
    with pytest.raises(Stop, match=r"no Java at PATH\. .*openjdk-17"):
        find({"PATH": str(tmp_path)})
    with pytest.raises(Stop, match=r"no Java at .*bin/java"):
        find({"JAVA_HOME": str(tmp_path)})
