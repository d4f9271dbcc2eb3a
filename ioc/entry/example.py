"""The example row of a template: what each column looks like when filled in."""

from __future__ import annotations

from ioc.entry.cells import example_period
from ioc.entry.columns import SEPARATOR, Column
from schemas import ObservationFeed

NUMBER = "12"


def choice(column: Column, code: str) -> str:
    """A code as the drop-down list shows it."""
    label = column.choices[code].vi
    return code if label == code else f"{code}{SEPARATOR}{label}"


def example(feed: ObservationFeed, columns: tuple[Column, ...]) -> list[str]:
    """A cell for each column."""
    return [_cell(feed, column) for column in columns]


def _cell(feed: ObservationFeed, column: Column) -> str:
    if column.name == "series":
        return choice(column, feed.tiles[0])
    if column.choices:
        return choice(column, next(iter(column.choices)))
    if column.kind == "period":
        return example_period(feed.series[feed.tiles[0]].period)
    if column.kind == "date":
        return example_period("day")
    if column.kind in ("number", "integer"):
        return NUMBER if column.required else ""
    return column.label.vi if column.required else ""
