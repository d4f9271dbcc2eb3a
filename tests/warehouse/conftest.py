"""A connection ready for live transactions, and a small fold so that the transaction is tested by itself."""

from collections.abc import Iterator

import polars as pl
import pytest

from ioc.settings import Settings
from ioc.warehouse import connect, events
from ioc.warehouse.connection import Connection
from ioc.warehouse.live import Kernel


def fold(feed: str, frame: pl.LazyFrame) -> pl.LazyFrame:
    """The last status and the number of events."""
    last = frame.sort("occurred_at", "received_at", "hash").group_by("case_id", maintain_order=True)
    return last.agg(
        pl.col("source", "status", "due_at").last(),
        pl.len().cast(pl.Int32).alias("events"),
        pl.col("received_at").min().alias("last_received_at"),
    ).with_columns(pl.lit("d1").alias("definitions"), in_figures=True)


@pytest.fixture
def kernel() -> Kernel:
    return Kernel(fold, {"parcels": "d1"})


def open_live(settings: Settings) -> Connection:
    conn = connect(settings, autocommit=True, name="test")
    events.prepare(conn)
    return conn


@pytest.fixture
def conn(warehouse: Settings) -> Iterator[Connection]:
    with open_live(warehouse) as conn:
        yield conn
