"""One feed's screens: a change is encoded once and sent to all; who falls behind gets a fresh snapshot."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import orjson

from screens.delta import delta

CAPACITY = 8
HEARTBEAT_SECONDS = 15.0
RETRY_MS = (500, 2500)  # drawn per screen, so that a restart is not met by all screens at once
HEARTBEAT = b": heartbeat\n\n"


def encoded(event: str, number: int, data: dict[str, Any]) -> bytes:
    """One Server-Sent Event."""
    return b"event: %s\nid: %d\ndata: %s\n\n" % (event.encode(), number, orjson.dumps(data))


class Screen:
    """One connection: a queue of encoded frames. `behind` until its first snapshot."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue(CAPACITY)
        self.behind = True

    def offer(self, frame: bytes | None, snapshot: bytes) -> None:
        """Queues a frame; a full queue is emptied and holds the snapshot alone."""
        if self.behind or self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            frame = snapshot if frame is not None else None
            self.behind = False
        self.queue.put_nowait(frame)


class Hub:
    """State in, frames out. Numbers count states; a screen at number n holds exactly state n."""

    def __init__(self) -> None:
        self.screens: set[Screen] = set()
        self.state: dict[str, Any] | None = None
        self.number = 0
        self.closed = False
        self._snapshot: bytes | None = None

    def snapshot(self) -> bytes:
        """The present state as a frame, encoded at most once per state."""
        if self._snapshot is None:
            self._snapshot = encoded("snapshot", self.number, self.state or {})
        return self._snapshot

    def publish(self, state: dict[str, Any]) -> None:
        """Sends the difference to all screens; those without a snapshot yet get one."""
        change = delta(self.state, state) if self.state is not None else state
        self.state, self.number, self._snapshot = state, self.number + 1, None
        if self.screens:
            frame = encoded("delta", self.number, change)
            self._send(
                frame,
                b"" if all(not s.behind and not s.queue.full() for s in self.screens) else self.snapshot(),
            )

    def trouble(self, reason: str) -> None:
        """Tells every screen that its numbers are no longer renewed, and why."""
        frame = encoded("trouble", self.number, {"reason": reason})
        for screen in self.screens:
            if not screen.queue.full():
                screen.queue.put_nowait(frame)

    def close(self) -> None:
        """Ends every stream, so that the server can stop."""
        self.closed = True
        for screen in self.screens:
            screen.behind = True
            screen.offer(None, b"")

    def join(self) -> Screen:
        """A new screen; what it gets first is a snapshot: the present one, or the next."""
        screen = Screen()
        if self.state is not None:
            screen.offer(b"", self.snapshot())
        if self.closed:
            screen.offer(None, b"")
        self.screens.add(screen)
        return screen

    def leave(self, screen: Screen) -> None:
        self.screens.discard(screen)

    def _send(self, frame: bytes, snapshot: bytes) -> None:
        for screen in self.screens:
            screen.offer(frame, snapshot)


async def frames(hub: Hub, screen: Screen, heartbeat: float = HEARTBEAT_SECONDS) -> AsyncIterator[bytes]:
    """What goes down the wire to one screen, until the hub closes or the screen leaves."""
    try:
        yield b"retry: %d\n\n" % random.randint(*RETRY_MS)
        while True:
            try:
                frame = await asyncio.wait_for(screen.queue.get(), heartbeat)
            except TimeoutError:
                yield HEARTBEAT
                continue
            if frame is None:
                return
            yield frame
    finally:
        hub.leave(screen)
