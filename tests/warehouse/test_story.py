"""What is told of a case of two systems: codes and events, which of them count, what each system says."""

from __future__ import annotations

from dataclasses import replace

from ioc.cli.conflicts import said
from ioc.event import Event
from ioc.kernel.attributes import fold_whole
from ioc.kernel.stages import Authority, Stage
from ioc.warehouse import offsets
from ioc.warehouse.connection import Connection
from ioc.warehouse.live import Kernel
from ioc.warehouse.story import codes_of, derived, disagreeing, events_of
from streams.testing import event, minute
from tests.warehouse.conftest import RULES
from tests.warehouse.test_identity import JOIN, alias, send

HOUR = 3_600_000_000
BELIEVED = replace(
    RULES, authority=Authority((Stage(("open",), ("urn:b",)), Stage(("resolved",), ("*", "urn:b"))), HOUR)
)
KERNEL = Kernel(lambda feed, events: fold_whole(events, BELIEVED), {"parcels": "d1"}, {"parcels": JOIN})


def by(source: str, one: Event) -> Event:
    made = replace(one, source=source, hash="")
    return replace(made, hash=made.content_hash())


def test_both_systems_are_told_and_one_counts(conn: Connection) -> None:
    offsets.register(conn, "parcels", "id-1", [0])
    ours = [event("old", at=1), event("old", id="9", at=300, status="9")]
    theirs = [by("urn:b", event("N7", at=5)), by("urn:b", event("N7", id="9", at=100, status="9"))]
    send(conn, KERNEL, *ours, *theirs, alias("old", "N7", at=400), event("other", at=2))
    for code in ("old", "N7"):
        (row,) = derived(conn, code)
        assert (row["case_id"], row["entered_at"], row["resolved_at"]) == ("N7", minute(5), minute(300))
    assert codes_of(conn, "parcels", "N7") == ["N7", "old"]
    assert codes_of(conn, "parcels", "other") == ["other"]
    told = events_of(conn, BELIEVED, "N7")
    assert [(e["case_id"], e["status"], e["counts"]) for e in told] == [
        ("old", "2", False), ("N7", "2", True), ("N7", "9", False), ("old", "9", True), ("old", None, True),
    ]  # fmt: skip
    assert disagreeing(conn, "parcels", 9) == ["N7"]
    assert [(row["phase"], row["source"], row["counts"]) for row in said(told, BELIEVED)] == [
        ("open", "urn:post", False), ("open", "urn:b", True), ("resolved", "urn:b", False),
        ("resolved", "urn:post", True),
    ]  # fmt: skip
