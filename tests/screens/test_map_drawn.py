"""A map without a warehouse: its grid, what is drawn one by one, and what the page makes of it."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from screens import board, places
from screens.places import Box, Grid, assembled
from screens.position import Position
from tests.screens.test_words import asked


@pytest.mark.parametrize(
    ("southwest", "northeast", "step"),
    [
        (("10.1348", "105.1872"), ("10.9732", "106.8078"), "0.05"),
        (("10.45", "105.6"), ("10.45", "105.6"), "0.001"),
        (("-90", "-180"), ("90", "180"), "10"),
    ],
)
def test_a_grid_holds_both_corners_in_few_cells(
    southwest: tuple[str, str], northeast: tuple[str, str], step: str
) -> None:
    corners = [(Decimal(lat), Decimal(lon)) for lat, lon in (southwest, northeast)]
    grid = Grid.over(corners[0], corners[1])
    frame = grid.frame
    assert grid.step == Decimal(step)
    assert all(frame.south <= lat < frame.north and frame.west <= lon < frame.east for lat, lon in corners)
    assert (frame.north - frame.south) / grid.step <= places.ROWS
    assert (frame.east - frame.west) / grid.step <= places.COLUMNS


def test_cases_that_would_hide_each_other_stay_a_number() -> None:
    grid = Grid(Box(*map(Decimal, ("10", "105", "11", "106"))), Decimal("0.05"))
    points = [
        (0, 0, "a", 10.01, 105.01, "late"),
        (0, 0, "b", 10.012, 105.012, "in_time"),
        (1, 0, "c", 10.06, 105, "soon"),
    ]
    cells = [
        (True, 0, 0, "late", 1),
        (True, 0, 0, "in_time", 1),
        (True, 1, 0, "soon", 1),
        (None, None, None, "late", 3),
    ]
    found = assembled(grid, cells, points)
    assert found["points"] == {"1:0": {"c": [10.06, 105, "soon"]}}
    assert found["cells"]["0:0"] == {"late": 1, "in_time": 1}
    assert (found["none"], found["beyond"]) == (3, 0)


def test_the_page_draws_urgent_marks_last_and_its_edges_are_the_servers() -> None:
    grid = Grid(Box(*map(Decimal, ("10.10", "105.15", "11.00", "106.85"))), Decimal("0.05"))
    cells = [(True, y, x, "late" if (x, y) == (3, 3) else "in_time", 5) for x in range(34) for y in range(18)]
    found = assembled(grid, cells, [])
    marks = asked("places.js", "m.marks(given)", found)
    assert [mark["stand"] for mark in marks][-2:] == ["in_time", "late"]
    boxes = {mark["key"]: Box.parse(mark["asked"]["place"]) for mark in marks}
    for key, box in boxes.items():
        y, x = map(int, key.split(":"))
        south, west = grid.frame.south + y * grid.step, grid.frame.west + x * grid.step
        assert box == Box(south, west, south + grid.step, west + grid.step), key


def test_arrow_keys_go_to_the_mark_beside() -> None:
    points = [{"x": 0, "y": 0}, {"x": 10, "y": 1}, {"x": 30, "y": 0}, {"x": 2, "y": 12}, {"x": 1, "y": -9}]
    ways = ("ArrowRight", "ArrowDown", "ArrowUp", "ArrowLeft", "a")
    step = "given[1].map((key) => m.neighbour(given[0], 0, key))"
    assert asked("places.js", step, [points, ways]) == [1, 3, 4, None, None]


class Drawn:
    """A map whose reading takes a while."""

    reads = 0

    async def read(self, *_: object) -> dict[str, Any]:
        self.reads += 1
        await asyncio.sleep(0.1)
        return {"read": self.reads}


def test_a_map_that_takes_long_is_not_read_again_before_it_is_due() -> None:
    drawn: Any = Drawn()
    memory = board.Memory()

    async def read() -> Any:
        return await board.mapped(None, drawn, memory, {}, Position(()))  # type: ignore[arg-type]

    async def thrice() -> list[Any]:
        found = [await read(), await read()]
        memory.map_due = 0.0
        return [*found, await read()]

    assert asyncio.run(thrice()) == [{"read": 1}, {"read": 1}, {"read": 2}]
