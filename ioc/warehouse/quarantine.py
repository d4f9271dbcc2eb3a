"""The quarantine table: what was refused, at which offset, with the mend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from ioc.warehouse.connection import Connection

COLUMNS = (
    'topic, partition, "offset", feed, source, reason, field, value, mend, payload, payload_text,'
    " received_at, batch, seq, raw"
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
        return *place, *said, payload, text, *how


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


def insert(conn: Connection, refused: Iterable[Refused]) -> None:
    """One row per offset. The gate may deliver a refusal again after a crash: that copy is a duplicate."""
    new = []
    for row in sorted(refused, key=lambda row: (row.topic, row.partition, row.offset)):
        if row.raw is not None and _known(conn, row):
            _repeat(conn, row)
        else:
            new.append(row.row())
    marks = ", ".join(["%s"] * 15)
    with conn.cursor() as cursor:
        cursor.executemany(f"insert into quarantine ({COLUMNS}) values ({marks})".encode(), new)


def _known(conn: Connection, row: Refused) -> bool:
    return (
        conn.execute(
            "select 1 from quarantine where raw = %s and seq is not distinct from %s limit 1",
            [row.raw, row.seq],
        ).fetchone()
        is not None
    )


def _repeat(conn: Connection, row: Refused) -> None:
    conn.execute(
        """
        insert into duplicate
            (topic, partition, "offset", feed, case_id, source, id, hash, received_at, batch, seq, raw)
        values (%s, %s, %s, %s, '', '', '', '', %s, %s, %s, %s)
        """,
        [row.topic, row.partition, row.offset, row.feed, row.received_at, row.batch, row.seq, row.raw],
    )
