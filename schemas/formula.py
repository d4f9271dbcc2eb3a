"""Sums over the numbered columns of a form, `4 + 5 - 6`, and what must hold between them, `3 = 7 + 11`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator

_SUM = re.compile(r"[1-9][0-9]*( [+-] [1-9][0-9]*)*")
Term = tuple[int, int]  # +1 or -1, and the column


def _formula(text: str) -> str:
    if not _SUM.fullmatch(text):
        raise ValueError("write columns with + and - between blanks, such as 4 + 5 - 6")
    return text


def _identity(text: str) -> str:
    left, equals, right = text.partition(" = ")
    if not (equals and left.isdigit() and _SUM.fullmatch(right)):
        raise ValueError("write a column, = and columns with + and - between blanks, such as 3 = 7 + 11")
    return text


Formula = Annotated[str, AfterValidator(_formula)]
Identity = Annotated[str, AfterValidator(_identity)]


@lru_cache(maxsize=256)
def terms(formula: str) -> tuple[Term, ...]:
    """`4 + 5 - 6` -> ((1, 4), (1, 5), (-1, 6))."""
    words = ["+", *formula.split()]
    return tuple((1 if sign == "+" else -1, int(n)) for sign, n in zip(words[::2], words[1::2], strict=True))


def columns(formula: str) -> list[int]:
    """The columns a formula asks."""
    return [column for _, column in terms(formula)]


def sides(identity: str) -> tuple[int, str]:
    """`3 = 7 + 11` -> (3, `7 + 11`)."""
    left, _, right = identity.partition(" = ")
    return int(left), right


def value(formula: str, cells: Mapping[int, int | None]) -> int | None:
    """The sum; None where one of its columns is not given."""
    total = 0
    for sign, column in terms(formula):
        cell = cells[column]
        if cell is None:
            return None
        total += sign * cell
    return total
