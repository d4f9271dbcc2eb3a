"""Refused messages as they may be kept: nothing personal, and a payload only where redriving it is honest."""

from __future__ import annotations

from typing import Any

import orjson

from ioc.admit.mapping import CompiledSource
from ioc.admit.promised import PromisedFeed
from ioc.admit.reasons import Refusal
from ioc.admit.tokens import KEPT_TEXT, MASK, masked_text, personal_pattern
from ioc.admit.verdict import Quarantined, clean
from ioc.event import Receipt
from schemas import Registry, personal_fields


class Refuser:
    """Knows the personal fields of every source and feed."""

    def __init__(self, registry: Registry, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._by_source = {n: personal_pattern(s.personal) for n, s in registry.sources.items()}
        everywhere = {field for source in registry.sources.values() for field in source.personal}
        for feed in registry.every.values():
            for schema in feed.event_schemas.values():
                everywhere |= personal_fields(schema)
        self._everywhere = personal_pattern(everywhere)

    def row(
        self, compiled: CompiledSource, why: Refusal, row: dict[str, Any], receipt: Receipt
    ) -> Quarantined:
        """A source's own message that could be read."""
        value = MASK if why.field in compiled.personal and why.value is not None else why.value
        said = _said(compiled.feed.feed, compiled.source.source, why, value, receipt)
        return Quarantined(**said, **self._kept(compiled.redacted(row)))

    def event(
        self, promised: PromisedFeed, why: Refusal, payload: dict[str, Any], receipt: Receipt
    ) -> Quarantined:
        """A canonical event, its payload redacted already."""
        source = payload.get("source")
        value = MASK if why.field in promised.personal and why.value is not None else why.value
        return Quarantined(**_said(promised.name, source, why, value, receipt), **self._kept(payload))

    def blind(
        self,
        feed: str,
        source: str | None,
        why: Refusal,
        message: bytes | str | dict[str, Any],
        receipt: Receipt,
    ) -> Quarantined:
        """What no promise could be laid beside: nobody knows which of its values are personal."""
        if isinstance(message, dict):
            text = orjson.dumps(clean(dict.fromkeys(list(message)[:100], MASK))).decode()
        else:
            text = masked_text(message, self._by_source.get(source or "", self._everywhere))
        return Quarantined(**_said(feed, source, why, why.value, receipt), payload_text=text)

    def _kept(self, payload: dict[str, Any]) -> dict[str, Any]:
        """As `payload` where it says exactly what was sent; cleaned or cut it is text, never redriven."""
        cleaned = clean(payload)
        text = orjson.dumps(cleaned)
        if cleaned == payload and len(text) <= self.max_bytes:
            return {"payload": payload}
        return {"payload_text": text.decode()[:KEPT_TEXT]}


def _said(feed: str, source: str | None, why: Refusal, value: str | None, receipt: Receipt) -> dict[str, Any]:
    return {
        "feed": feed,
        "source": source,
        "reason": why.reason,
        "field": why.field,
        "value": value,
        "mend": why.mend,
        "receipt": receipt,
    }
