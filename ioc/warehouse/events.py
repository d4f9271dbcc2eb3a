"""Events into the warehouse: staged by COPY, inserted in order of identity, later copies to `duplicate`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson

from ioc.event import Event, instant_text
from ioc.warehouse.connection import Connection

COLUMNS = (
    "feed, case_id, source, id, hash, type, dataschema, subject, occurred_at, received_at, status, due_at,"
    ' agency, receiving_agency, channel, procedure, data, topic, partition, "offset", batch, seq, raw'
)
STANDARD = ("status", "due_at", "agency", "receiving_agency", "channel", "procedure")
RECEIPT = 'topic, partition, "offset", feed, case_id, source, id, hash, received_at, batch, seq, raw'


@dataclass(frozen=True)
class Delivery:
    """An event and the offset it was delivered at."""

    topic: str
    partition: int
    offset: int
    event: Event

    @property
    def case(self) -> tuple[str, str]:
        return self.event.feed, self.event.case_id

    def order(self) -> tuple[str, ...]:
        """Identity first, then the offset: every worker inserts in this one order."""
        event = self.event
        place = f"{self.topic}/{self.partition:09}/{self.offset:020}"
        return event.feed, event.case_id, event.source, event.id, event.hash, place

    def row(self) -> tuple[object, ...]:
        event, receipt = self.event, self.event.receipt
        said = (event.feed, event.case_id, event.source, event.id, event.hash)
        envelope = (event.type, event.dataschema, event.subject)
        clocks = (instant_text(event.time), instant_text(receipt.received_at))
        standard = tuple(event.data.get(name) for name in STANDARD)
        place = (self.topic, self.partition, self.offset, receipt.batch, receipt.seq, receipt.raw)
        return *said, *envelope, *clocks, *standard, orjson.dumps(event.data).decode(), *place


def prepare(conn: Connection) -> None:
    """This session's temporary table, empty whenever a transaction begins."""
    shape = f"select 0 n, {COLUMNS} from event limit 0"
    conn.execute(f"create temp table live_event on commit delete rows as {shape}".encode())


def stage(conn: Connection, deliveries: Iterable[Delivery]) -> None:
    """Copies events into this session's `live_event`, numbered in order of identity."""
    with conn.cursor() as cursor, cursor.copy(f"copy live_event (n, {COLUMNS}) from stdin".encode()) as copy:
        for n, delivery in enumerate(sorted(deliveries, key=Delivery.order)):
            copy.write_row((n, *delivery.row()))


def stage_cases(conn: Connection, feed: str, case_ids: Sequence[str]) -> None:
    """Names cases in `live_event` without an event, for a refold."""
    conn.execute(
        "insert into live_event (feed, case_id) select %s, unnest(%s::text[])", [feed, list(case_ids)]
    )


def insert_staged(conn: Connection) -> int:
    """The first delivered copy of an identity stays in `event`, others go to `duplicate`: how many did."""
    return conn.execute(
        f"""
        with added as (
            insert into event ({COLUMNS}) select {COLUMNS} from live_event order by n
            on conflict do nothing returning topic, partition, "offset"
        )
        insert into duplicate ({RECEIPT}) select {RECEIPT} from live_event
        where (topic, partition, "offset") not in (select topic, partition, "offset" from added)
        """.encode()
    ).rowcount
