"""The level of online service that events say a case is of: full-process, partial, or one not counted."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

LEVEL = "level"  # of an event: the word it says; of a case: FULL, PARTIAL or null
FULL, PARTIAL = "full", "partial"


@dataclass(frozen=True)
class Levels:
    """Which datum of a feed's events says it, and which of its words mean which."""

    attribute: str
    full: frozenset[str]
    partial: frozenset[str]

    def said(self, data: pl.Expr) -> pl.Expr:
        """`level` of events out of their data as JSON text; only a text that names the datum is parsed."""
        named = data.str.contains(f'"{self.attribute}"', literal=True)
        return pl.when(named).then(data).str.json_path_match(f"$.{self.attribute}").alias(LEVEL)

    def counted(self, word: pl.Expr) -> pl.Expr:
        """`level` of cases out of the word that counts."""
        return (
            pl.when(word.is_in(sorted(self.full)))
            .then(pl.lit(FULL))
            .when(word.is_in(sorted(self.partial)))
            .then(pl.lit(PARTIAL))
            .alias(LEVEL)
        )
