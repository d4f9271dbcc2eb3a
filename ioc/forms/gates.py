"""The gates of a form: what must hold between its cells, and every cell where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

import polars as pl

from ioc.errors import BadInput
from ioc.forms.filled import Filled, Key, Row
from ioc.forms.printed import number, say
from ioc.forms.rows import sums
from ioc.story.speaker import Lang
from schemas.form import Formats
from schemas.formula import columns, sides, value

Gate = Literal["given", "identity", "not_negative", "of_which", "total", "carried"]


@dataclass(frozen=True)
class Mismatch:
    """One cell and one gate: both sides, in words and as numbers."""

    gate: Gate
    key: Key
    where: str
    column: int
    left: int | None
    right: int | None
    formats: Formats = field(repr=False)
    rule: str = ""  # of an identity or a carried figure its right side: `4 + 5 + 6`
    figure: str | None = None  # where it is about a figure within the column
    figure_vi: str = ""
    restated: int = 0

    @property
    def difference(self) -> int | None:
        """Above 0: so many too many."""
        return None if self.left is None or self.right is None else self.left - self.right

    @property
    def columns(self) -> list[int]:
        """The columns of this form that the gate holds together."""
        return [self.column, *(columns(self.rule) if self.gate == "identity" else ())]

    def said(self, lang: Lang) -> str:
        """`column 3, Sở A / Đất đai: 678.744, but 4 + 5 + 6 = 678.717; 27 too many`."""
        figure = self.figure if lang == "en" else self.figure_vi
        cell = say(
            lang, "cell.part" if figure else "cell", column=self.column, where=self.where, figure=figure
        )
        told = {"left": self._n(self.left), "right": self._n(self.right), "restated": self._n(self.restated)}
        off = self.difference or 0
        difference = say(lang, "too-many" if off > 0 else "too-few", n=self._n(abs(off)))
        rule = {"cell": cell, "column": self.column, "rule": self.rule, "difference": difference}
        return say(lang, f"gate.{self.gate}", **rule, **told)

    def __str__(self) -> str:
        return self.said("en")

    def _n(self, n: int | None) -> str:
        return "" if n is None else number(n, self.formats)


def check(
    filled: Filled, previous: Filled | None = None, restated: pl.DataFrame | None = None
) -> list[Mismatch]:
    """Every gate of the form on every cell -> the mismatches, none where all holds.

    `previous` is the form of the period before, its last day the day before this first one, under the same
    agencies; `restated` a frame of `agency`, `level`, `sector` (as the form's rows ask) and `change`, Int64:
    by how much its closing figure changed since. BadInput where those do not belong to the form.
    """
    found = [*_given(filled), *_identities(filled), *_negative(filled), *_parts(filled), *_totals(filled)]
    if previous is None:
        if restated is not None:
            raise BadInput("restated", restated.height, "give the form of the period before too")
        return found
    return [*found, *_carried(filled, previous, restated)]


def _at(
    filled: Filled,
    row: Row,
    gate: Gate,
    column: int,
    left: int | None,
    right: int | None,
    *,
    rule: str = "",
    figure: str | None = None,
) -> Mismatch:
    where, formats = filled.where(row.labels), filled.form.formats
    words = filled.form.figures[figure].vi if figure else ""
    return Mismatch(gate, row.key, where, column, left, right, formats, rule, figure, words)


def _given(filled: Filled) -> Iterator[Mismatch]:
    for row in filled.rows:
        for column, cell in row.cells.items():
            if cell is None:
                yield _at(filled, row, "given", column, None, None)


def _identities(filled: Filled) -> Iterator[Mismatch]:
    for column, formula in filled.form.identities:
        for row in filled.rows:
            left, right = row.cells[column], value(formula, row.cells)
            if left is not None and right is not None and left != right:
                yield _at(filled, row, "identity", column, left, right, rule=formula)


def _negative(filled: Filled) -> Iterator[Mismatch]:
    """Cells, and figures that a sum could hide."""
    form = filled.form
    if not form.gates.not_negative:
        return
    alone = {column.figures[0] for column in form.columns.values() if len(column.figures) == 1}
    for row in filled.rows:
        for column, cell in row.cells.items():
            if cell is not None and cell < 0:
                yield _at(filled, row, "not_negative", column, cell, 0)
        for name, figure in row.figures.items():
            if figure < 0 and name not in alone:
                yield _at(filled, row, "not_negative", form.column_of[name], figure, 0, figure=name)


def _parts(filled: Filled) -> Iterator[Mismatch]:
    for part in filled.form.of_which:
        for row in filled.rows:
            left, right = row.figures.get(part.figure), row.cells[part.column]
            if left is not None and right is not None and left > right >= 0:
                yield _at(filled, row, "of_which", part.column, left, right, figure=part.figure)


def _totals(filled: Filled) -> Iterator[Mismatch]:
    if not filled.form.gates.totals:
        return
    inside: dict[Key, list[Row]] = {}
    for row in filled.rows:
        if row.key:
            inside.setdefault(row.key[:-1], []).append(row)
    for row in filled.rows:
        for column, cell in row.cells.items():
            parts = [child.cells[column] for child in inside.get(row.key, [])]
            if parts and cell is not None and None not in parts:
                added = sum(part for part in parts if part is not None)
                if cell != added:
                    yield _at(filled, row, "total", column, cell, added)


def _carried(filled: Filled, previous: Filled, restated: pl.DataFrame | None) -> Iterator[Mismatch]:
    """Also of rows that only one of the two forms has: what was open there must be somewhere."""
    form = filled.form
    if form.gates.carried is None:
        return
    _before(filled, previous)
    column, formula = sides(form.gates.carried)
    changes = {} if restated is None else sums(form, _changes(filled, restated), ["change"])
    now, then = ({row.key: row for row in one.rows} for one in (filled, previous))
    for key in dict.fromkeys([*now, *then, *changes]):
        change = changes.get(key, {}).get("change", 0)
        closed = value(formula, then[key].cells) if key in then else 0
        opened = now[key].cells[column] if key in now else 0
        if closed is None or opened is None or opened == closed + change:
            continue
        row = now.get(key) or then.get(key)
        labels = row.labels if row else tuple(str(own) for own in key)
        told = (key, filled.where(labels), column, opened, closed + change, form.formats, formula)
        yield Mismatch("carried", *told, restated=change)


def _changes(filled: Filled, restated: pl.DataFrame) -> pl.DataFrame:
    for name in (*(rows.by for rows in filled.form.rows), "change"):
        if name not in restated.columns:
            raise BadInput("restated", restated.columns, f"add {name!r}")
    return restated


def _before(filled: Filled, previous: Filled) -> None:
    if previous.form.form != filled.form.form:
        raise BadInput(
            "previous", previous.form.form, f"give the form {filled.form.form} of the period before"
        )
    day_before = filled.heading.first - timedelta(days=1)
    if previous.heading.last != day_before:
        raise BadInput(
            "previous", previous.heading.last.isoformat(), f"give the period that ends on {day_before}"
        )
