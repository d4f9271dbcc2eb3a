"""The engines know two kinds of feed, never one feed; no file speaks of the machine it was written on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas import load

NEVER = {
    "an address of a package registry": re.compile(
        r"https?://[^\s\"')]*(pypi|npmjs|maven|artifactory|nexus)[^\s\"')]*/(simple|-/|repository)"
    ),
    "a path of one machine": re.compile(r"(?<![\w.])/(work|home/\w+|root)/\w"),
    "a promise instead of code": re.compile(r"\b(TODO|FIXME)\b"),
}
SAYS_SO = {"test_words.py"}  # this file names what it looks for


def constants(tree: ast.AST) -> Iterator[str]:
    """Every text constant that is no docstring."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def names_a(text: str, names: set[str]) -> list[str]:
    """Constants that are a feed's or source's name, one of its topics, or one of its schemas."""
    pattern = re.compile(rf"({'|'.join(map(re.escape, sorted(names)))})([./][\w.-]+)?")
    return [said for said in constants(ast.parse(text)) if pattern.fullmatch(said)]


@pytest.fixture(scope="module")
def names() -> set[str]:
    registry = load()
    return {*registry.every, *registry.sources}


def test_no_python_file_names_a_feed_or_a_source(python: list[Path], root: Path, names: set[str]) -> None:
    product = [p for p in python if p.relative_to(root).parts[0] not in ("tests", "bench")]
    found = {str(p.relative_to(root)): names_a(p.read_text(encoding="utf-8"), names) for p in product}
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize("text", ["FEED = 'records'", "t = 'permits.raw'", "x = ['records/progress.v1']"])
def test_a_feed_named_in_python_is_found(text: str, names: set[str]) -> None:
    assert len(names_a(text, names)) == 1


def test_a_docstring_may_speak_of_records(names: set[str]) -> None:
    assert names_a('"""records"""\nx = "the records of a poll"', names) == []


def said_never(text: str) -> list[str]:
    return [what for what, pattern in NEVER.items() if pattern.search(text)]


def test_no_file_says_what_it_must_not(files: list[Path], root: Path) -> None:
    texts = [
        p
        for p in files
        if p.suffix in (".py", ".js", ".md", ".yaml", ".yml", ".toml", ".lock", ".json", ".xml", ".sql", "")
    ]
    found = {}
    for path in texts:
        if path.name not in SAYS_SO and (
            said := said_never(path.read_text(encoding="utf-8", errors="replace"))
        ):
            found[str(path.relative_to(root))] = said
    assert found == {}


@pytest.mark.parametrize(
    "text", ["see https://pypi.org/simple/x", "open('/" + "work/main/x')", "# TODO later", "/home/someone/x"]
)
def test_what_must_not_be_said_is_found(text: str) -> None:
    assert said_never(text) != []
