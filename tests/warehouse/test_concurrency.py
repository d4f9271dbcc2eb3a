"""Two workers at once: no update is lost, no order deadlocks for good, and arrival order decides nothing."""

import itertools
import threading
from collections.abc import Callable

import polars as pl
import pytest

from ioc.warehouse import offsets
from ioc.warehouse.connection import Connection
from ioc.warehouse.live import Agencies, Batch, Kernel, take
from ioc.warehouse.offsets import Move
from streams.testing import delivery, event, minute

ROUNDS = 25


@pytest.fixture(autouse=True)
def _registered(conn: Connection) -> None:
    offsets.register(conn, "parcels", "id-1", [0, 1])


def rows(conn: Connection, query: str) -> list[tuple[object, ...]]:
    return conn.execute(query.encode()).fetchall()


def both(*work: Callable[[], None]) -> None:
    """Runs the work of two workers at once; a failure of either fails the test."""
    failed: list[BaseException] = []

    def guarded(one: Callable[[], None]) -> None:
        try:
            one()
        except BaseException as exc:
            failed.append(exc)

    threads = [threading.Thread(target=guarded, args=[one]) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []


def test_two_workers_on_the_same_cases_lose_no_event(
    open_live: Callable[[], Connection], conn: Connection, kernel: Kernel
) -> None:
    """Each worker's polls name the cases in the opposite order of the other's."""

    def worker(partition: int) -> Callable[[], None]:
        mine = open_live()

        def run() -> None:
            for n in range(ROUNDS):
                cases = ["a", "b", "c"] if partition else ["c", "b", "a"]
                events = [event(case, id=f"{partition}-{n}", at=n, status="2") for case in cases]
                move = Move("parcels", partition, 3 * n, 3 * n + 3)
                deliveries = [delivery(3 * n + i, e, partition) for i, e in enumerate(events)]
                take(mine, Batch([move], deliveries), kernel, Agencies(set()))

        return run

    both(worker(0), worker(1))
    assert rows(conn, "select case_id, events from cases order by 1") == [(c, 2 * ROUNDS) for c in "abc"]


def test_a_case_is_locked_from_before_it_is_read_until_it_is_written(
    open_live: Callable[[], Connection], conn: Connection, kernel: Kernel
) -> None:
    """While one worker folds the other waits; else the slower one would write what it read too early."""
    take(conn, Batch([Move("parcels", 0, 0, 1)], [delivery(0, event("a"))]), kernel, Agencies(set()))
    reading, go_on = threading.Event(), threading.Event()

    def slow(feed: str, events: pl.DataFrame) -> pl.DataFrame:
        reading.set()
        assert go_on.wait(30)
        return kernel.fold(feed, events)

    def batch(partition: int) -> Batch:
        at = 1 - partition
        arrived = delivery(at, event("a", id=f"of {partition}"), partition)
        return Batch([Move("parcels", partition, at, at + 1)], [arrived])

    first = threading.Thread(
        target=take, args=[open_live(), batch(0), Kernel(slow, kernel.definitions), Agencies(set())]
    )
    second = threading.Thread(target=take, args=[open_live(), batch(1), kernel, Agencies(set())])
    first.start()
    assert reading.wait(30)
    second.start()
    second.join(0.5)
    assert second.is_alive()
    go_on.set()
    first.join(30)
    second.join(30)
    assert rows(conn, "select case_id, events from cases") == [("a", 3)]


def test_a_deadlock_is_tried_again(
    open_live: Callable[[], Connection], conn: Connection, kernel: Kernel
) -> None:
    """Somebody locks the cases against our order: PostgreSQL ends one, and the worker begins anew."""
    take(
        conn,
        Batch([Move("parcels", 0, 0, 2)], [delivery(0, event("a")), delivery(1, event("b"))]),
        kernel,
        Agencies(set()),
    )
    other, worker = open_live(), open_live()
    batch = Batch(
        [Move("parcels", 0, 2, 4)], [delivery(2, event("a", id="2")), delivery(3, event("b", id="2"))]
    )
    worker.execute(
        "set deadlock_timeout = '3s'"
    )  # whose timer runs out on a deadlock is the one that is ended
    other.execute("set deadlock_timeout = '60s'")
    lock = "select 1 from cases where case_id = %s for update"
    with other.transaction():
        other.execute(lock, ["b"])
        thread = threading.Thread(target=take, args=[worker, batch, kernel, Agencies(set())])
        thread.start()
        while not rows(conn, "select 1 from pg_locks where not granted"):
            pass
        other.execute(lock, ["a"])
    thread.join(30)
    assert not thread.is_alive()
    assert rows(conn, "select case_id, events from cases order by 1") == [("a", 2), ("b", 2)]


SAME_ID = [
    event(id="1", at=0, received=5, status="2", agency="LATER"),
    event(id="1", at=0, received=3, status="2", agency="EARLIER"),
    event(id="1", at=0, received=1, status="2", agency="LATER"),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_same_id_with_other_content_counts_alike_in_every_order(
    conn: Connection, kernel: Kernel, order: tuple[int, ...]
) -> None:
    """LATER's second copy reached us first of all, so LATER counts, wherever its copies stand in the log."""
    for offset, n in enumerate(order):
        batch = Batch([Move("parcels", 0, offset, offset + 1)], [delivery(offset, SAME_ID[n])])
        take(conn, batch, kernel, Agencies(set()))
    assert rows(conn, "select agency, flags, events, last_received_at from cases") == [
        ("LATER", ["conflicting-id"], 1, minute(1))
    ]
    assert rows(conn, "select count(*) from event union all select count(*) from duplicate") == [(2,), (1,)]
