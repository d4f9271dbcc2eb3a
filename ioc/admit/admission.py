"""The door: bytes or a row in, accepted events or quarantined messages out. Pure; instants are arguments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ioc.admit.envelope import (
    as_event,
    check_key,
    feed_of,
    read_envelope,
    read_receipt,
    redacted,
    tokenised,
)
from ioc.admit.mapping import CompiledSource, Draft
from ioc.admit.parsing import parsed
from ioc.admit.promised import PromisedFeed
from ioc.admit.reasons import Refusal
from ioc.admit.refused import Refuser
from ioc.admit.verdict import UNKNOWN_FEED, Admitted, Quarantined
from ioc.event import Event, Receipt
from schemas import Registry, near
from schemas.source import MOST_EVENTS

UNSAID = datetime.min  # noqa: DTZ901 (naive on purpose: nobody can take it for an instant)


class Admission:
    """Holds the compiled promises; make one per process, and again when the registry changes."""

    def __init__(self, registry: Registry, token_key: bytes, max_bytes: int) -> None:
        if len(token_key) < 16:
            raise ValueError("a token key has at least 16 bytes")
        self.registry = registry
        self.key = token_key
        self.max_bytes = max_bytes
        self.feeds = {n: PromisedFeed(f, registry, max_bytes) for n, f in registry.every.items()}
        self.sources = {
            n: CompiledSource(s, registry.every[s.feed], token_key) for n, s in registry.sources.items()
        }
        self._codes = {
            n: self.feeds[s.feed].codes(s.agencies, s.procedures) for n, s in registry.sources.items()
        }
        self._own = {n: p.codes(p.feed.agencies, p.feed.procedures) for n, p in self.feeds.items()}
        self._stored = {n: p.codes("own", "any") for n, p in self.feeds.items()}
        self.refuser = Refuser(registry, max_bytes)

    def native(
        self, source: str, message: bytes | dict[str, Any], receipt: Receipt, now: datetime
    ) -> list[Admitted | Quarantined]:
        """A source's own message or row (a dict of texts) as its events; receipts get seq * 16 + i."""
        compiled = self.sources.get(source)
        if compiled is None:
            mend = f"name a mapping{near(source, self.sources)}, or add sources/{source}.yaml; send it again"
            refusal = Refusal("unknown-source", "source", source, mend)
            return [self.refuser.blind(UNKNOWN_FEED, source, refusal, message, _numbered(receipt, 0))]
        try:
            row = parsed(message, self.max_bytes)
        except Refusal as exc:
            return [self.refuse(source, exc, message, _numbered(receipt, 0))]
        verdicts: list[Admitted | Quarantined] = []
        for draft in compiled.drafts(row):
            at = _numbered(receipt, len(verdicts))
            found = draft if isinstance(draft, Refusal) else self._finished(compiled, draft, at, now)
            verdicts.append(
                self.refuser.row(compiled, found, row, at) if isinstance(found, Refusal) else found
            )
        return verdicts

    def refuse(
        self, source: str, why: Refusal, message: bytes | str | dict[str, Any], at: Receipt
    ) -> Quarantined:
        """A message of `source` that never became a row (unreadable, not JSON, too large), safe to keep."""
        compiled = self.sources.get(source)
        feed = compiled.feed.feed if compiled else UNKNOWN_FEED
        return self.refuser.blind(feed, source, why, message, at)

    def canonical(
        self,
        message: bytes | dict[str, Any],
        receipt: Receipt,
        now: datetime,
        feed: str | None = None,
        key: bytes | None = None,
    ) -> Admitted | Quarantined:
        """A CloudEvents message; `feed` is the one it was sent to, `key` its Kafka key where it had one."""
        sent_to = feed if feed in self.feeds else None
        content: dict[str, Any] | None = None
        promised = self.feeds[sent_to] if sent_to else None
        try:
            content = parsed(message, self.max_bytes)
            promised = feed_of(content, self.feeds, sent_to)
            envelope = read_envelope(content, promised)
            check_key(envelope.case_id, key)
            promised.check_not_ahead("time", envelope.time, now)
            data = tokenised(envelope.data, promised.tokens[envelope.dataschema], self.key)
            return promised.admitted(
                as_event(envelope, promised.name, data, receipt), self._own[promised.name]
            )
        except Refusal as exc:
            return self._refused(exc, message, content, promised, receipt)

    def recheck(self, value: bytes, feed: str | None = None, key: bytes | None = None) -> Event | Quarantined:
        """A value of topic `<feed>`, read again; what is malformed there is quarantined, never trusted.

        Lists of agencies and procedures are not asked again: they may have changed since it was accepted.
        A refused value that does not say when it was received has the receipt UNSAID, a naive instant.
        """
        receipt = Receipt(UNSAID)
        content: dict[str, Any] | None = None
        promised = self.feeds.get(feed or "")
        try:
            content = parsed(value, 2 * self.max_bytes)
            promised = feed_of(content, self.feeds, feed)
            receipt = read_receipt(content)
            envelope = read_envelope(content, promised)
            check_key(envelope.case_id, key)
            event = as_event(envelope, promised.name, envelope.data, receipt)
            promised.check(event, self._stored[promised.name])
            promised.seal(event, content, value)
        except Refusal as exc:
            return self._refused(exc, value, content, promised, receipt)
        return event

    def _finished(
        self, compiled: CompiledSource, draft: Draft, receipt: Receipt, now: datetime
    ) -> Admitted | Refusal:
        promised = self.feeds[compiled.feed.feed]
        try:
            promised.check_not_ahead("time", draft.time, now)
            event = Event(
                feed=promised.name,
                case_id=promised.case_of(draft.case, draft.data),
                source=compiled.source.system,
                id=draft.id,
                type=f"{promised.name}.{draft.event}",
                subject=draft.case,
                time=draft.time,
                dataschema=draft.dataschema,
                data=draft.data,
                receipt=receipt,
            )
            return promised.admitted(event, self._codes[compiled.source.source])
        except Refusal as exc:
            return exc.of_field(draft.origin)

    def _refused(
        self,
        why: Refusal,
        message: bytes | dict[str, Any],
        content: dict[str, Any] | None,
        promised: PromisedFeed | None,
        receipt: Receipt,
    ) -> Quarantined:
        if content is None or promised is None:
            feed = promised.name if promised else UNKNOWN_FEED
            return self.refuser.blind(feed, None, why, message, receipt)
        return self.refuser.event(promised, why, redacted(content, promised, self.key), receipt)


def _numbered(receipt: Receipt, i: int) -> Receipt:
    if receipt.seq is None:
        return receipt
    return Receipt(receipt.received_at, receipt.batch, receipt.seq * MOST_EVENTS + i, receipt.raw)
