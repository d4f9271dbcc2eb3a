"""Changes one comparison, bound or count of the clocks at a time, and lists what no test notices.

`python -m tests.mutants [FILE…] [--every N] [--seconds S]`, over a copy; prints a line per mutant.
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CLOCKS = (
    "clocked",
    "timeline",
    "sums",
    "working",
    "limits",
    "consultations",
    "clock_flags",
    "flag_bits",
    "plan",
    "spells",
    "deadline",
)
TESTS = (
    "test_clocks",
    "test_clock_examples",
    "test_clock_flags",
    "test_clock_laws",
    "test_worktime",
    "test_worktime_bounds",
    "test_fold_examples",
    "test_transitions",
    "test_whose",
)
ALSO = ("tests/ioc/test_golden.py",)
ANNOTATIONS = ("annotation", "returns")  # fields of a node; `X | None` in them computes nothing
Place = ast.Compare | ast.BinOp | ast.Call | ast.Constant
SWAPS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
}  # fmt: skip


def mutants(source: str) -> Iterator[tuple[int, str, str]]:
    """Line, what was changed, and the whole source with that change alone."""
    count = sum(1 for _ in _places(ast.parse(source)))
    for i in range(count):
        tree = ast.parse(source)
        node = list(_places(tree))[i]
        before = ast.unparse(node)
        _change(node)
        yield node.lineno, f"{before} -> {ast.unparse(node)}", ast.unparse(tree)


def _places(tree: ast.AST) -> Iterator[Place]:
    for node in _computed(tree):
        if isinstance(node, ast.Compare):
            found = type(node.ops[0]) in SWAPS
        elif isinstance(node, ast.BinOp):
            found = isinstance(node.op, ast.Add | ast.Sub | ast.BitAnd | ast.BitOr)
        elif isinstance(node, ast.Call):
            found = getattr(node.func, "attr", "") in ("min", "max", "first", "last")
        else:
            found = isinstance(node, ast.Constant) and node.value in ("left", "right")
        if found:
            assert isinstance(node, Place)
            yield node


def _computed(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all below it that is no annotation."""
    yield node
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and name not in ANNOTATIONS:
                yield from _computed(child)


def _change(node: Place) -> None:
    if isinstance(node, ast.Compare):
        node.ops[0] = SWAPS[type(node.ops[0])]()
    elif isinstance(node, ast.BinOp):
        pairs: dict[type[ast.operator], type[ast.operator]]  # only these four are places
        pairs = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd}
        node.op = pairs[type(node.op)]()
    elif isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Attribute)
        node.func.attr = {"min": "max", "max": "min", "first": "last", "last": "first"}[node.func.attr]
    else:
        node.value = "right" if node.value == "left" else "left"


def tested(copy: Path, examples: str) -> tuple[bool, str]:
    """Whether every test passes over the copy, and what pytest printed; a hang counts as a failure."""
    environment = {**os.environ, "TEST_NO_SHRINKING": "1", "TEST_EFFORT": examples, "PYTHONPATH": str(copy)}
    tests = [*(f"tests/kernel/{name}.py" for name in TESTS), *ALSO]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
    except subprocess.TimeoutExpired:
        return False, "no end after 300 seconds"
    return done.returncode == 0, done.stdout + done.stderr


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", default=list(CLOCKS))
    parser.add_argument("--every", type=int, default=1, help="only every Nth mutant")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no mutant after so long")
    given = parser.parse_args()
    until, tried, alive = time.monotonic() + given.seconds, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(
            ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "node_modules", ".ioc", ".*cache")
        )
        passed, printed = tested(copy, "1")
        if not passed:
            sys.exit(f"{printed}\nthe tests fail as they are")
        for name in given.files:
            file = copy / "ioc" / "kernel" / f"{name}.py"
            source = file.read_text(encoding="utf-8")
            for i, (line, change, changed) in enumerate(mutants(source)):
                if i % given.every or time.monotonic() > until:
                    continue
                file.write_text(changed, encoding="utf-8")
                lives, _ = tested(copy, "1")
                tried, alive = tried + 1, alive + lives
                sys.stdout.write(f"{'SURVIVES' if lives else 'noticed '} {name}:{line} {change}\n")
                sys.stdout.flush()
            file.write_text(source, encoding="utf-8")
    sys.stdout.write(f"{tried} mutants, {alive} survive\n")


if __name__ == "__main__":
    main()
