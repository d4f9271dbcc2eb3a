"""Whether each status of a case may follow the one before it, as the feed's `next` says (domain 1.1)."""

from __future__ import annotations

import functools

import numpy as np
import polars as pl

from ioc.kernel.rules import CaseRules
from ioc.kernel.working import Truths

Step = dict[str, pl.Expr]


def found(rules: CaseRules) -> Step:
    """What one pass over a case's events keeps: `path`, the numbers of the statuses that speak, in order."""
    if not rules.following:
        return {}
    codes = {status: n for n, status in enumerate(_speaking(rules))}
    code = pl.col("status").replace_strict(codes, default=None, return_dtype=pl.Int8)
    return {"path": pl.when(pl.col("at").is_not_null()).then(code).sort_by("order").implode()}


def unexpected(rules: CaseRules) -> pl.Expr:
    """Whether a status of `path` follows another that does not allow it; the same again is no deviation."""
    if not rules.following:
        return pl.lit(value=False)
    strange = functools.partial(_strange, refused=_refused(rules), count=len(_speaking(rules)))
    return pl.col("path").map_batches(strange, return_dtype=pl.Boolean(), is_elementwise=True)


def _speaking(rules: CaseRules) -> list[str]:
    return [status for status, phase in rules.phases.items() if phase != "note"]


def _refused(rules: CaseRules) -> Truths:
    """For each pair of statuses, first * count + second, whether the second may not follow."""
    speaking = _speaking(rules)
    return np.array(
        [
            after != status and after not in rules.following.get(status, {after})
            for status in speaking
            for after in speaking
        ]
    )


def _strange(paths: pl.Series, refused: Truths, count: int) -> pl.Series:
    """All paths at once as one column: lists one by one took ten times as long on a province's year."""
    steps = paths.explode(empty_as_null=False, keep_nulls=False)
    said = steps.is_not_null().to_numpy()
    cases = np.repeat(np.arange(len(paths)), paths.list.len().to_numpy())[said]
    codes = steps.drop_nulls().to_numpy().astype(np.int64)
    wrong = refused[codes[:-1] * count + codes[1:]] & (cases[1:] == cases[:-1])
    found = np.zeros(len(paths), dtype=np.bool_)
    found[cases[1:][wrong]] = True
    return pl.Series(paths.name, found)
