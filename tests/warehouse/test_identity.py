"""Two codes of one case: joined in whatever order alias and events come, and by two workers at once."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from ioc.event import Event
from ioc.kernel.attributes import fold_whole
from ioc.kernel.identity import Identity
from ioc.warehouse import definitions, offsets
from ioc.warehouse.connection import Connection
from ioc.warehouse.live import Agencies, Batch, Kernel, take
from ioc.warehouse.offsets import Move
from streams.testing import delivery, event, minute
from tests.warehouse.conftest import RULES

JOIN = Identity("parcels.alias", "same_as", (r"^N\d+$",))


@pytest.fixture
def kernel() -> Kernel:
    return Kernel(lambda feed, events: fold_whole(events, RULES), {"parcels": "d1"}, {"parcels": JOIN})


@pytest.fixture(autouse=True)
def _registered(conn: Connection) -> None:
    offsets.register(conn, "parcels", "id-1", [0, 1])


def alias(code: str, other: str, at: float = 0) -> Event:
    made = event(code, id=f"same/{other}", at=at)
    made = replace(made, type="parcels.alias", data={"same_as": other}, hash="")
    return replace(made, hash=made.content_hash())


def rows(conn: Connection, query: str) -> list[tuple[object, ...]]:
    return conn.execute(query.encode()).fetchall()


def send(conn: Connection, kernel: Kernel, *events: Event, start: int = 0, partition: int = 0) -> None:
    move = Move("parcels", partition, start, start + len(events))
    arrived = [delivery(start + i, one, partition) for i, one in enumerate(events)]
    take(conn, Batch([move], arrived), kernel, Agencies(set()))


CASES = "select case_id, status, events, entered_at, resolved_at from cases"
CODES = "select code, case_id from alias order by 1"
RECEIVED, DONE, JOINED = event("old", at=1), event("N7", id="9", at=9, status="9"), alias("N7", "old", 2)


def test_the_case_is_one_wherever_the_alias_comes(conn: Connection, kernel: Kernel) -> None:
    """Before, between and after the events of both codes, in one transaction or in several."""
    ways = list(itertools.product(itertools.permutations(range(3)), (1, 2, 3)))
    for i, (order, size) in enumerate(ways):
        old, new = f"old{i}", f"N{i}"
        three = event(old, at=1), event(new, id="9", at=9, status="9"), alias(new, old, 2)
        told = [three[n] for n in order]
        for start in range(0, 3, size):
            send(conn, kernel, *told[start : start + size], start=3 * i + start)
    cases = {(f"N{i}", "9", 3, minute(1), minute(9)) for i in range(len(ways))}
    assert set(rows(conn, CASES)) == cases
    assert set(rows(conn, CODES)) == {
        (code, f"N{i}") for i in range(len(ways)) for code in (f"N{i}", f"old{i}")
    }
    assert rows(conn, "select count(*) from event") == [(3 * len(ways),)]


def test_without_the_alias_they_are_two(conn: Connection, kernel: Kernel) -> None:
    send(conn, kernel, RECEIVED, DONE)
    assert [row[0] for row in rows(conn, CASES + " order by 1")] == ["N7", "old"]
    assert rows(conn, CODES) == []


def test_three_codes_chained_are_one_case(conn: Connection, kernel: Kernel) -> None:
    orders = list(itertools.permutations(range(3)))
    for i, order in enumerate(orders):
        a, b, c, new = f"a{i}", f"b{i}", f"c{i}", f"N{i}"
        told = [event(a, at=1), event(b, id="4", at=2), event(new, id="9", at=5, status="9")]
        send(conn, kernel, *told, start=6 * i)
        links = [alias(b, a), alias(c, new), alias(c, b)]
        for at, n in enumerate(order):
            send(conn, kernel, links[n], start=6 * i + 3 + at)
    assert set(rows(conn, CASES)) == {(f"N{i}", "9", 6, minute(1), minute(5)) for i in range(len(orders))}
    assert set(rows(conn, CODES)) == {(f"{code}{i}", f"N{i}") for i in range(len(orders)) for code in "abcN"}


def test_an_alias_sent_again_and_an_event_after_it_change_and_lose_nothing(
    conn: Connection, kernel: Kernel
) -> None:
    send(conn, kernel, RECEIVED, JOINED, JOINED, DONE)
    send(conn, kernel, JOINED, start=4)
    send(conn, kernel, event("old", id="late", at=12, status="2"), start=5)
    assert rows(conn, CASES) == [("N7", "2", 4, minute(1), minute(9))]
    assert rows(conn, "select count(*) from duplicate") == [(2,)]


def test_a_code_that_nothing_was_told_of_but_its_alias_is_the_case(conn: Connection, kernel: Kernel) -> None:
    send(conn, kernel, RECEIVED, alias("old", "N9", at=2))
    assert rows(conn, CASES) == [("N9", "2", 2, minute(1), None)]


def test_a_refold_joins_what_was_stored_before_the_feed_joined(conn: Connection, kernel: Kernel) -> None:
    send(conn, replace(kernel, identities={}), RECEIVED, DONE, JOINED)
    assert len(rows(conn, CASES)) == 2
    assert definitions.refold_some(conn, replace(kernel, definitions={"parcels": "d2"}))
    assert rows(conn, CASES) == [("N7", "9", 3, minute(1), minute(9))]
    assert not definitions.refold_some(conn, replace(kernel, definitions={"parcels": "d2"}))


def test_a_refold_follows_another_choice_of_the_code(conn: Connection, kernel: Kernel) -> None:
    send(conn, kernel, RECEIVED, DONE, JOINED)
    other = replace(
        kernel, definitions={"parcels": "d2"}, identities={"parcels": replace(JOIN, codes=("^o.*$",))}
    )
    assert definitions.refold_some(conn, other)
    assert [row[0] for row in rows(conn, CASES)] == ["old"]
    assert rows(conn, CODES) == [("N7", "old"), ("old", "old")]
    send(conn, other, event("N7", id="later", at=20, status="2"), start=3)
    assert [row[:3] for row in rows(conn, CASES)] == [("old", "2", 4)]


def test_a_poisoned_poll_leaves_what_joined_in_it(conn: Connection, kernel: Kernel) -> None:
    send(conn, kernel, RECEIVED, event("old", id="bad", status="\0"), JOINED, DONE)
    assert rows(conn, CASES) == [("N7", "9", 3, minute(1), minute(9))]
    assert rows(conn, "select reason from quarantine") == [("data-error",)]


def test_two_workers_join_and_tell_of_the_same_cases_at_once(
    open_live: Callable[[], Connection], conn: Connection, kernel: Kernel
) -> None:
    """Each tells of its own code and that it is the other's: no event is lost, no case left over."""
    rounds, failed = 20, list[BaseException]()

    def worker(partition: int, mine: Connection) -> None:
        try:
            for n in range(rounds):
                code, other = (f"a{n // 4}", f"N{n // 4}")[:: 1 if partition else -1]
                told = [event(code, id=f"{partition}-{n}", at=n), alias(code, other, at=n)]
                told.append(event("shared", id=f"{partition}-{n}", at=n))
                send(mine, kernel, *told, start=3 * n, partition=partition)
        except BaseException as exc:
            failed.append(exc)

    threads = [threading.Thread(target=worker, args=(p, open_live())) for p in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    expected = [(f"N{n}", 2 * 4 + 2) for n in range(rounds // 4)]
    assert rows(conn, "select case_id, events from cases order by 1") == [*expected, ("shared", 2 * rounds)]


class Held:
    """A worker that stops while it folds, its locks held, until it is let go."""

    def __init__(self, conn: Connection, kernel: Kernel, told: Event, partition: int, start: int) -> None:
        self.folding, self.go_on = threading.Event(), threading.Event()
        slow = replace(kernel, fold=lambda feed, events: self.fold(kernel, feed, events))
        words = {"start": start, "partition": partition}
        self.thread = threading.Thread(target=send, args=[conn, slow, told], kwargs=words)
        self.thread.start()

    def fold(self, kernel: Kernel, feed: str, events: pl.DataFrame) -> pl.DataFrame:
        self.folding.set()
        assert self.go_on.wait(30)
        return kernel.fold(feed, events)

    def finish(self) -> None:
        self.go_on.set()
        self.thread.join(30)
        assert not self.thread.is_alive()


def test_who_waited_while_the_cases_were_joined_holds_the_case_they_became(
    open_live: Callable[[], Connection], conn: Connection, kernel: Kernel
) -> None:
    send(conn, kernel, RECEIVED, DONE)
    joining = Held(open_live(), kernel, JOINED, 0, 2)
    assert joining.folding.wait(30)
    waiting = Held(open_live(), kernel, event("old", id="5", at=5), 1, 0)
    assert not waiting.folding.wait(0.3)
    joining.finish()
    assert waiting.folding.wait(30)
    last = Held(open_live(), kernel, event("N7", id="6", at=6), 0, 3)
    assert not last.folding.wait(0.3), (
        "the case is being folded; who reads it now would lose the event before"
    )
    waiting.finish()
    last.finish()
    assert [row[:3] for row in rows(conn, CASES)] == [("N7", "9", 5)]
