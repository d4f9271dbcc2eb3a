"""The gate: every raw offset below its commit has its verdict, also after a crash before the commit."""

from typing import Any

import orjson
import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streams.gate.gate import Gate
from streams.producer import Sending
from streams.testing import minute

pytestmark = pytest.mark.broker

ROW = {"case": "c1", "start": "2026-03-01T10:00:00+01:00", "via": "Desk", "office": "North", "name": "An"}


@pytest.fixture
def gate(feed: Any, reading: Any) -> Any:
    reader, warehouse, promises = reading(f"{feed.name}.raw")
    sending = Sending(feed.settings, "test-gate")
    yield lambda: Gate(reader, sending, warehouse).step(promises.admission, minute(60 * 24 * 365))
    sending.close()


def put(
    feed: Any, kafka: KafkaProducer, value: bytes, source: str | None = None, key: bytes | None = None
) -> None:
    headers = [("ioc-source", source.encode())] if source else []
    kafka.send(f"{feed.name}.raw", value=value, headers=headers, key=key, partition=0)
    kafka.flush(10)


def sent(feed: Any, topic: str) -> list[dict[str, Any]]:
    """Everything on the topic, in order of partition and offset."""
    reader = KafkaConsumer(bootstrap_servers=feed.settings.kafka_servers, auto_offset_reset="earliest")
    places = [TopicPartition(topic, p) for p in range(2)]
    reader.assign(places)
    ends = reader.end_offsets(places)
    found: list[dict[str, Any]] = []
    while len(found) < sum(ends.values()):
        found += [orjson.loads(r.value) for records in reader.poll(200).values() for r in records]
    reader.close()
    return found


def committed(feed: Any) -> int:
    return int(
        feed.one("select next_offset from topic_partition where topic = $feed || '.raw' and partition = 0")
    )


def test_each_kind_of_message_gets_its_verdict(
    feed: Any, kafka: KafkaProducer, gate: Any, until: Any
) -> None:
    source = f"{feed.name}-post"
    put(feed, kafka, orjson.dumps({**ROW, "end": "2026-03-02T10:00:00+01:00"}), source)
    put(feed, kafka, feed.event("c2").to_bytes(), key=b"c2")
    put(feed, kafka, feed.event("c3").to_bytes(), key=b"another")
    put(feed, kafka, b"not json", source)
    put(feed, kafka, orjson.dumps({**ROW, "via": "Fax"}), source)
    put(feed, kafka, orjson.dumps(ROW), "no-such-mapping")
    until(lambda: gate() or committed(feed) == 6)
    raws = sorted(
        (e["raw"].rsplit("/", 1)[1], e["type"].split(".")[1], e["caseid"]) for e in sent(feed, feed.name)
    )
    assert raws == [("0", "completed", "c1"), ("0", "received", "c1"), ("1", "received", "c2")]
    refused = {e["raw"].rsplit("/", 1)[1]: e for e in sent(feed, f"{feed.name}.quarantine")}
    assert {n: e["reason"] for n, e in refused.items()} == {
        "2": "wrong-key",
        "3": "not-json",
        "4": "unknown-word",
    }
    assert refused["4"]["value"] == "Fax"
    assert '"An"' not in orjson.dumps(refused).decode(), "no personal value is stored, in quarantine neither"


def test_nothing_is_committed_before_kafka_has_it(
    feed: Any, kafka: KafkaProducer, gate: Any, reading: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between flush and commit, then the gate again: sent twice, lost never, told apart by `raw`."""
    put(feed, kafka, orjson.dumps(ROW), f"{feed.name}-post")

    def crash(*_: object) -> bool:
        raise KeyboardInterrupt("between flush and commit")

    with monkeypatch.context() as patch:
        patch.setattr("ioc.warehouse.offsets.move", crash)
        with pytest.raises(KeyboardInterrupt):
            until(gate)
    assert committed(feed) == 0
    reader, warehouse, promises = reading(f"{feed.name}.raw")
    after = Gate(reader, Sending(feed.settings, "test-gate-after"), warehouse)
    until(lambda: after.step(promises.admission, minute(60 * 24 * 366)) == 1)
    assert committed(feed) == 1
    first, second = sent(feed, feed.name)
    assert (first["raw"], first["hash"]) == (second["raw"], second["hash"]), "the warehouse sees a duplicate"


def test_the_gate_reads_again_what_kafka_did_not_take(
    feed: Any, kafka: KafkaProducer, gate: Any, until: Any, limit: Any
) -> None:
    """The broker refuses the accepted topic's messages for a while, which breaks a producer for good."""
    limit(feed.name, "100")
    put(feed, kafka, orjson.dumps(ROW), f"{feed.name}-post")
    for _ in range(6):
        assert gate() == 0
    assert committed(feed) == 0
    limit(feed.name, "1000000")
    until(lambda: gate() == 1)
    assert (committed(feed), len(sent(feed, feed.name))) == (1, 1)
