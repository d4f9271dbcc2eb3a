"""The head of a form's table: which cells bear which heading, and how far they reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from schemas.form import Form


@dataclass(frozen=True)
class Head:
    """A heading over columns `first`..`last`, from head row `top` to `bottom`, all inclusive, rows from 0."""

    text: str
    top: int
    bottom: int
    first: int
    last: int


def depth(form: Form) -> int:
    """How many rows the head has, the row of column numbers aside."""
    return 1 + max(len(column.under) for column in form.columns.values())


def heads(form: Form) -> Iterator[Head]:
    """Every heading once; a column under fewer headings than others reaches down to the last row."""
    rows = depth(form)
    for level in range(rows - 1):
        for path, group in groupby(form.columns, key=lambda n: form.columns[n].under[: level + 1]):
            under = list(group)
            if len(path) > level:
                yield Head(form.heads[path[level]].vi, level, level, under[0], under[-1])
    for number, column in form.columns.items():
        yield Head(column.heading.vi, len(column.under), rows - 1, number, number)
