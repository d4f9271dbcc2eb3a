"""What the quarantine holds, for the commands that show it and send it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row, dict_row

from ioc.warehouse.connection import Connection

Key = tuple[str, int, int]  # topic, partition, offset

SHOWN = (
    'topic, partition, "offset", feed, source, reason, field, value, mend, payload, payload_text,'
    " received_at, batch, seq, raw, redriven_at, redriven_batch"
)


@dataclass(frozen=True)
class SetAside:
    """A case in no figure, and why; an event that mends it brings it back."""

    feed: str
    case_id: str
    reason: str
    source: str | None
    last_received_at: datetime | None


def refusals(conn: Connection, reason: str | None = None, *, standing: bool = False) -> list[dict[str, Any]]:
    """Rows of quarantine, oldest first; `standing`: only those not sent again yet."""
    with conn.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            f"""
            select {SHOWN} from quarantine
            where (%(reason)s::text is null or reason = %(reason)s)
                and (not %(standing)s or redriven_at is null)
            order by received_at, topic, partition, "offset"
            """.encode(),
            {"reason": reason, "standing": standing},
        )
        return cursor.fetchall()


def set_aside(conn: Connection) -> list[SetAside]:
    """Cases that the fold or a failing kernel set aside."""
    with conn.cursor(row_factory=class_row(SetAside)) as cursor:
        cursor.execute(
            "select feed, case_id, set_aside reason, source, last_received_at from cases"
            " where set_aside is not null order by feed, set_aside, case_id"
        )
        return cursor.fetchall()


def mark_redriven(conn: Connection, keys: Sequence[Key], batch: str, at: datetime) -> None:
    """These rows were sent again under `batch`, and Kafka has acknowledged them."""
    columns = [list(column) for column in zip(*sorted(keys), strict=True)] or [[], [], []]
    conn.execute(
        """
        update quarantine q set redriven_at = %s, redriven_batch = %s
        from unnest(%s::text[], %s::int[], %s::bigint[]) sent (topic, partition, "offset")
        where (q.topic, q.partition, q."offset") = (sent.topic, sent.partition, sent."offset")
        """,
        [at, batch, *columns],
    )
