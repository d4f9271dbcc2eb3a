"""Kernel, story and forms are told the instant: none asks a clock, so the day they run moves nothing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PURE = ("ioc/kernel", "ioc/story", "ioc/forms")
CLOCKS = {"now", "today", "utcnow", "time", "monotonic", "time_ns"}
OF = {"datetime", "date", "time", "dt", "Clock"}


def asked(text: str) -> list[str]:
    """Calls like `datetime.now()`, `date.today()`, `time.time()`, `clock.now()`."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
            of = node.func.value
            name = of.id if isinstance(of, ast.Name) else of.attr if isinstance(of, ast.Attribute) else ""
            if node.func.attr in ("now", "today", "utcnow") or name in OF:
                found.append(ast.unparse(node))
    return found


def test_neither_kernel_nor_story_nor_form_asks_a_clock(root: Path) -> None:
    files = [path for folder in PURE for path in (root / folder).rglob("*.py")]
    assert len(files) > 20
    assert {str(p): said for p in files if (said := asked(p.read_text(encoding="utf-8")))} == {}


@pytest.mark.parametrize(
    "text",
    ["datetime.now(UTC)", "date.today()", "time.time()", "self.clock.now()", "datetime.datetime.utcnow()"],
)
def test_a_clock_that_is_asked_is_found(text: str) -> None:
    assert len(asked(text)) == 1


def test_words_about_time_are_no_clock() -> None:
    assert asked("speaker.time(line)\nsaid.when(at)\nclocks.worktime.between(a, b, key)") == []
