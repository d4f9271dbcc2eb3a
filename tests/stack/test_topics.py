"""Kafka's topics on the real broker: as the feeds want, never narrower, never compacted, ids written down."""

from collections.abc import Iterator

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource

from ioc.admit import UNKNOWN_FEED
from ioc.errors import Retry, Stop
from ioc.settings import Settings
from ioc.stack.topics import Wanted, ensure, prepare, wanted
from ioc.warehouse import connect
from schemas import load

pytestmark = pytest.mark.broker


@pytest.fixture
def admin(parts: Settings) -> Iterator[KafkaAdminClient]:
    client = KafkaAdminClient(bootstrap_servers=parts.kafka_servers)
    yield client
    client.close()


def config(admin: KafkaAdminClient, topic: str) -> dict[str, str]:
    known = admin.describe_configs([ConfigResource("TOPIC", topic)], config_filter="all")["topic"][topic]
    return {name: entry["value"] for name, entry in known.items()}


def test_every_feed_has_three_topics_and_the_unknown_one_a_quarantine() -> None:
    registry = load()
    topics = wanted(registry)
    for name, feed in registry.every.items():
        kinds = (name, f"{name}.raw", f"{name}.quarantine")
        assert {topics[kind].partitions for kind in kinds} == {feed.topic.partitions}
    assert UNKNOWN_FEED + ".quarantine" in topics


def test_a_topic_is_made_as_wanted(parts: Settings, admin: KafkaAdminClient) -> None:
    made = ensure(parts.kafka_servers, {"made": Wanted(2, 30)})["made"]
    assert made.partitions == 2
    known = config(admin, "made")
    assert known["cleanup.policy"] == "delete"
    assert known["message.timestamp.type"] == "LogAppendTime"
    assert known["retention.ms"] == str(30 * 24 * 3600 * 1000)


def test_a_topic_is_widened_kept_longer_and_never_narrowed(parts: Settings, admin: KafkaAdminClient) -> None:
    first = ensure(parts.kafka_servers, {"wide": Wanted(2, 30)})["wide"]
    wider = ensure(parts.kafka_servers, {"wide": Wanted(3, 60)})["wide"]
    assert (wider.id, wider.partitions) == (first.id, 3)
    assert config(admin, "wide")["retention.ms"] == str(60 * 24 * 3600 * 1000)
    assert ensure(parts.kafka_servers, {"wide": Wanted(1, 60)})["wide"].partitions == 3


def test_a_compacted_topic_is_refused(parts: Settings, admin: KafkaAdminClient) -> None:
    admin.create_topics({"lossy": {"num_partitions": 1, "configs": {"cleanup.policy": "compact"}}})
    with pytest.raises(Stop, match="topic lossy is compacted"):
        ensure(parts.kafka_servers, {"lossy": Wanted(1, 30)})


def test_ids_and_first_offsets_are_in_the_warehouse_once(parts: Settings) -> None:
    registry = load()
    topics = prepare(parts, registry)
    assert prepare(parts, registry) == topics
    with connect(parts) as conn:
        rows = conn.execute(
            "select topic, count(*), min(topic_id), max(topic_id) from topic_partition group by 1"
        )
        known = {str(topic): (n, first, last) for topic, n, first, last in rows}
    assert {name: (t.partitions, t.id, t.id) for name, t in topics.items()}.items() <= known.items()


def test_a_broker_that_does_not_answer_is_named() -> None:
    with pytest.raises(Retry, match=r"127\.0\.0\.1:9 does not answer"):
        ensure("127.0.0.1:9", {"x": Wanted(1, 1)})
