"""Series over a period: observations added up over time, then dimensions, then agencies, as promised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

OBSERVATIONS = pl.Schema(  # and a String for each dimension
    {
        "series": pl.String(),
        "agency": pl.String(),
        "from": pl.Date(),
        "to": pl.Date(),
        "value": pl.Float64(),
        "n": pl.Float64(),
    }
)
MEASURED = ("value", "n", "observations", "arisen")


@dataclass(frozen=True)
class Adding:
    """How a series is added up; `none` never is. Dimensions come before agencies; None: as those."""

    over_time: Literal["sum", "last", "mean", "none"]
    over_agencies: Literal["sum", "mean", "none"]
    over_dimensions: Literal["sum", "mean", "none"] | None = None


def over_period(
    observed: pl.DataFrame,
    adding: Mapping[str, Adding],
    first: date,
    last: date,
    by: Sequence[str],
    dimensions: Sequence[str] = (),
) -> pl.DataFrame:
    """OBSERVATIONS with dimensions -> series, the columns of `by`, value, n, observations, arisen; sorted.

    What was observed of first..last or of periods within. by: `agency` and dimensions to keep apart. A row
    that names no agency (or no value of a dimension) is of the whole and stands for it; only without one are
    the parts added up. n is the weight behind a mean. arisen: how many of the observations have a value; of
    none the value is null, which is not 0. Where a series may not be added up and would have to be, no row.
    """
    found = [
        _one(observed.filter(series=name), how, first, last, by, dimensions)
        for name, how in sorted(adding.items())
    ]
    keys = ["series", *by]
    return pl.concat(found).select(*keys, *MEASURED).sort(keys, nulls_last=False)


def _one(
    observed: pl.DataFrame,
    how: Adding,
    first: date,
    last: date,
    by: Sequence[str],
    dimensions: Sequence[str],
) -> pl.DataFrame:
    keys = ["series", "agency", *dimensions]
    within = observed.filter(pl.col("from") >= first, pl.col("to") <= last)
    counted = within.with_columns(observations=pl.lit(1), arisen=pl.col("value").is_not_null().cast(pl.Int32))
    rows = _over_time(counted, how.over_time, keys, first, last)
    for name in (*dimensions, "agency"):
        if name not in by:
            keys = [key for key in keys if key != name]
            own = how.over_agencies if name == "agency" else how.over_dimensions
            rows = _whole(rows, name, keys, own or how.over_agencies)
    return rows


def _over_time(rows: pl.DataFrame, how: str, keys: list[str], first: date, last: date) -> pl.DataFrame:
    if how == "none":
        return rows.filter(pl.col("from") == first, pl.col("to") == last).select(*keys, *MEASURED)
    if how == "last":
        newest = pl.col("value", "n").sort_by("to", "from").last()
        return rows.group_by(keys).agg(newest, pl.col("observations", "arisen").sum())
    return _added(rows, how, keys)


def _whole(rows: pl.DataFrame, name: str, keys: list[str], how: str) -> pl.DataFrame:
    """Rows without a value of the column, or where there are none for these keys those with one, added up."""
    whole, parts = rows.filter(pl.col(name).is_null()), rows.filter(pl.col(name).is_not_null())
    parts = parts.join(whole.select(keys).unique(), on=keys, how="anti", nulls_equal=True)
    added = _added(parts, how, keys) if how != "none" else parts.clear()
    return pl.concat([whole.select(*keys, *MEASURED), added.select(*keys, *MEASURED)])


def _added(rows: pl.DataFrame, how: str, keys: list[str]) -> pl.DataFrame:
    value, weight = pl.col("value"), pl.when(pl.col("value").is_not_null()).then("n")
    there = weight.count() > 0 if how == "sum" else weight.sum() > 0
    total = value.sum() if how == "sum" else (value * weight).sum() / weight.sum()
    arisen = value.is_not_null().any() if how == "sum" else there
    return rows.group_by(keys).agg(
        pl.when(arisen).then(total).alias("value"),
        pl.when(there).then(weight.sum()).alias("n"),
        pl.col("observations", "arisen").sum(),
    )
