"""Whether each status of a case may follow the one before it, as the feed's `next` says (domain 1.1)."""

from __future__ import annotations

import functools

import polars as pl

from ioc.kernel.rules import CaseRules

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


def _refused(rules: CaseRules) -> pl.Series:
    """For each pair of statuses, first * count + second, whether the second may not follow."""
    speaking = _speaking(rules)
    return pl.Series(
        [
            after != status and after not in rules.following.get(status, {after})
            for status in speaking
            for after in speaking
        ],
        dtype=pl.Boolean,
    )


def _strange(paths: pl.Series, refused: pl.Series, count: int) -> pl.Series:
    """All paths at once as one column: lists one by one took ten times as long on a province's year."""
    cases = pl.int_range(len(paths), eager=True, dtype=pl.UInt32)
    steps = pl.DataFrame({"case": cases, "path": paths}).explode("path").drop_nulls("path")
    code = (pl.col("path") % count).cast(pl.UInt32)
    pair = code.shift(fill_value=0) * count + code
    again = (pl.col("case") == pl.col("case").shift()).fill_null(value=False)
    strange = _ordered(steps).filter(again & pl.lit(refused).gather(pair))["case"].unique()
    return cases.is_in(strange.implode()).alias(paths.name)


def _ordered(steps: pl.DataFrame) -> pl.DataFrame:
    """Each case's steps together and in order; most are as they come, so only the others are sorted."""
    col = pl.col
    back = (col("case") == col("case").shift()) & (col("path") < col("path").shift())
    late = steps.filter(back)["case"].unique()
    if late.is_empty():
        return steps
    mixed = col("case").is_in(late.implode())
    return pl.concat([steps.filter(~mixed), steps.filter(mixed).sort("case", "path")])
