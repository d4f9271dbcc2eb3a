"""The frame of events that the kernel takes, and which of them count."""

from __future__ import annotations

import functools

import polars as pl

INSTANT = pl.Datetime("us", "UTC")
INSTANT_TEXT = "%Y-%m-%dT%H:%M:%S%.6fZ"  # as a case keeps one among its attributes

EVENTS = pl.Schema(
    {
        "case_id": pl.String(),
        "source": pl.String(),
        "id": pl.String(),
        "hash": pl.String(),
        "occurred_at": INSTANT,
        "received_at": INSTANT,
        "status": pl.String(),
        "due_at": INSTANT,
        "agency": pl.String(),
        "receiving_agency": pl.String(),
        "channel": pl.String(),
        "procedure": pl.String(),
        "topic": pl.String(),
        "partition": pl.Int32(),
        "offset": pl.Int64(),
    }
)
IDENTITY = ("case_id", "source", "id")


def instant_in(text: pl.Expr) -> pl.Expr:
    """The instant that INSTANT_TEXT wrote."""
    return text.str.to_datetime(INSTANT_TEXT, time_zone="UTC")


def effective(events: pl.LazyFrame) -> pl.LazyFrame:
    """The events that count: one per (case_id, source, id), columns as given.

    Same hash again is a duplicate: the earliest receipt stays. Another hash: the smallest (received_at, hash)
    counts. Both are one rule: the first row by (received_at, hash) within the identity.
    """
    return weighed(events).filter("counts").select(EVENTS.names())


def weighed(events: pl.LazyFrame) -> pl.LazyFrame:
    """Adds `counts` (see effective), `conflicting` (other content than the one received before it),
    and `tie`, which puts rows of one case and one occurred_at in the order (received_at, hash).

    Only rows whose 64-bit key occurs twice are compared in full: a hash collision costs time, never a figure.
    Nothing is filtered or copied: a province's year has few such rows and should not be moved for them.
    """
    keys, weights = _weights()
    return events.with_columns(**keys).with_columns(**weights)


@functools.cache
def _weights() -> tuple[dict[str, pl.Expr], dict[str, pl.Expr]]:
    identity = pl.col("case_id").hash(1) ^ pl.col("source").hash(2) ^ pl.col("id").hash(3)
    instant = pl.col("case_id").hash(4) ^ pl.col("occurred_at").cast(pl.Int64).hash(5)
    seen, tied = _Within("seen"), _Within("tied")
    by_receipt = seen.ordered(*IDENTITY, "received_at", "hash")
    again = ~pl.struct(IDENTITY).filter(seen.mask).gather(by_receipt).is_first_distinct()
    content = seen.col("hash").gather(by_receipt)
    other = again & (content != content.shift())
    rank = tied.ordered("received_at", "hash").arg_sort().gather(tied.place)
    keys = {"seen": _twice(identity), "tied": _twice(instant)}
    return keys, {
        "counts": ~seen.place.is_in(by_receipt.filter(again).implode()).fill_null(False),
        "conflicting": seen.place.is_in(by_receipt.filter(other).implode()).fill_null(False),
        "tie": rank.fill_null(0),
    }


def _twice(key: pl.Expr) -> pl.Expr:
    """Whether the row's key occurs again; sorting 64-bit integers is far cheaper than grouping by them."""
    ordered = key.sort()
    return key.is_in(ordered.filter(ordered == ordered.shift()).implode())


class _Within:
    """Expressions over the rows where a boolean column holds, numbered from 0."""

    def __init__(self, mask: str) -> None:
        self.mask = pl.col(mask)
        self.place = pl.when(self.mask).then(self.mask.cum_sum() - 1)

    def col(self, name: str) -> pl.Expr:
        return pl.col(name).filter(self.mask)

    def ordered(self, *names: str) -> pl.Expr:
        """The rows' numbers in the order of these columns."""
        return self.place.filter(self.mask).sort_by(*(self.col(name) for name in names))
