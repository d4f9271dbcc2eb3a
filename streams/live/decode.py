"""What one offset holds, as an event or as a row of quarantine; never neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson

from ioc.admit import REASONS, Admission, Quarantined
from ioc.warehouse.events import Delivery
from ioc.warehouse.live import Batch
from ioc.warehouse.quarantine import Refused
from streams.reader import Polled

QUARANTINE = ".quarantine"
TEXTS = ("source", "field", "value", "payload_text", "batch", "raw")


def batch(polled: Sequence[Polled], admission: Admission) -> Batch:
    """The records of a poll, each decoded by its topic's kind."""
    deliveries, refused = [], []
    for part in polled:
        feed = part.place.topic.removesuffix(QUARANTINE)
        for record in part.records:
            if feed != part.place.topic:
                refused.append(_refused(feed, record))
                continue
            found = admission.recheck(record.value or b"", feed, record.key)
            if isinstance(found, Quarantined):
                refused.append(_of_verdict(found, record))
            else:
                deliveries.append(Delivery(record.topic, record.partition, record.offset, found))
    return Batch([part.move for part in polled], deliveries, refused)


def appended(record: Any) -> datetime:
    """When the broker took the record."""
    return datetime.fromtimestamp(record.timestamp / 1000, UTC)


def _of_verdict(found: Quarantined, record: Any) -> Refused:
    receipt, place = found.receipt, (record.topic, record.partition, record.offset)
    at = (
        receipt.received_at if receipt.received_at.tzinfo else appended(record)
    )  # it may have said nothing of it
    row = Refused(*place, found.feed, found.reason, found.mend, at)
    said = replace(row, source=found.source, field=found.field, value=found.value, payload=found.payload)
    said = replace(said, payload_text=found.payload_text, batch=receipt.batch)
    return replace(said, seq=receipt.seq, raw=receipt.raw)


def _refused(feed: str, record: Any) -> Refused:
    """A value of a quarantine topic; one that cannot be read is kept under its own reason."""
    place = (record.topic, record.partition, record.offset)
    try:
        said = orjson.loads(record.value or b"")
        reason, mend, at = said["reason"], said["mend"], datetime.fromisoformat(said["receivedat"])
        texts = {name: said.get(name) for name in TEXTS}
        seq = said.get("seq")
        sound = reason in REASONS and isinstance(mend, str) and at.tzinfo is not None
        if (
            not sound
            or not all(isinstance(t, str | None) for t in texts.values())
            or not isinstance(seq, int | None)
        ):
            raise ValueError("not the shape of a quarantine message")
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        text = (record.value or b"").decode(errors="replace")
        mend = "only intake and gate write this topic; find who else did"
        row = Refused(*place, feed, "not-json", mend, appended(record), value=str(exc))
        return replace(row, payload_text=text)
    return Refused(*place, feed, reason, mend, at, payload=said.get("payload"), seq=seq, **texts)
