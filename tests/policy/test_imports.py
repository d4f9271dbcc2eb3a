"""Imports point one way, and our package names are ours alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

OURS = ("schemas", "ioc", "streams", "jobs", "screens", "dags", "tests", "bench")
# What a package may import of ours; the longest prefix that fits a module is its rule.
MAY = {
    "schemas": {"schemas"},
    "ioc.kernel": {"ioc.kernel"},
    "ioc.stack": {"ioc", "schemas"},
    "ioc": {"ioc", "schemas"},
    "streams": {"streams", "ioc", "schemas"},
    "jobs": {"jobs", "ioc", "schemas"},
    "screens": {"screens", "ioc", "schemas"},
    "dags": {"jobs", "ioc", "schemas"},
    "ioc.cli": {"ioc", "schemas", "streams", "jobs", "screens"},
}
NOT = {"ioc": {"ioc.cli", "ioc.stack"}, "streams": {"ioc.cli"}, "jobs": {"ioc.cli"}, "screens": {"ioc.cli"}}
# The kernel is pure: no broker, no engine, no database, no clock.
KERNEL_MAY = {"polars", "sqlglot", "numpy", "pyarrow"}


def module(path: Path, root: Path) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def rule(name: str) -> str | None:
    return max((package for package in MAY if within(name, package)), key=len, default=None)


def imported(tree: ast.AST, name: str, package: bool) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = name.split(".") if package else name.split(".")[:-1]
                base = ".".join([*parts[: len(parts) - node.level + 1], *filter(None, [node.module])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def wrong(name: str, text: str, package: bool = False) -> list[str]:
    """The imports of ours that the module `name` may not have."""
    mine = rule(name)
    if mine is None:
        return []
    found = []
    for target in imported(ast.parse(text), name, package):
        if mine == "ioc.kernel" and target.split(".")[0] in (
            "kafka",
            "pyspark",
            "psycopg",
            "pandas",
            "duckdb",
        ):
            found.append(target)
        if target.split(".")[0] not in OURS:
            continue
        allowed = any(within(target, package_) for package_ in MAY[mine])
        if not allowed or any(within(target, barred) for barred in NOT.get(mine, ())):
            found.append(target)
    return found


def test_imports_point_one_way(python: list[Path], root: Path) -> None:
    found = {}
    for path in python:
        bad = wrong(module(path, root), path.read_text(encoding="utf-8"), path.name == "__init__.py")
        if bad:
            found[str(path.relative_to(root))] = bad
    assert found == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("schemas.feed", "from ioc.errors import BadInput"),
        ("ioc.kernel.fold", "import schemas"),
        ("ioc.kernel.fold", "from ioc.event import Event"),
        ("ioc.kernel.fold", "import pyspark.sql"),
        ("ioc.admit", "from streams.intake import app"),
        ("ioc.admit", "from ioc.cli import main"),
        ("ioc.stack.parts", "import streams.live"),
        ("streams.live", "from jobs import archive"),
        ("streams.live", "import screens"),
        ("jobs.archive", "def late():\n    import dags.archive"),
        ("screens.app", "from streams.memory import Log"),
        ("dags.archive", "from streams import live"),
        ("dags.archive", "from dags import rollup"),
        ("streams.live.worker", "from ...jobs import archive"),
        ("ioc.cli.main", "from tests import x"),
    ],
)
def test_an_import_against_the_arrows_is_found(name: str, text: str) -> None:
    assert wrong(name, text) != []


def test_the_kernel_stands_on_its_engine_alone(python: list[Path], root: Path) -> None:
    import sys

    strange = {
        (path.name, target.split(".")[0])
        for path in python
        if within(module(path, root), "ioc.kernel")
        for target in imported(ast.parse(path.read_text(encoding="utf-8")), module(path, root), False)
        if target and target.split(".")[0] not in KERNEL_MAY | set(sys.stdlib_module_names) | {"ioc"}
    }
    assert strange == set()


def test_no_installed_distribution_provides_a_package_of_our_names() -> None:
    ours = ("schemas", "ioc", "streams", "jobs", "screens", "dags")
    taken = {name: dists for name, dists in packages_distributions().items() if name in ours}
    assert {name for name, dists in taken.items() if set(dists) != {"ioc-pipeline"}} == set()


def test_folders_outside_the_wheel_are_no_packages(root: Path) -> None:
    for folder in ("dags", "tests", "bench"):
        assert list((root / folder).rglob("__init__.py")) == []
