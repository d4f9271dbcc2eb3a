"""When a feed's rollup is due, and when an idle or a busy stack must leave Spark alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from ioc.settings import Settings
from ioc.warehouse import connect
from ioc.warehouse.connection import Connection
from jobs.due import due
from schemas import Feed, load

pytestmark = pytest.mark.broker
FEED = load().feeds["permits"]  # Europe/Amsterdam
NOW = datetime(2024, 1, 10, 12, tzinfo=UTC)


def delivered(conn: Connection, offset: int, occurred: str) -> None:
    conn.execute(
        "insert into event (feed, case_id, source, id, hash, type, dataschema, subject, occurred_at,"
        ' received_at, data, topic, partition, "offset")'
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, %s)",
        [FEED.feed, "c", "s", str(offset), "h", "t", "d", "c", occurred, occurred, "{}", FEED.feed, offset],
    )
    conn.execute(
        "insert into topic_partition values (%s, 0, 'id', %s) on conflict (topic, partition) do update"
        " set next_offset = excluded.next_offset",
        [FEED.feed, offset + 1],
    )


def published(conn: Connection, feed: Feed = FEED, **other: Any) -> None:
    said = {"covers_to": "2024-01-09", "definitions": feed.definitions_hash} | other
    conn.execute(
        "insert into revision (feed, covers_from, covers_to, zone, position, definitions, run_id, audit,"
        " published_at) values (%s, '2024-01-01', %s, %s, %s, %s, 'r', '[]', %s)",
        [feed.feed, said["covers_to"], feed.zone, Jsonb({feed.feed: {"0": 1}}), said["definitions"], NOW],
    )


@pytest.fixture
def conn(warehouse: Settings) -> Any:
    with connect(warehouse) as conn:
        yield conn
        conn.rollback()


def test_without_events_nothing_is_due(conn: Connection) -> None:
    conn.execute("insert into topic_partition values (%s, 0, 'id', 0)", [FEED.feed])
    assert not due(conn, FEED, NOW)


def test_the_first_events_are_due(conn: Connection) -> None:
    delivered(conn, 0, "2024-01-09T10:00Z")
    assert due(conn, FEED, NOW)


def test_what_happens_after_the_covered_days_waits_for_its_days_end(conn: Connection) -> None:
    delivered(conn, 0, "2024-01-09T10:00Z")
    published(conn)
    assert not due(conn, FEED, NOW)
    delivered(conn, 1, "2024-01-09T23:00Z")  # the tenth in Amsterdam
    assert not due(conn, FEED, NOW)
    assert due(conn, FEED, NOW + timedelta(days=1))


def test_a_late_event_is_due_at_once(conn: Connection) -> None:
    delivered(conn, 0, "2024-01-09T10:00Z")
    published(conn)
    delivered(conn, 1, "2024-01-09T22:59Z")
    assert due(conn, FEED, NOW)


@pytest.mark.parametrize("other", [{"definitions": "other"}, {"covers_to": "2024-01-08"}])
def test_other_rules_and_ended_days_are_due(conn: Connection, other: dict[str, str]) -> None:
    delivered(conn, 0, "2024-01-09T10:00Z")
    published(conn, **other)
    assert due(conn, FEED, NOW)


def test_a_run_for_an_earlier_day_leaves_covered_days_alone_though_an_event_came_late(
    conn: Connection,
) -> None:
    delivered(conn, 1, "2024-01-05T10:00Z")
    published(conn)
    assert due(conn, FEED, NOW, NOW)
    assert not due(conn, FEED, NOW, NOW - timedelta(days=1))


def test_a_run_for_an_earlier_day_closes_what_had_ended_then_and_was_not_covered(conn: Connection) -> None:
    published(conn, covers_to="2024-01-06")
    delivered(conn, 0, "2024-01-05T10:00Z")
    assert due(conn, FEED, NOW, datetime(2024, 1, 8, 0, 30, tzinfo=UTC))
    assert not due(conn, FEED, NOW, datetime(2024, 1, 6, 22, 30, tzinfo=UTC)), "23:30 on the 6th there"


def test_a_first_run_for_a_day_before_the_first_event_publishes_no_empty_day(conn: Connection) -> None:
    delivered(conn, 0, "2024-01-05T10:00Z")
    assert not due(conn, FEED, NOW, datetime(2024, 1, 5, 0, 30, tzinfo=UTC))
    assert due(conn, FEED, NOW, datetime(2024, 1, 6, 0, 30, tzinfo=UTC))
