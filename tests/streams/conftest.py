"""Real Kafka and PostgreSQL with a feed of the test's own, and processes of ours as children."""

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import ConfigResource

from ioc.event import Event, Receipt
from ioc.settings import Settings
from ioc.stack import topics
from ioc.warehouse import connect
from schemas import Registry, load
from streams.process import Warehouse
from streams.promises import Promises
from streams.reader import Reader, consumer
from streams.testing import minute

MAPPING = """\
source: {feed}-post
feed: {feed}
label: {{vi: Bưu điện, en: Post}}
system: post.example
zone: Europe/Amsterdam
times: [iso]
agencies: own
personal: [name]
words:
  channel: {{Desk: Desk, Web: Internet}}
messages:
  row:
    case: "{{case}}"
    events:
      - event: received
        id: received
        time: start
        data:
          status: {{constant: received}}
          agency: office
          channel: {{field: via, words: channel}}
      - event: completed
        when: {{present: [end]}}
        id: completed
        time: end
        data: {{status: {{constant: completed}}, agency: office}}
"""


@dataclass
class Feed:
    """A feed that only this test knows; its settings find its files."""

    name: str
    settings: Settings
    registry: Registry
    children: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def event(self, case: str, kind: str = "received", at: float = 0, **data: Any) -> Event:
        made = Event(
            feed=self.name,
            case_id=case,
            source="post.example",
            id=f"{kind}/{at}",
            type=f"{self.name}.{kind}",
            subject=case,
            time=minute(at),
            dataschema=f"{self.name}/{kind}.v1",
            data={"status": kind, "agency": "North", **data},
            receipt=Receipt(minute(at + 1)),
        )
        return Event(**{**vars(made), "hash": made.content_hash()})

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with connect(self.settings, autocommit=True) as conn:
            return conn.execute(query.replace("$feed", f"'{self.name}'").encode()).fetchall()

    def one(self, query: str) -> Any:
        return self.rows(query)[0][0]

    def start(self, module: str, *words: str, **env: str) -> subprocess.Popen[bytes]:
        """`python -m module` on this feed's settings; killed at the end of the test."""
        home = self.settings.home
        chosen = {"IOC_HOME": str(home), "IOC_SCHEMAS_PATH": self.settings.schemas_path} | env
        clean = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        command = [sys.executable, "-P", "-m", module, *words]
        with (home / "logs" / f"{module}.log").open("ab") as out:
            child = subprocess.Popen(command, env=clean | chosen, stdout=out, stderr=out)
        self.children.append(child)
        return child


@pytest.fixture
def feed(parts: Settings, tmp_path: Path) -> Iterator[Feed]:
    name = f"t{uuid.uuid4().hex[:10]}"
    folder = tmp_path / "schemas"
    (folder / "feeds" / name).mkdir(parents=True)
    (folder / "feeds" / name / "feed.yaml").write_text(
        f"feed: {name}\nextends: permits\ntopic: {{partitions: 2, retention_days: 1}}\n"
    )
    (folder / "sources").mkdir()
    (folder / "sources" / f"{name}-post.yaml").write_text(MAPPING.format(feed=name))
    settings = parts.model_copy(update={"schemas_path": str(folder)})
    registry = load([folder])
    only = Registry({name: registry.feeds[name]}, registry.sources, registry.agencies, registry.procedures)
    topics.prepare(settings, only)
    feed = Feed(name, settings, registry)
    yield feed
    for child in feed.children:
        if child.poll() is None:
            child.send_signal(signal.SIGKILL)
        child.wait()


@pytest.fixture
def kafka(parts: Settings) -> Iterator[KafkaProducer]:
    producer = KafkaProducer(bootstrap_servers=parts.kafka_servers, acks="all")
    yield producer
    producer.close(5)


@pytest.fixture
def limit(parts: Settings) -> Callable[[str, str], None]:
    """Sets the size up to which the broker takes a topic's messages."""

    def to(topic: str, size: str) -> None:
        admin = KafkaAdminClient(bootstrap_servers=parts.kafka_servers)
        admin.alter_configs([ConfigResource("TOPIC", topic, {"max.message.bytes": size})])
        admin.close()

    return to


@pytest.fixture
def reading(feed: Feed) -> Iterator[Callable[..., tuple[Reader, Warehouse, Promises]]]:
    """A reader of some topics in a group of its own, as a worker has it."""
    opened: list[tuple[Reader, Warehouse]] = []

    def read(
        *names: str, ready: Callable[..., None] = lambda conn: None
    ) -> tuple[Reader, Warehouse, Promises]:
        warehouse = Warehouse(feed.settings, "test", threading.Event(), ready)
        group = f"{feed.name}-{len(opened)}"
        reader = Reader(consumer(feed.settings, group, group), names, warehouse.conn)
        opened.append((reader, warehouse))
        return reader, warehouse, Promises(feed.settings)

    yield read
    for reader, warehouse in opened:
        reader.close()
        warehouse.drop()


def until(check: Callable[[], Any], seconds: float = 60) -> Any:
    """The first true answer of `check`; fails the test after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")


@pytest.fixture(name="until")
def _until() -> Callable[..., Any]:
    return until
