"""Where each partition stands: first offsets, compare-and-set moves, and the position known at an instant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ioc.warehouse.connection import Connection

Place = tuple[str, int]  # topic, partition


@dataclass(frozen=True)
class Standing:
    """What the warehouse holds of one partition: the topic's id and the next offset to take."""

    topic_id: str
    next_offset: int


@dataclass(frozen=True, order=True)
class Move:
    """Take `topic`/`partition` from the offset we believe in to the next one to read."""

    topic: str
    partition: int
    expected: int
    next_offset: int


def register(conn: Connection, topic: str, topic_id: str, partitions: Iterable[int]) -> None:
    """First offsets: 0 for partitions never seen. A topic keeps its first id, so a new one shows."""
    conn.execute(
        """
        insert into topic_partition (topic, partition, topic_id, next_offset)
        select %(topic)s, p,
            coalesce((select min(topic_id) from topic_partition where topic = %(topic)s), %(id)s), 0
        from unnest(%(partitions)s::int[]) p order by p
        on conflict do nothing
        """,
        {"topic": topic, "id": topic_id, "partitions": sorted(partitions)},
    )


def standings(conn: Connection, topics: Sequence[str]) -> dict[Place, Standing]:
    """Every known partition of these topics."""
    rows = conn.execute(
        "select topic, partition, topic_id, next_offset from topic_partition where topic = any(%s)",
        [list(topics)],
    )
    return {(str(t), int(str(p))): Standing(str(i), int(str(n))) for t, p, i, n in rows}


def ends(conn: Connection, topic: str) -> dict[int, int]:
    """Per partition of the topic, the next offset to take."""
    return {partition: one.next_offset for (_, partition), one in standings(conn, [topic]).items()}


def move(conn: Connection, moves: Sequence[Move]) -> bool:
    """Compare-and-set, the rows locked in order; False where any of them stands elsewhere: roll back."""
    ordered = sorted(moves)
    columns = [
        [m.topic for m in ordered],
        [m.partition for m in ordered],
        [m.expected for m in ordered],
        [m.next_offset for m in ordered],
    ]
    moved = conn.execute(
        """
        with ours as (
            select t.topic, t.partition, m.next_offset
            from unnest(%s::text[], %s::int[], %s::bigint[], %s::bigint[])
                m (topic, partition, expected, next_offset)
            join topic_partition t on t.topic = m.topic and t.partition = m.partition
            where t.next_offset = m.expected
            order by t.topic, t.partition
            for update of t
        )
        update topic_partition t set next_offset = ours.next_offset
        from ours where t.topic = ours.topic and t.partition = ours.partition
        """,
        columns,
    ).rowcount
    return moved == len(ordered)


def know(conn: Connection, feeds: dict[str, list[str]], at: datetime) -> None:
    """Writes down the position (next offset per partition of a feed's topics) known at `at`."""
    for feed, topics in sorted(feeds.items()):
        conn.execute(
            """
            insert into knowledge (feed, at, position)
            select %s, %s, jsonb_object_agg(topic, places) from (
                select topic, jsonb_object_agg(partition::text, next_offset) places
                from topic_partition where topic = any(%s) group by topic
            ) known having count(*) > 0
            on conflict do nothing
            """,
            [feed, at, topics],
        )
