"""A feed's examples as admission takes them: what becomes of each, or why it is refused and the mend."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from ioc.admit import Quarantined
from ioc.check.examples import Example, admission_of, of_feed
from ioc.event import Receipt
from schemas import AnyFeed, Registry


@dataclass(frozen=True)
class Shown:
    """`text` as it lies in its file; `stored`: what the feed's topic gets of it, None where it is refused."""

    name: str
    text: str
    stored: dict[str, Any] | None
    reason: str = ""
    field: str | None = None
    mend: str = ""

    @property
    def sent(self) -> dict[str, Any]:
        """The event of an accepted example, as its sender wrote it."""
        return dict(orjson.loads(self.text))


class Examples:
    """Reads the examples of any feed of one registry; its admission is compiled once."""

    def __init__(self, registry: Registry, now: datetime) -> None:
        self._admission = admission_of(registry)
        self._now = now

    def of(self, feed: AnyFeed) -> list[Shown]:
        """None where the feed leaves examples to the one that it extends."""
        return [self._judged(example) for example in of_feed(feed)]

    def _judged(self, example: Example) -> Shown:
        content = example.path.read_bytes()
        verdict = self._admission.canonical(content, Receipt(self._now), self._now, example.owner)
        name, text = example.path.stem, content.decode(errors="replace")
        if isinstance(verdict, Quarantined):
            return Shown(name, text, None, verdict.reason, verdict.field, verdict.mend)
        event = verdict.event
        received = replace(event, receipt=Receipt(event.time))  # as if at once: no clock of today in it
        return Shown(name, text, dict(orjson.loads(received.to_bytes())))
