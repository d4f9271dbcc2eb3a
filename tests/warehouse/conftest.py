"""A connection ready for live transactions, and the kernel with the rules of a feed that no file names."""

from collections.abc import Callable, Iterator

import polars as pl
import pytest

from ioc.kernel.attributes import fold_whole
from ioc.kernel.rules import CaseRules
from ioc.settings import Settings
from ioc.warehouse import connect, live
from ioc.warehouse.connection import Connection
from ioc.warehouse.live import Kernel

PHASES = {"2": "open", "9": "resolved"}
RULES = CaseRules("parcels", "Asia/Ho_Chi_Minh", PHASES, frozenset({"2"}), "date", "d1")


@pytest.fixture
def kernel() -> Kernel:
    return Kernel(lambda feed, events: fold_whole(events, RULES), {"parcels": "d1"})


@pytest.fixture
def kernel_failing_on() -> Callable[[str], Kernel]:
    """A kernel with a defect that one case brings out."""

    def make(case_id: str) -> Kernel:
        def failing(feed: str, events: pl.DataFrame) -> pl.DataFrame:
            bad = events.filter(pl.col("case_id") == case_id)
            return fold_whole(events, RULES) if bad.is_empty() else events.select("no such column")

        return Kernel(failing, {"parcels": "d1"})

    return make


@pytest.fixture
def open_live(warehouse: Settings) -> Iterator[Callable[[], Connection]]:
    """Opens connections as a live worker has them."""
    opened: list[Connection] = []

    def another() -> Connection:
        conn = connect(warehouse, autocommit=True, name="test")
        live.prepare(conn)
        opened.append(conn)
        return conn

    yield another
    for conn in opened:
        conn.close()


@pytest.fixture
def conn(open_live: Callable[[], Connection]) -> Connection:
    return open_live()
