"""A small log of cases, as tests of the jobs send it: any feed with statuses `received` and `completed`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import psycopg
from kafka import KafkaProducer

from ioc.event import Event, Receipt
from ioc.settings import Settings

RECEIVED = datetime(2011, 6, 1, tzinfo=UTC)

# case, channel, agency, received, due, completed: c6 is impossible, c3 late, c4 and c5 stay open.
CASES = [
    ("c1", "Desk", "North", "2011-01-03T08:00", "2011-01-19T23:00", "2011-01-10T09:00"),
    ("c2", "Desk", "North", "2011-01-04T08:00", "2011-01-19T23:00", "2011-01-20T14:00"),
    ("c3", "Post", "South", "2011-01-05T08:00", "2011-01-19T23:00", "2011-02-02T09:00"),
    ("c4", "Post", "South", "2011-01-31T22:30", "2011-02-19T23:00", None),
    ("c5", "Desk", "North", "2011-01-31T23:30", "2011-03-19T23:00", None),
    ("c6", "Desk", "North", "2011-02-05T08:00", "2011-03-19T23:00", "2011-02-04T08:00"),
]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def event(feed: str, kind: str, case: str, at: str, **data: str) -> Event:
    made = Event(
        feed, case, "urn:test", f"{case}-{kind}", f"{feed}.{kind}", case, instant(at), f"{feed}/{kind}.v1",
        {"status": kind, **data}, Receipt(RECEIVED),
    )  # fmt: skip
    return Event(**{**vars(made), "hash": made.content_hash()})


def events_of(feed: str, cases: Sequence[tuple[str, str, str, str, str, str | None]]) -> list[Event]:
    made = []
    for case, channel, agency, received, due, completed in cases:
        said = {"channel": channel, "agency": agency, "due_at": f"{due}:00.000000Z"}
        made.append(event(feed, "received", case, received, **said))
        if completed:
            made.append(event(feed, "completed", case, completed))
    return made


def send(settings: Settings, feed: str, events: Sequence[Event | bytes]) -> None:
    """Onto the feed's topic, as the gate does."""
    producer = KafkaProducer(bootstrap_servers=settings.kafka_servers)
    for one in events:
        if isinstance(one, bytes):
            producer.send(feed, value=one, key=b"x")
        else:
            producer.send(feed, value=one.to_bytes(), key=one.case_id.encode())
    producer.flush()
    producer.close()


def taken(settings: Settings, feed: str) -> int:
    """How many offsets of the feed's topic live has taken."""
    with psycopg.connect(settings.warehouse_url) as conn:
        row = conn.execute("select sum(next_offset) from topic_partition where topic = %s", [feed]).fetchone()
        return int(row[0] or 0) if row else 0
