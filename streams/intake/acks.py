"""Waiting for Kafka's acknowledgements without a thread per request."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from ioc.errors import Retry


class Acks:
    """Counts the futures of one request down; they are completed by the producer's thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._done: asyncio.Future[BaseException | None] = loop.create_future()
        self._lock = threading.Lock()
        self._left = (
            1  # released by `wait`, so that the count cannot reach zero while futures are still added
        )

    def watch(self, future: Any) -> None:
        with self._lock:
            self._left += 1
        future.add_callback(self._arrived)
        future.add_errback(self._failed)

    def _arrived(self, _metadata: object) -> None:
        with self._lock:
            self._left -= 1
            if self._left:
                return
        self._loop.call_soon_threadsafe(self._settle, None)

    def _failed(self, exc: BaseException) -> None:
        self._loop.call_soon_threadsafe(self._settle, exc)

    def _settle(self, exc: BaseException | None) -> None:
        if not self._done.done():
            self._done.set_result(exc)

    async def wait(self, seconds: float) -> None:
        """Returns when all are acknowledged; Retry where one failed or the time is over."""
        self._arrived(None)
        try:
            failed = await asyncio.wait_for(self._done, seconds)
        except TimeoutError:
            raise Retry(f"Kafka did not acknowledge within {seconds:g} s") from None
        if failed is not None:
            raise Retry(f"Kafka did not acknowledge: {failed}") from failed
