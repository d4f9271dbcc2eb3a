"""Live workers on real Kafka: each delivered offset is one row, whatever is thrown at them."""

import os
import signal
import threading
from typing import Any

import pytest
from kafka import KafkaProducer

from ioc.clock import Clock
from ioc.heartbeat import Heartbeat, read
from streams.live.worker import Worker

pytestmark = pytest.mark.broker

CONSERVED = """
select sum(n) from (
    select count(*) n from event where feed = $feed
    union all select count(*) from duplicate where feed = $feed
    union all select count(*) from quarantine where feed = $feed
) counted
"""


def worker(feed: Any, reading: Any, part: str = "live-test") -> Worker:
    made: list[Worker] = []
    topics = (feed.name, f"{feed.name}.quarantine")
    reader, warehouse, promises = reading(*topics, ready=lambda conn: made[0].prepare(conn))
    made.append(Worker(reader, warehouse, promises, Clock(), Heartbeat(part, feed.settings.home)))
    return made[0]


def put(kafka: KafkaProducer, event: Any, partition: int | None = None, value: bytes | None = None) -> None:
    key = event.case_id.encode()
    kafka.send(event.feed, key=key, value=value or event.to_bytes(), partition=partition)


def taken(feed: Any) -> int:
    return int(feed.one("select sum(next_offset) from topic_partition where topic like $feed || '%'"))


def test_what_bypassed_admission_is_quarantined_and_the_rest_goes_on(
    feed: Any, kafka: KafkaProducer, reading: Any, until: Any
) -> None:
    good, bad = feed.event("c1"), feed.event("c2")
    put(kafka, good, 0)
    put(kafka, bad, 0, bad.to_bytes().replace(b'"North"', b'"Nor\\u0000th"'))
    put(kafka, bad, 0, b"\xff not json")
    kafka.send(feed.name, value=None, key=b"tombstone", partition=0)
    kafka.send(feed.name, value=bad.to_bytes(), key=b"another case", partition=0)
    kafka.send(f"{feed.name}.quarantine", value=b"{}", partition=0)
    put(kafka, feed.event("c1", "completed", 9), 0)
    kafka.flush(10)
    live = worker(feed, reading)
    until(lambda: live.step() or taken(feed) == 7)
    assert feed.rows("select case_id, status, in_figures from cases where feed = $feed") == [
        ("c1", "completed", True)
    ]
    reasons = feed.rows('select "offset", reason from quarantine where topic = $feed order by 1')
    assert reasons == [(1, "poison-text"), (2, "not-json"), (3, "not-json"), (4, "wrong-key")]
    assert feed.one("select reason from quarantine where topic <> $feed and feed = $feed") == "not-json"
    assert feed.one(CONSERVED) == 7
    assert read("live-test", feed.settings.home) is not None


def test_two_workers_that_both_believe_to_own_everything_write_each_event_once(
    feed: Any, kafka: KafkaProducer, reading: Any, until: Any
) -> None:
    """Each in a group of its own, as a zombie and the worker that took over from it."""
    for n in range(200):
        put(kafka, feed.event(f"c{n % 20}", ["received", "completed"][n % 2], n), n % 2)
    kafka.flush(10)
    workers = [worker(feed, reading, f"zombie-{i}") for i in range(2)]
    threads = [
        threading.Thread(target=until, args=[lambda w=w: w.step() or taken(feed) == 200]) for w in workers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert taken(feed) == 200
    assert feed.one("select count(*) from event where feed = $feed") == 200
    assert feed.one("select sum(events) from cases where feed = $feed") == 200
    assert feed.one(CONSERVED) == 200


def test_the_position_after_a_burst_is_known(
    feed: Any, kafka: KafkaProducer, reading: Any, until: Any
) -> None:
    put(kafka, feed.event("c1"), 0)
    put(kafka, feed.event("c2"), 1)
    kafka.flush(10)
    live = worker(feed, reading)
    last = "select position -> $feed from knowledge where feed = $feed order by at desc limit 1"
    until(lambda: live.step() or feed.rows(last) == [({"0": 1, "1": 1},)])


def test_kill_9_of_a_worker_in_the_middle_changes_no_figure(
    feed: Any, kafka: KafkaProducer, until: Any
) -> None:
    count = 6_000

    def send() -> None:
        for n in range(count):
            put(kafka, feed.event(f"c{n % 500}", ["received", "completed", "activity"][n % 3], n))
        kafka.flush(60)

    workers = {i: feed.start("streams.live", "--worker", str(i)) for i in (1, 2)}
    threading.Thread(target=send).start()
    for i in (1, 2, 1):
        seen = taken(feed)
        until(lambda seen=seen: taken(feed) > seen or taken(feed) == count)
        os.kill(workers[i].pid, signal.SIGKILL)
        workers[i].wait()
        workers[i] = feed.start("streams.live", "--worker", str(i))
    until(lambda: taken(feed) == count, 120)
    assert feed.one(CONSERVED) == count
    distinct = feed.one("select count(*) from event where feed = $feed")
    assert feed.one("select sum(events) from cases where feed = $feed") == distinct
    assert feed.one("select count(*) from cases where feed = $feed") == 500
