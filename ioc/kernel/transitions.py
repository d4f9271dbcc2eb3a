"""Whether each status of a case may follow the one before it, as the feed's `next` says (domain 1.1)."""

from __future__ import annotations

import functools

import numpy as np
import polars as pl

from ioc.kernel.rules import CaseRules
from ioc.kernel.workdays import Column
from ioc.kernel.working import Truths

Step = dict[str, pl.Expr]


def found(rules: CaseRules) -> Step:
    """What one pass over a case's events keeps: `path`, order * statuses + status of each that speaks."""
    if not rules.following:
        return {}
    codes = {status: n for n, status in enumerate(_speaking(rules))}
    code = pl.col("status").replace_strict(codes, default=None, return_dtype=pl.Int8)
    return {"path": (pl.col("order") * len(codes) + code).implode()}


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
    steps = paths.filter(paths.list.len() > 0).explode()
    said = steps.is_not_null()
    cases = np.repeat(np.arange(len(paths)), paths.list.len().fill_null(0).to_numpy())[said.to_numpy()]
    cases, steps = _ordered(cases, steps.filter(said))
    code = (steps % pl.Series([count], dtype=steps.dtype)).cast(pl.Int64).to_numpy()
    again = cases[1:] == cases[:-1]
    found = np.zeros(len(paths), dtype=np.bool_)
    found[cases[1:][again & refused[code[:-1] * count + code[1:]]]] = True
    return pl.Series(paths.name, found)


def _ordered(cases: Column, steps: pl.Series) -> tuple[Column, pl.Series]:
    """Each case's steps together and in order; most are as they come, so only the others are sorted."""
    back = (steps < steps.shift()).fill_null(value=False).to_numpy()[1:] & (cases[1:] == cases[:-1])
    if not back.any():
        return cases, steps
    mixed = np.isin(cases, cases[1:][back])
    late = pl.DataFrame({"case": cases[mixed], "step": steps.filter(mixed)}).sort("case", "step")
    together = np.concatenate([cases[~mixed], late["case"].to_numpy()])
    return together, pl.concat([steps.filter(~mixed), late["step"].alias(steps.name)])
