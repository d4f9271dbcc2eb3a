"""Which codes name one case, and which of them the case is known by: a function of the alias events' set."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

Link = tuple[str, str]  # two codes of one case


@dataclass(frozen=True)
class Identity:
    """type: of the events that join two codes; same_as: the datum with the other code.

    codes: patterns held to a whole code. A case is known by the code that fits the earliest pattern, and
    among those by the smallest by code points.
    """

    type: str
    same_as: str
    codes: tuple[str, ...] = ()
    _compiled: tuple[re.Pattern[str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_compiled", tuple(re.compile(code) for code in self.codes))

    def rank(self, code: str) -> tuple[int, str]:
        fits = (i for i, pattern in enumerate(self._compiled) if pattern.fullmatch(code))
        return next(fits, len(self.codes)), code

    def cases(self, links: Iterable[Link]) -> dict[str, str]:
        """Every linked code -> the code its case is known by; order and repeats of links change nothing."""
        parents: dict[str, str] = {}

        def root(code: str) -> str:
            parents.setdefault(code, code)
            while parents[code] != code:
                parents[code] = parents[parents[code]]
                code = parents[code]
            return code

        for one, other in links:
            first, second = sorted((root(one), root(other)), key=self.rank)
            parents[second] = first
        return {code: root(code) for code in list(parents)}


def joined(events: pl.LazyFrame, cases: Mapping[str, str]) -> pl.LazyFrame:
    """The events with each code of `case_id` replaced by its case; codes not in `cases` stay."""
    if not cases:
        return events
    return events.with_columns(pl.col("case_id").replace(dict(cases)))
