"""The producer of intake and gate: idempotent, acknowledged by all, failing within a bounded time."""

from __future__ import annotations

import logging
import threading
import time
import zlib
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError
from kafka.partitioner import Partitioner

from ioc.admit import Admitted, topic
from ioc.admit.verdict import Verdict
from ioc.errors import BadInput
from ioc.settings import Settings

log = logging.getLogger(__name__)

RENEW_EVERY_SECONDS = 1.0
ACK_SECONDS = 10  # longest wait for an acknowledgement before the sender is told to try again


def kafka_servers(settings: Settings) -> str:
    if not settings.kafka_servers:
        raise BadInput("IOC_KAFKA_SERVERS", "", "start the stack (`ioc up`) or name a Kafka")
    return settings.kafka_servers


class ByCase(Partitioner):  # type: ignore[misc]  # kafka-python has no types
    """A case's events in one partition; a refusal's by its content. The default's murmur2 loops in Python.

    Nothing but order within a case hangs on it, and that only for speed: partitions may be added at any time.
    """

    def partition(
        self,
        topic: str,
        key: Any,
        serialized_key: bytes | None,
        value: Any,
        serialized_value: bytes,
        cluster: Any,
    ) -> int:
        return zlib.crc32(serialized_key or serialized_value) % len(cluster.partitions_for_topic(topic))


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
        partitioner=ByCase(),
        batch_size=262_144,
        max_request_size=max(1_048_576, 2 * settings.intake_max_event_bytes + 65_536),
        request_timeout_ms=ACK_SECONDS * 500,
        delivery_timeout_ms=ACK_SECONDS * 1000,
        max_block_ms=2_000,
        reconnect_backoff_max_ms=1_000,
        metrics_enabled=False,
        allow_auto_create_topics=False,
    )


class Sending:
    """A producer that is made anew after an error it cannot get over.

    One message that the broker refuses puts kafka-python's idempotent producer into a fatal state for good.
    """

    def __init__(self, settings: Settings, name: str, linger_ms: int = 0) -> None:
        self._make = partial(producer, settings, name, linger_ms)
        self._kafka = self._make()
        self._renewing = threading.Lock()

    def send(self, verdict: Verdict) -> Any:
        """Hands a verdict to the producer; the future is done when Kafka acknowledged it."""
        if isinstance(verdict, Admitted):
            return self._kafka.send(verdict.feed, value=verdict.value, key=verdict.key)
        return self._kafka.send(topic(verdict), value=verdict.to_bytes())

    def flush(self) -> None:
        self._kafka.flush(ACK_SECONDS)

    def prepare(self, topics: Iterable[str]) -> None:
        """Asks for the topics' metadata now, so that the first events do not wait for it."""
        for name in topics:
            self._kafka.partitions_for(name)

    def failed(self, exc: BaseException) -> None:
        """A send failed, or was not acknowledged in time: a new producer is made, on a thread of its own.

        Where the broker was only away the old one might have come back; after a kill it sometimes does not.
        """
        if self._renewing.acquire(blocking=False):
            log.error("the producer is made anew after %s", exc or type(exc).__name__)
            threading.Thread(target=self._renew, daemon=True).start()

    def _renew(self) -> None:
        try:
            old, self._kafka = self._kafka, self._make()
            old.close(1)
        except KafkaError as exc:
            log.warning("no new producer, or the old one did not close: %s", exc)
        finally:
            time.sleep(RENEW_EVERY_SECONDS)
            self._renewing.release()

    def close(self) -> None:
        with suppress(KafkaError):
            self._kafka.close(ACK_SECONDS)
