"""The quarantine table: what was refused, at which offset, with the mend."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from ioc.warehouse.connection import Connection

COLUMNS = (
    'topic, partition, "offset", feed, source, reason, field, value, mend, payload, payload_text,'
    " received_at, batch, seq, raw, hash"
)
LONGEST_TEXT = 2_000  # characters of a field or value; the payload is kept whole


@dataclass(frozen=True)
class Refused:
    """A row of quarantine and the offset it is keyed by."""

    topic: str
    partition: int
    offset: int
    feed: str
    reason: str
    mend: str
    received_at: datetime
    source: str | None = None
    field: str | None = None
    value: str | None = None
    payload: Any = None
    payload_text: str | None = None
    batch: str | None = None
    seq: int | None = None
    raw: str | None = None

    def row(self) -> tuple[object, ...]:
        payload, text = _storable(self.payload, self.payload_text)
        said = [_plain(t) for t in (self.feed, self.source, self.reason, self.field, self.value, self.mend)]
        place = (self.topic, self.partition, self.offset)
        how = (self.received_at, _plain(self.batch), self.seq, _plain(self.raw))
        return *place, *said, payload, text, *how, self.hash()

    def hash(self) -> str | None:
        """What a repeat shares: what was said and why it was refused; masked text only with its own place.

        None on a feed's own topic: every refused offset keeps its row there, by which rollups leave it out.
        """
        place = (self.seq, self.raw) if self.payload is None else None
        if place == (None, None) or self.topic == self.feed:
            return None
        why = (self.feed, self.source, self.reason, self.field, self.value)
        said = [*why, self.payload, self.payload_text, place]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]


def _plain(text: str | None) -> str | None:
    """What PostgreSQL can hold of a text: a NUL shows as its symbol, lone surrogates as `?`."""
    if text is None:
        return None
    return text.replace("\x00", "\u2400").encode(errors="replace").decode()[:LONGEST_TEXT]


def _storable(payload: Any, text: str | None) -> tuple[str | None, str | None]:
    if payload is not None:
        written = orjson.dumps(payload).decode()
        if "\\u0000" not in written:
            return written, None
        text = written
    return None, None if text is None else text.replace("\x00", "\u2400").encode(errors="replace").decode()


_INSERT = f"""
with given as (
    select *, payload_json::jsonb payload from unnest(
        %s::text[], %s::int[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
        %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::text[], %s::bigint[], %s::text[],
        %s::text[]
    ) with ordinality given (
        topic, partition, "offset", feed, source, reason, field, value, mend,
        payload_json, payload_text, received_at, batch, seq, raw, hash, n
    )
), added as (
    insert into quarantine ({COLUMNS}) select {COLUMNS} from given order by n
    on conflict (hash) where redriven_at is null do nothing
    returning topic, partition, "offset"
)
insert into duplicate
    (topic, partition, "offset", feed, case_id, source, id, hash, received_at, batch, seq, raw)
select topic, partition, "offset", feed, '', coalesce(source, ''), '', hash, received_at, batch, seq, raw
from given where (topic, partition, "offset") not in (select topic, partition, "offset" from added)
"""


def insert(conn: Connection, refused: Iterable[Refused]) -> None:
    """One row per offset, in one order. A refusal repeated while it stands is a duplicate."""
    rows = sorted((row.row() for row in refused), key=lambda row: (str(row[-1]), row[:3]))
    if rows:
        conn.execute(_INSERT.encode(), [list(column) for column in zip(*rows, strict=True)])
