"""One bad value or one failing case never stops a partition, and takes nothing else along."""

import hashlib
from collections.abc import Callable

import pytest

from ioc.warehouse import definitions, offsets
from ioc.warehouse.connection import Connection
from ioc.warehouse.live import Agencies, Batch, Kernel, take
from ioc.warehouse.offsets import Move
from streams.testing import delivery, event


@pytest.fixture(autouse=True)
def _registered(conn: Connection) -> None:
    offsets.register(conn, "parcels", "id-1", [0])


def of(start: int, *deliveries: object) -> Batch:
    return Batch([Move("parcels", 0, start, start + len(deliveries))], deliveries)  # type: ignore[arg-type]


def rows(conn: Connection, query: str) -> list[tuple[object, ...]]:
    return conn.execute(query.encode()).fetchall()


@pytest.mark.parametrize(
    "bad",
    [
        event("c3", agency="a\x00b"),
        event("c3", note="a\x00b"),
        event("c\x003"),
        event("c3", id="".join(hashlib.sha256(bytes([i])).hexdigest() for i in range(200))),
        event("c3", due_at="9999-99-99"),
    ],
    ids=["nul-in-a-column", "nul-in-json", "nul-in-the-case", "too-long-for-the-index", "no-date"],
)
def test_a_value_that_stops_postgresql_is_quarantined_by_its_offset(
    conn: Connection, kernel: Kernel, bad: object
) -> None:
    good = [delivery(i, event(f"c{i}")) for i in range(9) if i != 3]
    batch = of(0, *good[:3], delivery(3, bad), *good[3:])  # type: ignore[arg-type]
    outcome = take(conn, batch, kernel, Agencies(set()))
    assert [d.offset for d in outcome.poison] == [3]
    assert rows(conn, 'select "offset" from event order by 1') == [(i,) for i in range(9) if i != 3]
    assert rows(conn, 'select topic, "offset", reason from quarantine') == [("parcels", 3, "data-error")]
    assert rows(conn, "select count(*) from cases") == [(8,)]
    assert offsets.standings(conn, ["parcels"])["parcels", 0].next_offset == 9


def test_two_bad_values_are_both_found(conn: Connection, kernel: Kernel) -> None:
    batch = of(0, *(delivery(i, event(f"c{i}", agency="\x00" if i in (1, 6) else None)) for i in range(8)))
    outcome = take(conn, batch, kernel, Agencies(set()))
    assert sorted(d.offset for d in outcome.poison) == [1, 6]
    assert rows(conn, "select count(*) from event") == [(6,)]


def test_a_case_that_breaks_the_kernel_is_set_aside_and_the_others_are_folded(
    conn: Connection, kernel_failing_on: Callable[[str], Kernel]
) -> None:
    batch = of(0, *(delivery(i, event(f"c{i}")) for i in range(5)))
    take(conn, batch, kernel_failing_on("c2"), Agencies(set()))
    assert rows(conn, "select case_id, in_figures, set_aside, events from cases order by 1") == [
        (f"c{i}", i != 2, "kernel-error" if i == 2 else None, 1) for i in range(5)
    ]


def test_a_mended_kernel_brings_the_case_back(
    conn: Connection, kernel: Kernel, kernel_failing_on: Callable[[str], Kernel]
) -> None:
    take(conn, of(0, delivery(0, event("c1"))), kernel_failing_on("c1"), Agencies(set()))
    definitions.forget_kernel_errors(conn)
    while definitions.refold_some(conn, kernel):
        pass
    assert rows(conn, "select in_figures, set_aside from cases") == [(True, None)]


def test_cases_folded_with_other_definitions_are_folded_again(conn: Connection, kernel: Kernel) -> None:
    take(conn, of(0, delivery(0, event("c1"))), kernel, Agencies(set()))
    conn.execute("update cases set definitions = 'old', status = 'wrong'")
    conn.execute("listen ioc_live")
    assert definitions.refold_some(conn, kernel)
    assert not definitions.refold_some(conn, kernel)
    assert rows(conn, "select definitions, status from cases") == [("d1", "2")]
    assert [n.payload for n in conn.notifies(timeout=1, stop_after=1)] == ["parcels"]
