"""What was accepted lately, in bounded memory: enough to advise a sender that it repeats itself."""

from __future__ import annotations

from collections.abc import Iterable

from ioc.event import Event


class Recent:
    """Remembers the last `most` to twice `most` events; the warehouse alone decides what is a duplicate."""

    def __init__(self, most: int = 100_000) -> None:
        self._most = most
        self._young: set[tuple[str, str, str]] = set()
        self._old: set[tuple[str, str, str]] = set()

    def knows(self, event: Event) -> bool:
        name = (event.feed, event.case_id, event.hash)
        return name in self._young or name in self._old

    def remember(self, events: Iterable[Event]) -> None:
        for event in events:
            self._young.add((event.feed, event.case_id, event.hash))
            if len(self._young) >= self._most:
                self._young, self._old = set(), self._young
