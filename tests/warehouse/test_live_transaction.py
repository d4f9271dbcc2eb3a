"""The live transaction: what it writes, and that a duplicate, a zombie or a repeat changes nothing."""

import pytest

from ioc.warehouse import offsets
from ioc.warehouse.connection import Connection
from ioc.warehouse.live import Agencies, Batch, Kernel, Lost, take
from ioc.warehouse.offsets import Move, Standing
from streams.testing import delivery, event, minute


@pytest.fixture(autouse=True)
def _registered(conn: Connection) -> None:
    offsets.register(conn, "parcels", "id-1", [0, 1])


def rows(conn: Connection, query: str) -> list[tuple[object, ...]]:
    return conn.execute(query.encode()).fetchall()


def batch(*events: object, start: int = 0, partition: int = 0) -> Batch:
    deliveries = [delivery(start + i, e, partition) for i, e in enumerate(events)]  # type: ignore[arg-type]
    return Batch([Move("parcels", partition, start, start + len(events))], deliveries)


def test_events_cases_offsets_and_the_wake_up_are_one_commit(conn: Connection, kernel: Kernel) -> None:
    conn.execute("listen ioc_live")
    outcome = take(conn, batch(event(id="1"), event(id="2", at=5, status="9")), kernel, Agencies(set()))
    assert (outcome.events, outcome.duplicates) == (2, 0)
    assert rows(conn, "select case_id, status, events, definitions, in_figures from cases") == [
        ("c1", "9", 2, "d1", True)
    ]
    assert offsets.standings(conn, ["parcels"])["parcels", 0] == Standing("id-1", 2)
    assert [n.payload for n in conn.notifies(timeout=1, stop_after=1)] == ["parcels"]


def test_a_copy_of_an_event_is_kept_as_duplicate_and_its_earlier_receipt_counts(
    conn: Connection, kernel: Kernel
) -> None:
    take(conn, batch(event(received=9)), kernel, Agencies(set()))
    take(conn, batch(event(received=4), event(received=7), start=1), kernel, Agencies(set()))
    assert rows(conn, 'select "offset", received_at from event') == [(0, minute(9))]
    assert rows(conn, 'select "offset", received_at from duplicate order by 1') == [
        (1, minute(4)),
        (2, minute(7)),
    ]
    assert rows(conn, "select events, last_received_at from cases") == [(1, minute(4))]


def test_copies_within_one_poll_keep_the_first_delivered(conn: Connection, kernel: Kernel) -> None:
    outcome = take(conn, batch(event(), event(), event()), kernel, Agencies(set()))
    assert (outcome.events, outcome.duplicates) == (1, 2)
    assert rows(conn, 'select "offset" from event') == [(0,)]


def test_a_zombie_with_a_lost_partition_writes_nothing(conn: Connection, kernel: Kernel) -> None:
    take(conn, batch(event()), kernel, Agencies(set()))
    with pytest.raises(Lost):
        take(conn, batch(event(id="z")), kernel, Agencies(set()))
    both = Batch(
        [Move("parcels", 0, 0, 1), Move("parcels", 1, 0, 1)],
        [delivery(0, event(id="z")), delivery(0, event("c2"), 1)],
    )
    with pytest.raises(Lost):
        take(conn, both, kernel, Agencies(set()))
    assert rows(conn, "select id from event") == [("1",)]
    assert offsets.standings(conn, ["parcels"])["parcels", 1].next_offset == 0


def test_unknown_agencies_are_registered_under_their_source(conn: Connection, kernel: Kernel) -> None:
    agencies = Agencies({"KNOWN"})
    named = event(agency="NEW", receiving_agency="KNOWN")
    take(conn, batch(named), kernel, agencies)
    assert rows(conn, "select code, name, source from agency") == [("NEW", "NEW", "urn:post")]
    conn.execute("delete from agency")
    take(conn, batch(event(id="2", agency="NEW"), start=1), kernel, agencies)
    assert rows(conn, "select code from agency") == [], "a code known to be registered is not asked for again"


def test_a_position_is_known_per_feed(conn: Connection) -> None:
    offsets.know(conn, {"parcels": ["parcels", "parcels.quarantine"], "none": ["none"]}, minute(3))
    assert rows(conn, "select feed, at, position from knowledge") == [
        ("parcels", minute(3), {"parcels": {"0": 0, "1": 0}})
    ]


def test_a_partition_added_later_keeps_the_topics_first_id(conn: Connection) -> None:
    offsets.register(conn, "parcels", "id-2", [0, 1, 2])
    assert offsets.standings(conn, ["parcels"])["parcels", 2] == Standing("id-1", 0)
