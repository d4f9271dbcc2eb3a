"""Codes that hold from a day to a day: a column of codes and days finds its spells by one search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
import polars as pl
import pyarrow as pa

Spell = tuple[str, date | None, date | None]  # code, first and last day, both inclusive; None: open
_EPOCH = date(1970, 1, 1)
_SPAN = 2**20  # days; wider than any calendar
_OFFSET = 2**19  # days before 1970 stay positive


class Spells:
    """All spells in one sorted array. They come code by code, each code's earliest first, without overlap."""

    def __init__(self, spells: Iterable[Spell] = ()) -> None:
        given = list(spells)
        names = dict.fromkeys(code for code, _, _ in given)
        self._places: dict[str, int] = {name: i for i, name in enumerate(names)}
        places = [self._places[code] * _SPAN for code, _, _ in given]
        starts = [p + _day(first, 0) for p, (_, first, _) in zip(places, given, strict=True)]
        ends = [p + _day(last, _SPAN - 1) for p, (_, _, last) in zip(places, given, strict=True)]
        self._starts, self._ends = np.array([-1, *starts]), np.array([-2, *ends])

    def row(self, code: str, day: pl.Expr) -> pl.Expr:
        """The number of the spell that holds on the day, from 1 in the order given; 0 where none does."""
        return self._found(code, day).fill_null(0)

    def outside(self, code: str, day: pl.Expr) -> pl.Expr:
        """Whether the code is known and none of its spells holds on the day."""
        return (self._found(code, day) == 0).fill_null(False)

    def _found(self, code: str, day: pl.Expr) -> pl.Expr:
        """As `row`, but null where the code is not known or no day is given."""
        wanted = self._place(code) * _SPAN + day.cast(pl.Int32).cast(pl.Int64) + _OFFSET
        return pl.map_batches([wanted], self._row, return_dtype=pl.Int64)

    def _place(self, code: str) -> pl.Expr:
        return pl.col(code).replace_strict(self._places, default=None, return_dtype=pl.Int64)

    def _row(self, columns: Sequence[pl.Series]) -> pl.Series:
        wanted = columns[0].fill_null(-1).to_numpy()
        row = np.searchsorted(self._starts, wanted, side="right") - 1
        found = np.where(self._ends[row] >= wanted, row, 0)
        return pl.Series(pa.array(found, mask=wanted < 0))


def _day(given: date | None, otherwise: int) -> int:
    return otherwise if given is None else (given - _EPOCH).days + _OFFSET
