"""The canonical event: a CloudEvents 1.0 envelope, its identity, and its bytes on a feed's topic."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson


def instant_text(at: datetime) -> str:
    """UTC, microseconds, always 27 characters: `2024-01-05T01:30:00.000000Z`."""
    # isoformat is six times as fast as strftime, and every event passes here three times.
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def hash16(case_id: str) -> int:
    """The case's place in the event log (0..65535); a bucket is its top k bits."""
    return int.from_bytes(hashlib.sha256(case_id.encode()).digest()[:2], "big")


@dataclass(frozen=True)
class Receipt:
    """How a message reached us: by whose clock, in which import, from which raw `topic/partition/offset`."""

    received_at: datetime
    batch: str | None = None
    seq: int | None = None
    raw: str | None = None


@dataclass(frozen=True)
class Event:
    """An accepted event; `time` is the agency's clock, `receipt.received_at` ours."""

    feed: str
    case_id: str
    source: str
    id: str
    type: str
    subject: str
    time: datetime
    dataschema: str
    data: dict[str, Any]
    receipt: Receipt
    hash: str = field(default="")

    def content_hash(self) -> str:
        """32 hex characters over everything the sender said; the receipt is left out."""
        said = [
            self.source,
            self.id,
            self.type,
            self.subject,
            instant_text(self.time),
            self.dataschema,
            self.data,
        ]
        return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]

    def to_bytes(self) -> bytes:
        """The Kafka value: structured-mode CloudEvents JSON with our extension attributes."""
        attributes: dict[str, Any] = {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "subject": self.subject,
            "time": instant_text(self.time),
            "dataschema": self.dataschema,
            "datacontenttype": "application/json",
            "caseid": self.case_id,
            "hash": self.hash or self.content_hash(),
            "hash16": hash16(self.case_id),
            "receivedat": instant_text(self.receipt.received_at),
        }
        for name in ("batch", "seq", "raw"):
            if (value := getattr(self.receipt, name)) is not None:
                attributes[name] = value
        attributes["data"] = self.data
        return orjson.dumps(attributes)
