"""Observations as a test says them: through the door and the live transaction into a warehouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ioc.admit import Admission, Admitted
from ioc.event import Event, Receipt, instant_text
from ioc.warehouse import live, offsets
from ioc.warehouse.connection import Connection
from ioc.warehouse.events import Delivery
from streams.live.worker import kernel


def deliver(
    conn: Connection, admission: Admission, feed: str, told: Sequence[tuple[datetime, Mapping[str, Any]]]
) -> None:
    """Each observation at its instant, all of one poll: the first that the warehouse gets of the feed."""
    events = [_admitted(admission, feed, at, data, n) for n, (at, data) in enumerate(told)]
    offsets.register(conn, feed, "id-1", [0])
    batch = live.Batch(
        [offsets.Move(feed, 0, 0, len(events))],
        [Delivery(feed, 0, n, one) for n, one in enumerate(events)],
    )
    taken = live.take(conn, batch, kernel(admission.registry), live.Agencies(set()))
    assert (taken.events, taken.duplicates, taken.refused) == (len(events), 0, 0)


def _admitted(admission: Admission, feed: str, at: datetime, data: Mapping[str, Any], n: int) -> Event:
    said = {
        "specversion": "1.0",
        "id": f"{n}",
        "source": "articles",
        "type": f"{feed}.observed",
        "time": instant_text(at),
        "dataschema": admission.registry.observations[feed].dataschema("observed"),
        "data": dict(data),
    }
    found = admission.canonical(said, Receipt(at), at, feed)
    assert isinstance(found, Admitted), found
    return found.event
