"""Events as tests make them, for the tests of streams and warehouse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ioc.event import Event, Receipt
from ioc.warehouse.events import Delivery

EPOCH = datetime(2026, 3, 2, 1, tzinfo=UTC)


def minute(n: float) -> datetime:
    """`n` minutes after the tests' own epoch."""
    return EPOCH + timedelta(minutes=n)


def event(case_id: str = "c1", id: str = "1", at: float = 0, received: float = 1, **data: Any) -> Event:
    """An event of the feed `parcels`, its hash filled in."""
    receipt = Receipt(minute(received), data.pop("batch", None), data.pop("seq", None), data.pop("raw", None))
    said = {"status": "2", **data}
    made = Event(
        "parcels",
        case_id,
        "urn:post",
        id,
        "parcels.moved",
        case_id,
        minute(at),
        "parcels/moved.v1",
        said,
        receipt,
    )
    return Event(**{**vars(made), "hash": made.content_hash()})


def delivery(offset: int, event: Event, partition: int = 0) -> Delivery:
    """The event as delivered on its feed's topic."""
    return Delivery(event.feed, partition, offset, event)
