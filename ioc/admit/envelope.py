"""The canonical CloudEvents envelope: read from a sender, and read again from a feed's own topic."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ioc.admit.promised import MEND_POISON, PromisedFeed, storable
from ioc.admit.reasons import Refusal
from ioc.admit.times import time_reader
from ioc.admit.tokens import token
from ioc.event import Event, Receipt, instant_text
from schemas import near

ATTRIBUTES = (
    "specversion",
    "id",
    "source",
    "type",
    "subject",
    "time",
    "dataschema",
    "datacontenttype",
    "caseid",
)
read_instant = time_reader(["iso"], "required", "the sender's system")


@dataclass(frozen=True)
class Envelope:
    """Attributes that are there and are texts; `data` is an object."""

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    dataschema: str
    case_id: str
    data: dict[str, Any]


def text(message: dict[str, Any], name: str, default: str | None = None) -> str:
    """An attribute as NFC text; Refusal missing-field or wrong-type."""
    value = message.get(name, default)
    if value is None or value == "":
        raise Refusal("missing-field", name, None, f"send {name}")
    if not isinstance(value, str):
        raise Refusal("wrong-type", name, type(value).__name__, f"send {name} as text")
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def feed_of(message: dict[str, Any], feeds: dict[str, PromisedFeed], sent_to: str | None) -> PromisedFeed:
    """The feed that the event's type names; Refusal unknown-feed."""
    name = text(message, "type").split(".", 1)[0]
    if name not in feeds:
        mend = f"write type as <feed>.<event> of a known feed{near(name, feeds)}"
        raise Refusal("unknown-feed", "type", message["type"], mend)
    if sent_to is not None and name != sent_to:
        raise Refusal(
            "unknown-feed", "type", message["type"], f"send it to {name}, or write {sent_to}.<event>"
        )
    return feeds[name]


def read_envelope(message: dict[str, Any], promised: PromisedFeed) -> Envelope:
    """The attributes, the known schema, and data with instants in UTC and texts in NFC."""
    if text(message, "specversion") != "1.0":
        raise Refusal("unknown-schema", "specversion", message["specversion"], "send CloudEvents 1.0")
    dataschema = text(message, "dataschema")
    kind = text(message, "type")
    if dataschema not in promised.validators:
        mend = f"name one of {', '.join(promised.validators)}{near(dataschema, promised.validators)}"
        raise Refusal("unknown-schema", "dataschema", dataschema, mend)
    if dataschema.rsplit(".", 1)[0].replace("/", ".") != kind:
        raise Refusal("unknown-schema", "type", kind, f"type and dataschema ({dataschema}) name one event")
    data = message.get("data")
    if not isinstance(data, dict):
        raise Refusal(
            "wrong-type" if "data" in message else "missing-field", "data", None, "send data as an object"
        )
    said = {name: _datum(name, value, promised.instants[dataschema]) for name, value in data.items()}
    subject = text(message, "subject", promised.case_of("", said) or None).strip()
    return Envelope(
        id=text(message, "id"),
        source=text(message, "source"),
        type=kind,
        subject=subject,
        time=read_instant("time", text(message, "time")),
        dataschema=dataschema,
        case_id=promised.case_of(text(message, "caseid", subject).strip(), said),
        data=said,
    )


def _datum(name: str, value: Any, instants: frozenset[str]) -> Any:
    if value.__class__ is str:
        if name in instants:
            return instant_text(read_instant(name, value))
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if not storable(value):
        raise Refusal("poison-text", name, None, MEND_POISON)
    return value


def check_key(case_id: str, key: bytes | None) -> None:
    """A Kafka key, where there is one, is the case: else its events spread over partitions without order."""
    if key is not None and key != case_id.encode("utf-8", "surrogatepass"):
        shown = key.decode("utf-8", "replace")
        raise Refusal("wrong-key", "key", shown, f"send the case {case_id!r} as the message's key, or none")


def tokenised(data: dict[str, Any], personal: frozenset[str], key: bytes) -> dict[str, Any]:
    """Personal data as tokens; lists and objects there become an empty list, which no schema takes."""
    if personal.isdisjoint(data):
        return data
    return {n: _token(v, key) if n in personal and v is not None else v for n, v in data.items()}


def _token(value: Any, key: bytes) -> Any:
    return [] if isinstance(value, dict | list) else token(key, str(value))


def redacted(message: dict[str, Any], promised: PromisedFeed, key: bytes) -> dict[str, Any]:
    """What may be stored of a refused event: our attributes, promised data, names alone of anything else."""
    kept: dict[str, Any] = {name: message[name] for name in ATTRIBUTES if isinstance(message.get(name), str)}
    data = message.get("data")
    if isinstance(data, dict):
        known = {name: _promised(name, value, promised.nested) for name, value in data.items()}
        kept["data"] = tokenised(known, promised.personal, key)
    return kept


def _promised(name: str, value: Any, nested: dict[str, bool]) -> Any:
    if name not in nested:
        return None
    return value if nested[name] or not isinstance(value, dict | list) else []


def read_receipt(message: dict[str, Any]) -> Receipt:
    """The receipt that admission wrote into an accepted event."""
    seq = message.get("seq")
    if seq is not None and not isinstance(seq, int):
        raise Refusal("wrong-type", "seq", type(seq).__name__, "only admission writes this topic")
    received_at = read_instant("receivedat", text(message, "receivedat"))
    batch, raw = (None if message.get(n) is None else text(message, n) for n in ("batch", "raw"))
    return Receipt(received_at, batch, seq, raw)


def as_event(envelope: Envelope, feed: str, data: dict[str, Any], receipt: Receipt) -> Event:
    return Event(
        feed=feed,
        case_id=envelope.case_id,
        source=envelope.source,
        id=envelope.id,
        type=envelope.type,
        subject=envelope.subject,
        time=envelope.time,
        dataschema=envelope.dataschema,
        data=data,
        receipt=receipt,
    )
