"""The latency's named peer: kafka-python -> consumer -> insert and NOTIFY in one transaction -> listener.

No intake, no validation, no fold, no screen. `python -m bench.raw_path SERVERS URL` is the consumer.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import psycopg
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from ioc.settings import Settings

TOPIC = "bench-raw-path"
TABLES = """
drop schema if exists bench cascade;
create schema bench;
create table bench.event (id bigint primary key, case_id text not null, at timestamptz, data jsonb);
create table bench.current (case_id text primary key, at timestamptz, data jsonb);
create table bench.next (partition int primary key, next_offset bigint not null);
create table bench.total (n bigint not null);
insert into bench.total values (0);
"""
INSERT = """
with new as (insert into bench.event select * from arrived on conflict do nothing returning *),
kept as (
    insert into bench.current
    select distinct on (case_id) case_id, at, data from new order by case_id, at desc
    on conflict (case_id) do update set at = excluded.at, data = excluded.data where current.at < excluded.at
)
update bench.total set n = n + (select count(*) from new) returning n
"""
NEXT = """
insert into bench.next values (%s, %s)
on conflict (partition) do update set next_offset = excluded.next_offset
"""


@dataclass
class Peer:
    """The running consumer's parts."""

    settings: Settings
    producer: KafkaProducer
    told: int = 0


@contextmanager
def peer(settings: Settings) -> Iterator[Peer]:
    """Topic, tables and consumer process, all taken away again."""
    admin = KafkaAdminClient(bootstrap_servers=settings.kafka_servers)
    admin.create_topics([NewTopic(TOPIC, num_partitions=2, replication_factor=1)])
    with psycopg.connect(settings.warehouse_url, autocommit=True) as conn:
        conn.execute(TABLES)
    command = [sys.executable, "-m", "bench.raw_path", settings.kafka_servers, settings.warehouse_url]
    consumer = subprocess.Popen(command, stdout=subprocess.PIPE)
    producer = KafkaProducer(bootstrap_servers=settings.kafka_servers, acks="all", linger_ms=0)
    try:
        assert consumer.stdout is not None
        consumer.stdout.readline()
        yield Peer(settings, producer)
    finally:
        producer.close()
        consumer.terminate()
        consumer.wait(20)
        admin.delete_topics([TOPIC])
        admin.close()
        with psycopg.connect(settings.warehouse_url, autocommit=True) as conn:
            conn.execute("drop schema bench cascade")


async def measured(peer: Peer, seen: Any, rate: int, seconds: float, paced: Any, settled: Any) -> list[float]:
    """Sends at `rate`; `seen` notes what the listener hears of."""
    base = peer.told

    async def send(first: int, count: int) -> None:
        for number in range(base + first, base + first + count):
            said = {
                "id": number,
                "case_id": f"case-{number}",
                "at": time.time(),
                "data": {"status": "2" * 200},
            }
            peer.producer.send(TOPIC, value=orjson.dumps(said))

    async with listening(peer, seen, base):
        sent: list[float] = await paced(rate, seconds, 1, send)
        await settled(seen, len(sent))
    peer.told += len(sent)
    return sent


@asynccontextmanager
async def listening(peer: Peer, seen: Any, base: int) -> AsyncIterator[None]:
    conn = await psycopg.AsyncConnection.connect(peer.settings.warehouse_url, autocommit=True)
    await conn.execute("listen bench")

    async def hear() -> None:
        async for notice in conn.notifies():
            seen.note(int(notice.payload) - base)

    task = asyncio.create_task(hear())
    yield
    task.cancel()
    await conn.close()


def consume(servers: str, url: str) -> None:
    """Poll, COPY, insert, upsert, offsets, NOTIFY, commit; for ever."""
    consumer = KafkaConsumer(
        bootstrap_servers=servers, enable_auto_commit=False, fetch_max_wait_ms=100, fetch_min_bytes=1
    )
    places = [TopicPartition(TOPIC, number) for number in range(2)]
    consumer.assign(places)
    consumer.seek_to_beginning(*places)
    conn = psycopg.connect(url)
    conn.execute("create temp table arrived (like bench.event)")
    conn.commit()
    print("ready", flush=True)
    while True:
        polled = consumer.poll(timeout_ms=1000, max_records=5_000)
        if polled:
            _stored(conn, polled)


def _stored(conn: psycopg.Connection[Any], polled: dict[TopicPartition, list[Any]]) -> None:
    with conn.cursor() as cursor:
        with cursor.copy("copy arrived (id, case_id, at, data) from stdin") as copy:
            for records in polled.values():
                for record in records:
                    said = orjson.loads(record.value)
                    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(said["at"]))
                    copy.write_row((said["id"], said["case_id"], at, orjson.dumps(said["data"]).decode()))
        total = cursor.execute(INSERT).fetchone()
        for place, records in polled.items():
            cursor.execute(NEXT, (place.partition, records[-1].offset + 1))
        assert total is not None
        cursor.execute("truncate arrived")
        cursor.execute("select pg_notify('bench', %s)", (str(total[0]),))
    conn.commit()


if __name__ == "__main__":
    consume(*sys.argv[1:])
