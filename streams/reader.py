"""The one consumer loop: offsets come from the warehouse, move only by its word, and never jump."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import LogTruncationError, NoOffsetForPartitionError, OffsetOutOfRangeError

from ioc.settings import Settings
from ioc.warehouse import offsets
from ioc.warehouse.connection import Connection
from ioc.warehouse.offsets import Move, Standing
from streams.producer import kafka_servers

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 1.0  # for topics that are wanted and not made yet
MOST_RECORDS = 4_000  # of one poll, and so of one transaction


def consumer(settings: Settings, group: str, member: str) -> KafkaConsumer:
    """A static member of its group: started again, it takes its partitions back without a rebalance."""
    return KafkaConsumer(
        bootstrap_servers=kafka_servers(settings),
        client_id=member,
        group_id=group,
        group_instance_id=member,
        enable_auto_commit=False,
        auto_offset_reset="none",
        session_timeout_ms=6_000,
        heartbeat_interval_ms=2_000,
        max_poll_interval_ms=300_000,
        max_poll_records=MOST_RECORDS,
        fetch_min_bytes=1,
        fetch_max_wait_ms=400,  # an arrival ends the wait; it only sets how often nothing is asked for
        max_partition_fetch_bytes=4_194_304,
        reconnect_backoff_max_ms=1_000,
        metadata_max_age_ms=10_000,
        allow_auto_create_topics=False,
        metrics_enabled=False,
    )


@dataclass(frozen=True)
class Polled:
    """One partition's records of one poll, and the offset we believed it stood at."""

    place: TopicPartition
    expected: int
    records: Sequence[Any]

    @property
    def move(self) -> Move:
        return Move(self.place.topic, self.place.partition, self.expected, self.records[-1].offset + 1)


class Reader:
    """Polls the topics; knows per partition where it stands, and which ones are stopped and why."""

    def __init__(self, consumer: KafkaConsumer, topics: Sequence[str], warehouse: Callable[[], Connection]):
        self._consumer = consumer
        self._topics = sorted(topics)
        self._wanted = set(self._topics)
        self._looked = time.monotonic()
        self._warehouse = warehouse
        self._at: dict[TopicPartition, Standing] = {}
        self.stopped: dict[TopicPartition, str] = {}
        consumer.subscribe(self._topics)

    def want(self, topics: Iterable[str]) -> None:
        """From now on these topics: what a feed that was added needs is read once it is made."""
        self._wanted = set(topics)
        self._looked = -LOOK_EVERY_SECONDS

    def _follow(self) -> None:
        """Subscribes to the wanted topics that the warehouse knows; those being read go on where they are."""
        if self._wanted == set(self._topics) or time.monotonic() - self._looked < LOOK_EVERY_SECONDS:
            return
        self._looked = time.monotonic()
        there = offsets.standings(self._warehouse(), sorted(self._wanted))
        made = sorted({topic for topic, _ in there})
        if made != self._topics:
            log.info("reading %d topics, %d before", len(made), len(self._topics))
            self._topics = made
            self._consumer.subscribe(made)

    def poll(self, timeout_ms: int) -> list[Polled]:
        """What arrived, by partition; a partition that cannot go on is stopped, the others go on."""
        self._follow()
        held = self._consumer.assignment() & self.stopped.keys()
        if held:
            self._consumer.pause(*held)  # a rebalance forgets it
        try:
            polled = self._consumer.poll(timeout_ms=timeout_ms)
        except NoOffsetForPartitionError as exc:
            self.seek(exc.args[0])
            return []
        except OffsetOutOfRangeError as exc:
            self._stop_all(exc.args[0], "its log no longer holds the next offset to read")
            return []
        except LogTruncationError as exc:
            self._stop_all(exc.divergent_offsets, "its log was cut off below the next offset to read")
            return []
        return [self._checked(place, records) for place, records in polled.items() if self._sound(place)]

    def _checked(self, place: TopicPartition, records: Sequence[Any]) -> Polled:
        return Polled(place, self._at[place].next_offset, records)

    def _sound(self, place: TopicPartition) -> bool:
        if place in self.stopped:
            return False
        if place not in self._at:
            self.seek([place])
            return False
        found = self.topic_id(place.topic)
        if found is not None and found != self._at[place].topic_id:
            self.stop(place, f"the topic was made anew: its id is {found}, not {self._at[place].topic_id}")
            return False
        return True

    def topic_id(self, topic: str) -> str | None:
        """The topic's id by the newest metadata; fetches name the id, so it is no older than the records."""
        found = self._consumer._cluster.topic_id(topic)  # no public way to it without a request
        return None if found is None else str(found)

    def moved(self, polled: Iterable[Polled]) -> None:
        """The warehouse has them: from here we believe in the next offset."""
        for part in polled:
            self._at[part.place] = Standing(self._at[part.place].topic_id, part.move.next_offset)

    def seek(self, places: Iterable[TopicPartition]) -> None:
        """Takes these partitions up where the warehouse stands; first offsets for those never seen."""
        ours = self._consumer.assignment() & set(places)
        conn = self._warehouse()
        with conn.transaction():
            for topic in sorted({place.topic for place in ours}):
                self._register(conn, topic, {place.partition for place in ours if place.topic == topic})
            known = offsets.standings(conn, sorted({place.topic for place in ours}))
        for place in ours:
            standing = known.get((place.topic, place.partition))
            if standing is None:
                continue
            self._at[place] = standing
            self._consumer.seek(place, standing.next_offset)
            log.info("%s/%d: at offset %d", *place, standing.next_offset)
            self._sound(place)

    def _register(self, conn: Connection, topic: str, partitions: set[int]) -> None:
        found = self.topic_id(topic)
        if found is not None:
            offsets.register(conn, topic, found, partitions)

    def seek_all(self) -> None:
        """Takes everything up again, after the warehouse went away or another worker moved a partition."""
        self._at.clear()
        self.seek(self._consumer.assignment())

    def _stop_all(self, places: Iterable[TopicPartition], why: str) -> None:
        for place in places:
            self.stop(place, why)

    def stop(self, place: TopicPartition, why: str) -> None:
        """Stops one partition until a person has looked; it is never read from another offset by itself."""
        standing = self._at.get(place)
        where = "?" if standing is None else standing.next_offset
        self.stopped[place] = f"stopped at offset {where}: {why}; see docs/runbooks/stopped-partition.md"
        log.error("%s/%d: %s", *place, self.stopped[place])
        if place in self._consumer.assignment():
            self._consumer.pause(place)

    def detail(self) -> dict[str, Any]:
        """For the heartbeat: partitions read, and the stopped ones with the reason."""
        alerts = {f"{topic}/{partition}": why for (topic, partition), why in sorted(self.stopped.items())}
        return {"partitions": len(self._consumer.assignment()), "stopped": alerts}

    def close(self) -> None:
        self._consumer.close(autocommit=False)
