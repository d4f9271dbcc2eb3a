"""Every refused offset is a row; the same refusal again, while it stands, is a duplicate."""

from dataclasses import replace

import pytest

from ioc.warehouse import offsets, refusals
from ioc.warehouse.connection import Connection
from ioc.warehouse.imports import Landed, landed
from ioc.warehouse.live import Agencies, Batch, Kernel, take
from ioc.warehouse.offsets import Move
from ioc.warehouse.quarantine import Refused
from streams.testing import delivery, event, minute

TOPIC = "parcels.quarantine"
REFUSED = Refused(
    TOPIC,
    0,
    0,
    "parcels",
    "unknown-word",
    "add it",
    minute(0),
    source="post",
    field="Status",
    value="zz",
    payload={"Status": "zz"},
    batch="b1",
    seq=0,
)


@pytest.fixture(autouse=True)
def _registered(conn: Connection) -> None:
    offsets.register(conn, TOPIC, "id-1", [0])
    offsets.register(conn, "parcels", "id-2", [0])


def refuse(conn: Connection, kernel: Kernel, *refused: Refused) -> None:
    start = offsets.standings(conn, [TOPIC])[TOPIC, 0].next_offset
    placed = [replace(row, offset=start + i) for i, row in enumerate(refused)]
    take(conn, Batch([Move(TOPIC, 0, start, start + len(placed))], (), placed), kernel, Agencies(set()))


def counts(conn: Connection) -> tuple[object, ...]:
    row = conn.execute(
        "select (select count(*) from quarantine), (select count(*) from duplicate)"
    ).fetchone()
    assert row is not None
    return row


def test_the_same_refusal_again_is_a_duplicate(conn: Connection, kernel: Kernel) -> None:
    refuse(conn, kernel, REFUSED, REFUSED, replace(REFUSED, batch="b2"))
    refuse(conn, kernel, REFUSED, replace(REFUSED, value="yy"))
    assert counts(conn) == (2, 3)


def test_masked_text_is_told_apart_by_its_place(conn: Connection, kernel: Kernel) -> None:
    masked = replace(REFUSED, payload=None, payload_text="***")
    refuse(
        conn, kernel, masked, replace(masked, seq=16), replace(masked, seq=None), replace(masked, seq=None)
    )
    refuse(conn, kernel, replace(masked, batch="b2"))
    assert counts(conn) == (4, 1)


def test_after_a_redrive_the_same_refusal_is_a_row_again(conn: Connection, kernel: Kernel) -> None:
    refuse(conn, kernel, REFUSED)
    refusals.mark_redriven(conn, [(TOPIC, 0, 0)], "redrive-1", minute(9))
    refuse(conn, kernel, REFUSED)
    assert counts(conn) == (2, 0)
    assert len(refusals.refusals(conn, standing=True)) == 1
    assert [row["redriven_batch"] for row in refusals.refusals(conn)] == ["redrive-1", None]


def test_what_jsonb_cannot_hold_is_kept_as_text(conn: Connection, kernel: Kernel) -> None:
    refuse(conn, kernel, replace(REFUSED, payload={"Status": "a\x00b"}, value="a\x00b", field="\ud800"))
    [row] = refusals.refusals(conn)
    assert (row["payload"], row["payload_text"]) == (None, '{"Status":"a\\u0000b"}')
    assert (row["value"], row["field"]) == ("a␀b", "?")


def test_an_import_counts_each_event_once_by_its_best_row(conn: Connection, kernel: Kernel) -> None:
    """Sent twice after a crash: accepted wins over quarantined over duplicate."""
    refuse(conn, kernel, REFUSED, replace(REFUSED, seq=16, value="other"), replace(REFUSED, seq=32))
    events = [
        event("c1", batch="b1", seq=16),
        event("c1", batch="b1", seq=48),
        event("c2", batch="b1", seq=64),
    ]
    deliveries = [delivery(i, e) for i, e in enumerate(events)]
    take(conn, Batch([Move("parcels", 0, 0, 3)], deliveries), kernel, Agencies(set()))
    assert landed(conn, "b1") == Landed(accepted=2, quarantined=1, duplicate=2)
    assert landed(conn, "b1").events == 5
    assert landed(conn, "none") == Landed()
