"""Rows to the intake in numbered batches, each sent again until it is answered: a crash loses none."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from ioc.errors import BadInput, Retry
from streams.importer.rows import Row

ROWS_AT_ONCE = 500
BYTES_AT_ONCE = 4_000_000
IN_FLIGHT = 2
GIVE_UP_SECONDS = 120.0
LONGEST_PAUSE = 1.0


@dataclass
class Sent:
    """What was sent and what the intake said of it."""

    rows: int = 0
    events: int = 0
    read: int = 0


@dataclass(frozen=True)
class Batch:
    """Neighbouring rows of one kind, readable or not, to be posted together."""

    rows: Sequence[Row]

    @property
    def kind(self) -> str:
        return "unreadable" if self.rows[0].message is None else "messages"

    def content(self) -> bytes:
        if self.kind == "messages":
            return orjson.dumps([row.message for row in self.rows])
        return orjson.dumps([{"where": f"row {r.number}", "why": r.why, "text": r.text} for r in self.rows])

    def halves(self) -> list[Batch]:
        """For a request that was too large; a single row becomes one that cannot be read."""
        if len(self.rows) > 1:
            middle = len(self.rows) // 2
            return [Batch(self.rows[:middle]), Batch(self.rows[middle:])]
        row = self.rows[0]
        return [Batch([Row(row.number, row.read, None, "larger than the intake takes")])]


def batches(rows: Iterable[Row]) -> Iterator[Batch]:
    """Neighbours of one kind, at most ROWS_AT_ONCE and about BYTES_AT_ONCE."""
    held: list[Row] = []
    size = 0
    for row in rows:
        full = len(held) >= ROWS_AT_ONCE or size >= BYTES_AT_ONCE
        if held and (full or (held[0].message is None) != (row.message is None)):
            yield Batch(held)
            held, size = [], 0
        held.append(row)
        size += sum(len(str(value)) for value in (row.message or {}).values())
    if held:
        yield Batch(held)


class Sender:
    """Posts batches under one name; `tell` hears after each answer how far it came."""

    def __init__(self, url: str, source: str, name: str, tell: Callable[[Sent], None]) -> None:
        self._path = f"{url}/v1/sources/{source}"
        self._name = name
        self._tell = tell
        self.sent = Sent()

    async def send(self, rows: Iterable[Row]) -> Sent:
        """Sends everything; Retry where the intake takes nothing for GIVE_UP_SECONDS."""
        todo = batches(rows)
        async with httpx.AsyncClient(timeout=30) as client, asyncio.TaskGroup() as tasks:
            for _ in range(IN_FLIGHT):
                tasks.create_task(self._work(client, todo))
        return self.sent

    async def _work(self, client: httpx.AsyncClient, todo: Iterator[Batch]) -> None:
        for batch in todo:
            events = await self._post(client, batch)
            self.sent.rows += len(batch.rows)
            self.sent.events += events
            self.sent.read = max(self.sent.read, batch.rows[-1].read)
            self._tell(self.sent)

    async def _post(self, client: httpx.AsyncClient, batch: Batch) -> int:
        """How many events the batch came to."""
        asked = {"batch": self._name, "seq": str(batch.rows[0].number)}
        until, pause, content = time.monotonic() + GIVE_UP_SECONDS, 0.1, batch.content()
        while True:
            answer = await self._try(client, f"{self._path}/{batch.kind}", asked, content)
            if isinstance(answer, dict):
                return int(answer["accepted"] + answer["quarantined"] + answer["duplicate"])
            if answer == "413":
                return sum([await self._post(client, half) for half in batch.halves()])
            if time.monotonic() > until:
                mend = "see `ioc status`, then import the file again: nothing counts twice"
                raise Retry(f"the intake took nothing for {GIVE_UP_SECONDS:g} s ({answer}); {mend}")
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _try(
        self, client: httpx.AsyncClient, url: str, asked: dict[str, str], content: bytes
    ) -> dict[str, Any] | str:
        """The intake's answer, or why there is none yet."""
        try:
            response = await client.post(url, params=asked, content=content)
        except httpx.TransportError as exc:
            return f"{type(exc).__name__}: {exc}"
        if response.status_code == httpx.codes.OK:
            return dict(orjson.loads(response.content))
        if response.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
            return "413"
        if response.is_client_error:
            said = orjson.loads(response.content)
            raise BadInput(said["field"], said["value"], said["mend"])
        return f"HTTP {response.status_code}: {response.text[:200]}"
