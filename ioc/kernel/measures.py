"""A measure: one SQL boolean over case columns, run alike by polars and by PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

import polars as pl
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from ioc.kernel.subset import MeasureRefused, Term, boolean

LONGEST = 4_000  # characters


@dataclass(frozen=True)
class Measure:
    """`text` as given. True counts a case; false and unknown (NULL) do not, in either engine."""

    text: str
    _term: Term

    @classmethod
    def parse(cls, text: str, attributes: Mapping[str, str] = MappingProxyType({})) -> Measure:
        """Raises MeasureRefused naming the part outside the subset and the mend.

        attributes: what the feed's cases keep besides their columns: name -> text, integer or boolean.
        """
        if len(text) > LONGEST:
            raise MeasureRefused(f"{text[:40]}…", f"keep it under {LONGEST} characters")
        try:
            trees = sqlglot.parse(text, read="postgres")
        except SqlglotError as exc:
            raise MeasureRefused(text, f"it is not SQL ({str(exc).splitlines()[0]})") from exc
        if len(trees) != 1 or not isinstance(trees[0], exp.Expression):
            raise MeasureRefused(text, "write exactly one expression")
        for column in trees[0].find_all(exp.Column):
            column.meta["attribute"] = attributes.get(column.name)
        return cls(text, boolean(trees[0], "the whole"))

    def polars(self, at: datetime, at_date: date) -> pl.Expr:
        """The measure over a frame of CASES at an instant and its local date; null does not count."""
        return self._term.build(at, at_date)

    def postgres(self) -> str:
        """The measure over table `cases`, parameters %(at)s and %(at_date)s (psycopg)."""
        return self._term.sql
