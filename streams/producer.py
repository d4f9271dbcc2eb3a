"""The producer of intake and gate: idempotent, acknowledged by all, failing within a bounded time."""

from __future__ import annotations

from typing import Any

from kafka import KafkaProducer

from ioc.admit import Admitted, topic
from ioc.admit.verdict import Verdict
from ioc.errors import BadInput
from ioc.settings import Settings

ACK_SECONDS = 10  # longest wait for an acknowledgement before the sender is told to try again


def kafka_servers(settings: Settings) -> str:
    if not settings.kafka_servers:
        raise BadInput("IOC_KAFKA_SERVERS", "", "start the stack (`ioc up`) or name a Kafka")
    return settings.kafka_servers


def producer(settings: Settings, name: str, linger_ms: int = 0) -> KafkaProducer:
    """A producer whose sends fail after ACK_SECONDS; what was sent again by then is a duplicate.

    linger_ms: the gate, whom nobody waits for, spends a third less by waiting for company.
    """
    return KafkaProducer(
        bootstrap_servers=kafka_servers(settings),
        client_id=name,
        acks="all",
        enable_idempotence=True,
        linger_ms=linger_ms,
        batch_size=262_144,
        max_request_size=max(1_048_576, 2 * settings.intake_max_event_bytes + 65_536),
        request_timeout_ms=ACK_SECONDS * 500,
        delivery_timeout_ms=ACK_SECONDS * 1000,
        max_block_ms=2_000,
        reconnect_backoff_max_ms=1_000,
        metrics_enabled=False,
        allow_auto_create_topics=False,
    )


def send(to: KafkaProducer, verdict: Verdict) -> Any:
    """Hands a verdict to the producer; the future is done when Kafka acknowledged it."""
    if isinstance(verdict, Admitted):
        return to.send(verdict.feed, value=verdict.value, key=verdict.key)
    return to.send(topic(verdict), value=verdict.to_bytes())
