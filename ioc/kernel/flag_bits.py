"""A case's flags as the bits of one number while it is folded: few combinations occur, and lists are slow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl


def bits(conditions: Sequence[pl.Expr], after: int = 0) -> pl.Expr:
    """Int64 with bit `after` + i set where condition i is true."""
    held = [
        condition.fill_null(False).cast(pl.Int64) * 2 ** (after + i) for i, condition in enumerate(conditions)
    ]
    return pl.sum_horizontal(held)


def spoken(column: str, flags: Sequence[str]) -> pl.Expr:
    """The flags whose bits are set, in their order, as a list."""

    def said(numbers: pl.Series) -> pl.Series:
        given = numbers.to_numpy()
        place, some = np.zeros(len(given), dtype=np.int64), given != 0  # most cases have none
        known, place[some] = np.unique(given[some], return_inverse=True)
        place[some] += 1
        lists = [[flag for i, flag in enumerate(flags) if number >> i & 1] for number in (0, *known.tolist())]
        return pl.Series(numbers.name, lists, pl.List(pl.String())).gather(place)

    return pl.col(column).map_batches(said, return_dtype=pl.List(pl.String()), is_elementwise=True)
