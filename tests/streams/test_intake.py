"""The intake over HTTP, a real Kafka behind it: one verdict per event, none before the acknowledgement."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import psutil
import pytest
from starlette.testclient import TestClient

from ioc.clock import Clock
from ioc.heartbeat import Heartbeat
from streams.intake import app as intake_app
from streams.producer import Sending
from streams.promises import Promises

pytestmark = pytest.mark.broker

ROW = {"case": "c1", "start": "2026-03-01T10:00:00+01:00", "via": "Desk", "office": "North", "name": "An"}


@pytest.fixture
def intake(feed: Any) -> Iterator[intake_app.Intake]:
    settings = feed.settings.model_copy(
        update={"intake_max_request_bytes": 200_000, "intake_max_event_bytes": 5_000}
    )
    clock = Clock.parse("2026-04-01T00:00:00+00:00@2026-01-01T00:00:00+00:00*0.000001")
    sending = Sending(settings, "test-intake")
    yield intake_app.Intake(settings, Promises(settings), clock, sending, Heartbeat("intake", settings.home))
    sending.close()


@pytest.fixture
def http(intake: intake_app.Intake) -> Iterator[TestClient]:
    with TestClient(intake_app.app(intake)) as client:
        yield client


@pytest.fixture
def messages(feed: Any) -> str:
    return f"/v1/sources/{feed.name}-post/messages"


def verdicts(answer: Any) -> list[tuple[str, str | None]]:
    assert answer.status_code == 200, answer.text
    return [(r["verdict"], r.get("reason")) for r in answer.json()["results"]]


def test_good_events_are_accepted_beside_every_kind_of_bad_one(http: TestClient, messages: str) -> None:
    bad = {
        "not-an-object": 5,
        "missing-field": {k: v for k, v in ROW.items() if k != "case"},
        "bad-time": {**ROW, "start": "yesterday"},
        "future-time": {**ROW, "start": "2026-05-01T00:00:00+02:00"},
        "impossible-time": {**ROW, "start": "1776-07-04T00:00:00Z"},
        "unknown-word": {**ROW, "via": "Fax"},
        "poison-text": {**ROW, "office": "a\x00b"},
        "too-large": {**ROW, "office": "x" * 6_000},
    }
    sent = [ROW, *bad.values(), {**ROW, "case": "c2", "end": "2026-03-02T00:00:00Z"}]
    answer = http.post(messages, content=orjson.dumps(sent))
    found = verdicts(answer)
    assert found[0] == ("accepted", None)
    assert [reason for _, reason in found[1:-2]] == list(bad)
    assert found[-2:] == [("accepted", None)] * 2, "the last row yields two events"
    assert (answer.json()["accepted"], answer.json()["quarantined"]) == (3, len(bad))
    assert all(r["mend"] for r in answer.json()["results"] if r["verdict"] == "quarantined")


def test_nan_and_lone_surrogates_take_no_good_event_along(http: TestClient, messages: str) -> None:
    body = b"[%s, %s, %s]" % (
        orjson.dumps(ROW),
        orjson.dumps(ROW).replace(b'"North"', b"NaN"),
        orjson.dumps(ROW).replace(b'"North"', b'"\\ud800"'),
    )
    assert verdicts(http.post(messages, content=body)) == [
        ("accepted", None),
        ("quarantined", "poison-text"),
        ("quarantined", "poison-text"),
    ]


def test_a_repeat_is_advised_and_sent_all_the_same(http: TestClient, feed: Any, messages: str) -> None:
    assert verdicts(http.post(messages, json=ROW)) == [("accepted", None)]
    assert verdicts(http.post(messages, json=[ROW, {**ROW, "office": "South"}])) == [
        ("duplicate", None),
        ("accepted", None),
    ]


def test_a_canonical_event_and_a_batch_of_them(http: TestClient, feed: Any) -> None:
    one = orjson.loads(feed.event("c1").to_bytes())
    assert verdicts(http.post("/v1/events", json=one)) == [("accepted", None)]
    zoneless = {**one, "id": "2", "time": "2026-03-01T10:00:00"}
    assert verdicts(http.post("/v1/events", json=[zoneless, {**one, "type": "nothing.known"}])) == [
        ("quarantined", "no-zone"),
        ("quarantined", "unknown-feed"),
    ]


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("/v1/events", b"{", 400, "body"),
        ("/v1/events", b"\xff\xfe", 400, "body"),
        ("/v1/events", b"[" * 100_000, 400, "body"),
        ("/v1/events", b"x" * 200_001, 413, "body"),
        ("/v1/events?seq=-1", b"[]", 400, "seq"),
        ("/v1/events?batch=" + "b" * 201, b"[]", 400, "batch"),
        ("/v1/sources/nobody/messages", b"[]", 404, "source"),
    ],
)
def test_what_cannot_be_read_at_all_is_a_4xx_that_names_itself(
    http: TestClient, path: str, body: bytes, status: int, field: str
) -> None:
    answer = http.post(path, content=body)
    assert (answer.status_code, answer.json()["field"]) == (status, field)
    assert answer.json()["mend"]


def test_a_mended_mapping_holds_without_a_restart(http: TestClient, feed: Any, messages: str) -> None:
    fax = {**ROW, "via": "Fax"}
    assert verdicts(http.post(messages, json=fax)) == [("quarantined", "unknown-word")]
    mapping = Path(feed.settings.schemas_path) / "sources" / f"{feed.name}-post.yaml"
    mapping.write_text(mapping.read_text().replace("Desk: Desk,", "Desk: Desk, Fax: Post,"))
    before = http.get("/health").json()
    assert verdicts(http.post(messages, json=fax)) == [("accepted", None)]
    mapping.write_text("source: [")
    after = http.get("/health").json()
    assert before["problem"] is None
    assert str(mapping) in after["problem"]
    assert verdicts(http.post(messages, json={**fax, "case": "c9"})) == [("accepted", None)], (
        "the old one holds"
    )


def test_no_acknowledgement_is_a_503_within_a_bounded_time(
    http: TestClient, messages: str, monkeypatch: pytest.MonkeyPatch, broker: psutil.Process, until: Any
) -> None:
    monkeypatch.setattr(intake_app, "ACK_SECONDS", 1)
    assert verdicts(http.post(messages, json=ROW)) == [("accepted", None)]
    broker.send_signal(signal.SIGSTOP)
    until(lambda: broker.status() == psutil.STATUS_STOPPED)
    try:
        answer = http.post(messages, json={**ROW, "case": "c2"})
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
    finally:
        broker.send_signal(signal.SIGCONT)
    monkeypatch.setattr(intake_app, "ACK_SECONDS", 20)
    assert verdicts(http.post(messages, json={**ROW, "case": "c2"})) == [("accepted", None)], (
        "never advised as known"
    )


def test_a_message_the_broker_refuses_breaks_the_producer_only_for_a_moment(
    http: TestClient, feed: Any, messages: str, until: Any, limit: Any
) -> None:
    limit(feed.name, "100")
    assert http.post(messages, json=ROW).status_code == 503
    limit(feed.name, "1000000")
    until(lambda: http.post(messages, json=ROW).status_code == 200)


@pytest.fixture
def broker(parts: Any) -> psutil.Process:
    """The one this test's producer is connected to: others of the run may have their own."""
    port = int(parts.kafka_servers.rsplit(":", 1)[1])
    java = [child for child in psutil.Process().children(recursive=True) if child.name() == "java"]
    return next(
        p for p in java if any(c.laddr.port == port for c in p.net_connections() if c.status == "LISTEN")
    )
