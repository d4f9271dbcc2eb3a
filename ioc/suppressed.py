"""Rows of periods, and entries of the ledger, as they may be told where a feed hides small cells."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from typing import Any

from ioc.errors import BadInput
from ioc.kernel.suppression import hidden_together
from schemas import Feed

Row = dict[str, Any]
KEYS = ("period", "from", "to", "group")
# Of a restatement: its cell is one agency's, cut by channel and sector, so no number of it can be told.
OF_A_CELL = ("agency", "old", "new", "change", "event_count", "events")


def rows_told(
    rows: Iterable[Row], figures: Sequence[str], known: Collection[str], threshold: int
) -> list[Row]:
    """Rows sorted by period and group; a hidden one has KEYS and `hidden` alone.

    A row is hidden whole: its figures are sums and differences of each other, and of the period before.
    A period that hides every agency names none: one that has nothing else to tell has no row at all.
    """
    told, named = list[Row](), set[str]()
    for _, each in groupby(rows, key=lambda row: (row["period"], row["from"])):
        period = list(each)
        nobody = dict.fromkeys({*known, *(row["group"] for row in period)}, 0)
        columns = [nobody | {row["group"]: row[name] for row in period} for name in figures]
        unseen = hidden_together(columns, threshold)
        for row in period:
            hides, arisen = row["group"] in unseen, any(row[name] for name in figures)
            told.append({name: row[name] for name in KEYS} | {"hidden": True} if hides else row)
            if arisen and not (hides and unseen >= nobody.keys()):
                named.add(row["group"])
    return [row for row in told if row["group"] in named]


def told_of_an_entry(feed: Feed, names: Iterable[str]) -> tuple[str, ...]:
    """Which of a restatement's data are told: without whose it is and how many, where the feed hides them."""
    return tuple(name for name in names if feed.hide_below is None or name not in OF_A_CELL)


def refuse_by_agency(feed: Feed, field: str, value: object) -> None:
    """BadInput where a feed that hides small cells is asked for what cannot be hidden well."""
    if feed.hide_below is not None:
        mend = (
            f"{feed.feed} hides small numbers per agency; ask for all agencies as one, or for"
            " `ioc flow --by agency` as they were"
        )
        raise BadInput(field, value, mend)
