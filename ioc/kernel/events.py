"""The frame of events that the kernel takes, and which of them count."""

from __future__ import annotations

import polars as pl

INSTANT = pl.Datetime("us", "UTC")

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


def effective(events: pl.LazyFrame) -> pl.LazyFrame:
    """One row per (case_id, source, id); `conflicting` says that other content claimed the same identity.

    Same hash again is a duplicate: the earliest receipt stays. Another hash: the smallest (received_at, hash)
    counts. Both are one rule: the first row by (received_at, hash) within the identity.
    """
    ordered = events.sort("received_at", "hash")
    return ordered.group_by(IDENTITY, maintain_order=True).agg(
        pl.exclude(IDENTITY).first(),
        (pl.col("hash").min() != pl.col("hash").max()).alias("conflicting"),
    )
