"""The two ways in: a bridge writes to `<feed>.raw`, agencies post to the intake."""

from __future__ import annotations

import http.client
import json
import logging
from collections.abc import Sequence
from urllib.parse import urlsplit

from kafka import KafkaProducer
from kafka.errors import KafkaError

from ioc.errors import BadInput, Retry
from ioc.settings import Settings
from streams.producer import producer
from streams.simulator.settings import Simulation

log = logging.getLogger(__name__)

AT_ONCE = 10  # messages of one request, as the portal's sync sends them
PATIENCE = 10.0  # seconds for an answer


class Bridge:
    """Sends many messages through the raw topic; returns when the broker has acknowledged all."""

    def __init__(self, settings: Settings, simulation: Simulation) -> None:
        self._producer: KafkaProducer = producer(settings, "simulator")
        self._topic = f"{simulation.feed}.raw"
        self._headers = [("ioc-source", simulation.source.encode())]

    def send(self, messages: Sequence[str]) -> None:
        """Retry where one was not acknowledged; sending all again only makes duplicates."""
        try:
            futures = [
                self._producer.send(self._topic, value=text.encode(), headers=self._headers)
                for text in messages
            ]
            self._producer.flush(timeout=PATIENCE)
            for future in futures:
                future.get(timeout=PATIENCE)
        except KafkaError as exc:
            raise Retry(f"{self._topic}: not acknowledged: {exc}") from exc

    def close(self) -> None:
        self._producer.close(timeout=PATIENCE)


class Agencies:
    """Posts messages in small requests over one kept connection."""

    def __init__(self, settings: Settings, simulation: Simulation) -> None:
        where = urlsplit(settings.intake_url)
        if not where.hostname:
            raise BadInput(
                "IOC_INTAKE_URL", settings.intake_url, "start the stack (`ioc up`) or name an intake"
            )
        self._connection = http.client.HTTPConnection(where.hostname, where.port, timeout=PATIENCE)
        self._path = f"/v1/sources/{simulation.source}/messages"

    def send(self, messages: Sequence[str]) -> None:
        """Retry where the intake is away or cannot store; a refused request is logged, passed over."""
        for start in range(0, len(messages), AT_ONCE):
            self._post("[" + ",".join(messages[start : start + AT_ONCE]) + "]")

    def _post(self, body: str) -> None:
        try:
            self._connection.request("POST", self._path, body.encode(), {"content-type": "application/json"})
            answer = self._connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException) as exc:
            self._connection.close()
            raise Retry(f"intake: no answer: {exc}") from exc
        if answer.status >= 500:
            raise Retry(f"intake: answered {answer.status}")
        if answer.status >= 400:
            log.error("intake refused a request with %s: %s", answer.status, said[:500])
            return
        quarantined = json.loads(said).get("quarantined", 0)
        if quarantined:
            log.info("intake quarantined %s of %s", quarantined, len(body))

    def close(self) -> None:
        self._connection.close()
