"""The two answers of admission: accepted with Kafka's bytes, or quarantined with reason and mend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from ioc.admit.reasons import Reason
from ioc.event import Event, Receipt, instant_text

UNKNOWN_FEED = "unknown"  # quarantine rows whose feed nobody could tell


@dataclass(frozen=True)
class Admitted:
    """An accepted event, its Kafka key (the case) and value."""

    feed: str
    key: bytes
    value: bytes
    event: Event


@dataclass(frozen=True)
class Quarantined:
    """A refused message; `payload`, or `payload_text` where none would be honest, holds nothing personal."""

    feed: str
    reason: Reason
    field: str | None
    value: str | None
    mend: str
    source: str | None
    receipt: Receipt
    payload: dict[str, Any] | None = None
    payload_text: str | None = None

    def to_bytes(self) -> bytes:
        """The value on `<feed>.quarantine`, clean enough for jsonb."""
        said: dict[str, Any] = {
            "feed": self.feed,
            "source": self.source,
            "reason": self.reason,
            "field": self.field,
            "value": self.value,
            "mend": self.mend,
        }
        if self.payload is not None:
            said["payload"] = self.payload
        if self.payload_text is not None:
            said["payload_text"] = self.payload_text
        receipt = self.receipt
        said |= {"receivedat": instant_text(receipt.received_at), "batch": receipt.batch}
        said |= {"seq": receipt.seq, "raw": receipt.raw}
        return orjson.dumps(clean(said))


Verdict = Admitted | Quarantined


def topic(verdict: Verdict) -> str:
    """Where the verdict is sent."""
    return verdict.feed if isinstance(verdict, Admitted) else f"{verdict.feed}.quarantine"


def clean(value: Any) -> Any:
    """NUL shown as ␀, lone surrogates as ?, unspeakable numbers as text: what PostgreSQL's jsonb takes."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\0", "␀")
    if isinstance(value, dict):
        return {clean(str(key)): clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    if isinstance(value, float) and value - value != 0:
        return str(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return str(value)
    return value
