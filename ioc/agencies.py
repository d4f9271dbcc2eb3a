"""Agencies as a table to join: who a code was on the day of an event, and who is responsible for it now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from schemas.history import DAY, History
from schemas.reference import Agency

SPELLS = {
    "agency": pl.String,
    "said_from": pl.Date,  # date.min: since ever
    "said_to": pl.Date,  # inclusive; null: for ever
    "agency_valid": pl.Boolean,  # whether a version of the code was valid on those days
    "agency_name": pl.String,  # as was
    "responsible": pl.String,  # as now
    "responsible_name": pl.String,
}


def spells(history: History, on: date) -> pl.DataFrame:
    """For every code and every day on which it may be said one row: as it was, and as it is on the day `on`.

    The rows of a code follow one another without gaps; days outside every version mean the version that
    `History.agency_said` means. Unusable where successions lead in a circle.
    """
    rows = []
    for code in sorted(history.versions):
        for first, last, version in _stretches(history.versions[code]):
            now = history.responsible(code, on, said=first) or version
            rows.append((code, first, last, version.holds(first), version.name, now.code, now.name))
    return pl.DataFrame(rows, schema=SPELLS, orient="row")


def _stretches(versions: tuple[Agency, ...]) -> Iterator[tuple[date, date | None, Agency]]:
    starts = [date.min, *(version.valid_from or date.min for version in versions[1:])]
    for n, version in enumerate(versions):
        until = starts[n + 1] - DAY if n + 1 < len(versions) else None
        first = starts[n]
        if version.valid_from and first < version.valid_from:  # said before the code's first version began
            yield first, version.valid_from - DAY, version
            first = version.valid_from
        if version.valid_to and (until is None or version.valid_to < until):
            yield first, version.valid_to, version
            first = version.valid_to + DAY
        yield first, until, version


def restated(frame: pl.DataFrame, spells: pl.DataFrame, agency: str, day: str) -> pl.DataFrame:
    """`frame` with the columns of `spells` about its agency as said on its day, from `agency_valid` on.

    Rows keep their order. A code that reference data does not know is responsible itself, under its code,
    with `agency_valid` null; no agency stays none; an agency without a day is as said today.
    """
    told = ["agency_valid", "agency_name", "responsible", "responsible_name"]
    said = frame.with_row_index("__row").with_columns(__day=pl.col(day).fill_null(date.max))
    joined = said.sort("__day").join_asof(
        spells.rename({"agency": "__agency"}).sort("said_from"),
        left_on="__day",
        right_on="said_from",
        by_left=agency,
        by_right="__agency",
        check_sortedness=False,
    )
    own = [pl.col(name).fill_null(pl.col(agency)) for name in told if name != "agency_valid"]
    return joined.with_columns(own).sort("__row").select(*frame.columns, *told)
