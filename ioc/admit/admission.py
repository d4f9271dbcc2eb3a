"""The door: bytes or a row in, accepted events or quarantined messages out. Pure; the instant comes as an argument."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ioc.admit.verdict import Admitted, Quarantined
from ioc.event import Event, Receipt
from schemas import Registry


class Admission:
    """Holds the compiled promises; make one per process and again when the registry changes."""

    def __init__(self, registry: Registry, token_key: bytes, max_bytes: int) -> None:
        self.registry = registry
        self.token_key = token_key
        self.max_bytes = max_bytes

    def native(
        self, source: str, message: bytes | dict[str, Any], receipt: Receipt, now: datetime
    ) -> list[Admitted | Quarantined]:
        """A source's own message or row (a dict of strings) as its events; receipts get seq * 16 + i."""
        raise NotImplementedError

    def canonical(
        self,
        message: bytes | dict[str, Any],
        receipt: Receipt,
        now: datetime,
        feed: str | None = None,
        key: bytes | None = None,
    ) -> Admitted | Quarantined:
        """A CloudEvents message; `feed` is the one it was sent to, `key` its Kafka key where it had one."""
        raise NotImplementedError

    def recheck(self, value: bytes, feed: str | None = None, key: bytes | None = None) -> Event | Quarantined:
        """A value of topic `<feed>`, read again; what is malformed there is quarantined, never trusted."""
        raise NotImplementedError
