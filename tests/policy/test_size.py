"""Files and functions stay short enough to be read in one go."""

from __future__ import annotations

import ast
from pathlib import Path

LONGEST_FILE = 250  # lines
LONGEST_FUNCTION = 40
ALLOWED = {
    (
        "tests/kernel/reference.py",
        "fold_case",
    ): "the plain reference is read beside the fold's rules, one after another",
}


def long_functions(text: str) -> list[tuple[str, int]]:
    """Functions of more lines than a screen holds, docstring and decorators aside."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        body = node.body[1:] if ast.get_docstring(node) is not None and len(node.body) > 1 else node.body
        lines = (body[-1].end_lineno or 0) - body[0].lineno + 1
        if lines >= LONGEST_FUNCTION:
            found.append((node.name, lines))
    return found


def test_files_are_short(files: list[Path], root: Path) -> None:
    written = [p for p in files if p.suffix in (".py", ".js", ".mjs", ".sql", ".css")]
    lengths = {str(p.relative_to(root)): len(p.read_text(encoding="utf-8").splitlines()) for p in written}
    assert {name: n for name, n in lengths.items() if n >= LONGEST_FILE} == {}


def test_functions_are_short(python: list[Path], root: Path) -> None:
    names = {path: str(path.relative_to(root)) for path in python}
    found = {(names[p], name) for p in python for name, _ in long_functions(p.read_text(encoding="utf-8"))}
    assert found == set(ALLOWED), (
        "shorten it, or say here why it may be long; what is short again leaves the list"
    )


def test_a_long_function_is_found() -> None:
    body = "    x = 1\n" * LONGEST_FUNCTION
    assert long_functions("def f():\n" + body) == [("f", LONGEST_FUNCTION)]
    assert long_functions('def f():\n    """' + "\n" * 50 + '"""\n    return 1\n') == []
