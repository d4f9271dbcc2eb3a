"""`ioc verify` compares what the tables hold, before anything is hidden: a small cell gone wrong is found."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import ioc.verify
from ioc.verify.check import Check
from ioc.verify.tiles import check_tiles
from ioc.warehouse import connect
from schemas import Registry
from screens.testing import NOW
from tests.screens.conftest import FEED
from tests.screens.test_board import board
from tests.screens.test_hiding import hiding

HIDES = {"ioc.kernel.suppression", "ioc.suppressed", "screens"}


def checked(province: Any, registry: Registry) -> dict[str, Check]:
    with connect(province.settings, name="test") as conn:
        return {check.name: check for check in check_tiles(conn, registry.feeds[FEED], registry, NOW)}


def test_the_checker_takes_nothing_from_what_hides() -> None:
    for path in Path(*ioc.verify.__path__).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = [node.module] if isinstance(node, ast.ImportFrom) else []
            named += [name.name for name in node.names] if isinstance(node, ast.Import) else []
            assert not any(name == h or name.startswith(f"{h}.") for name in named if name for h in HIDES)


def test_numbers_are_compared_whole_and_a_wrong_small_cell_is_found(empty: Any) -> None:
    said = {"agency": "H20.03", "channel": "online"}
    empty.arrive(*(empty.made(f"c{n}", "a", NOW, "2", **said) for n in (1, 2, 3)))
    registry = hiding(empty.registry)
    plain, hides = checked(empty, empty.registry), checked(empty, registry)
    assert hides == plain
    assert hides["tile received_today"].figures["tile"] == 3
    assert hides["cases = refold"].ok
    empty.conn.execute("update cases set agency = 'H20.04' where case_id = 'c1'")
    empty.registry = registry
    assert board(empty, NOW)["agencies"] == {}
    found = checked(empty, registry)["cases = refold"]
    assert not found.ok
    assert "agency H20.04 and not H20.03" in found.differs[0]


def test_every_rate_shown_is_one_that_the_checker_counts(province: Any) -> None:
    told, found = board(province, NOW), checked(province, province.registry)
    rates = told["rates"] | {name: tile for name, tile in told["tiles"].items() if "den" in tile}
    assert "paid_online_rate" in rates
    assert "on_time_rate" in rates
    for name, rate in rates.items():
        for role, key in (("numerator", "num"), ("denominator", "den")):
            check = found[f"tile {name}.{role}"]
            assert check.ok
            assert check.figures["sql"] == rate[key]
    assert told["rates"]["paid_online_rate"]["num"] > 0
