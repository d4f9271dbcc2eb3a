"""Kafka's topics as the feeds' files want them: made, widened, kept long enough, known to the warehouse."""

from __future__ import annotations

import time
from dataclasses import dataclass

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource
from kafka.errors import KafkaError

from ioc.admit import UNKNOWN_FEED
from ioc.errors import Retry, Stop
from ioc.settings import Settings
from ioc.warehouse import connect
from ioc.warehouse.offsets import register
from schemas import Registry

KINDS = ("", ".raw", ".quarantine")  # accepted, as sent by bridges, refused


@dataclass(frozen=True)
class Wanted:
    """What a feed's file says of a topic."""

    partitions: int
    retention_days: int

    def configs(self) -> dict[str, str]:
        return {
            "cleanup.policy": "delete",  # compaction would lose events
            "message.timestamp.type": "LogAppendTime",  # a clock ahead of the broker's is refused otherwise
            "retention.ms": str(self.retention_days * 86_400_000),
        }


@dataclass(frozen=True)
class Topic:
    """A topic as it is."""

    id: str
    partitions: int


def wanted(registry: Registry) -> dict[str, Wanted]:
    """Every topic of every feed, and one for what names no feed that we know."""
    topics = {
        name + kind: Wanted(feed.topic.partitions, feed.topic.retention_days)
        for name, feed in sorted(registry.every.items())
        for kind in KINDS
    }
    longest = max((want.retention_days for want in topics.values()), default=30)
    return {**topics, UNKNOWN_FEED + KINDS[-1]: Wanted(1, longest)}


def ensure(servers: str, topics: dict[str, Wanted]) -> dict[str, Topic]:
    """Makes what is missing and widens what is too narrow; Stop where a topic is compacted."""
    try:
        admin = KafkaAdminClient(
            bootstrap_servers=servers, client_id="ioc-topics", bootstrap_timeout_ms=10_000
        )
    except KafkaError as exc:
        raise Retry(f"Kafka at {servers} does not answer: {exc}") from exc
    try:
        known = _describe(admin)
        _make(admin, {name: want for name, want in topics.items() if name not in known})
        _alter(admin, {name: want for name, want in topics.items() if name in known}, known)
        return _settled(admin, topics)
    finally:
        admin.close()


def _describe(admin: KafkaAdminClient) -> dict[str, Topic]:
    return {t["name"]: Topic(str(t["topic_id"]), len(t["partitions"])) for t in admin.describe_topics()}


def _settled(admin: KafkaAdminClient, topics: dict[str, Wanted]) -> dict[str, Topic]:
    """The topics once the broker's metadata shows every partition."""
    for _ in range(100):
        found = _describe(admin)
        if all(name in found and found[name].partitions >= w.partitions for name, w in topics.items()):
            return {name: found[name] for name in topics}
        time.sleep(0.1)
    raise Retry("Kafka made the topics and does not show them after 10 s")


def _make(admin: KafkaAdminClient, missing: dict[str, Wanted]) -> None:
    if missing:
        new = {name: {"num_partitions": w.partitions, "configs": w.configs()} for name, w in missing.items()}
        admin.create_topics(new, wait_for_metadata=True)


def _alter(admin: KafkaAdminClient, topics: dict[str, Wanted], known: dict[str, Topic]) -> None:
    if not topics:
        return
    asked = [ConfigResource("TOPIC", name, list(want.configs())) for name, want in topics.items()]
    now = admin.describe_configs(asked, config_filter="all")["topic"]
    changes = []
    for name, want in topics.items():
        values = {key: now[name][key]["value"] for key in want.configs() if key in now[name]}
        if "compact" in values.get("cleanup.policy", ""):
            raise Stop(f"topic {name} is compacted, which loses events; set its cleanup.policy to delete")
        if values != want.configs():
            changes.append(ConfigResource("TOPIC", name, want.configs()))
    if changes:
        admin.alter_configs(changes)
    narrow = {name: w.partitions for name, w in topics.items() if known[name].partitions < w.partitions}
    if narrow:
        admin.create_partitions(narrow)


def prepare(settings: Settings, registry: Registry) -> dict[str, Topic]:
    """The topics of these feeds on Kafka, their ids and first offsets in the migrated warehouse."""
    topics = ensure(settings.kafka_servers, wanted(registry))
    with connect(settings, name="ioc topics") as conn:
        for name, topic in topics.items():
            register(conn, name, topic.id, range(topic.partitions))
    return topics
