"""A bridge with Kafka access: the source's messages as they are, into the feed's raw topic."""

from __future__ import annotations

from collections.abc import Sequence

from kafka import KafkaProducer

from ioc.settings import Settings
from streams.producer import producer
from streams.simulator.settings import Simulation

PATIENCE = 30.0  # seconds for the acknowledgements of one call


class Bridge:
    """Sends many messages at once; returns when the broker has acknowledged all."""

    def __init__(self, settings: Settings, simulation: Simulation) -> None:
        self._producer: KafkaProducer = producer(settings, "bench")
        self._topic = f"{simulation.feed}.raw"
        self._headers = [("ioc-source", simulation.source.encode())]

    def send(self, messages: Sequence[str]) -> None:
        """KafkaError where one was not acknowledged."""
        futures = [
            self._producer.send(self._topic, value=text.encode(), headers=self._headers) for text in messages
        ]
        self._producer.flush(timeout=PATIENCE)
        for future in futures:
            future.get(timeout=PATIENCE)

    def close(self) -> None:
        self._producer.close(timeout=PATIENCE)
