"""The way in: messages posted to the intake, a few at once as the portal's sync does, or many to catch up."""

from __future__ import annotations

import http.client
import json
import logging
from collections.abc import Sequence
from urllib.parse import urlsplit

from ioc.errors import BadInput, Retry
from ioc.settings import Settings

log = logging.getLogger(__name__)

CANONICAL = "/v1/events"  # for CloudEvents of any feed
FEW, MANY = 10, 500  # messages of one request: as the portal's sync sends them, and to catch up
PATIENCE = 15.0  # seconds for an answer


def messages_of(source: str) -> str:
    """The path for what a system sends of its own."""
    return f"/v1/sources/{source}/messages"


class Intake:
    """Posts messages, `at_once` in a request, over one kept connection."""

    def __init__(self, settings: Settings, path: str, at_once: int) -> None:
        where = urlsplit(settings.intake_url)
        if not where.hostname:
            raise BadInput(
                "IOC_INTAKE_URL", settings.intake_url, "start the stack (`ioc up`) or name an intake"
            )
        self._connection = http.client.HTTPConnection(where.hostname, where.port, timeout=PATIENCE)
        self._at_once = at_once
        self._path = path

    def send(self, messages: Sequence[str]) -> None:
        """Retry where the intake is away or cannot store; a refused request is logged, passed over."""
        for start in range(0, len(messages), self._at_once):
            self._post("[" + ",".join(messages[start : start + self._at_once]) + "]")

    def _post(self, body: str) -> None:
        try:
            status, said = self._answer(body)
        except (OSError, http.client.HTTPException) as exc:
            raise Retry(f"intake: no answer: {exc}") from exc
        if status >= 500:
            raise Retry(f"intake: answered {status}")
        if status >= 400:
            log.error("intake refused a request with %s: %s", status, said[:500])
            return
        quarantined = json.loads(said).get("quarantined", 0)
        if quarantined:
            log.debug("intake quarantined %s of a request", quarantined)

    def _answer(self, body: str) -> tuple[int, bytes]:
        """Once more where the kept connection was closed while there was nothing to send."""
        kept = self._connection.sock is not None
        try:
            self._connection.request("POST", self._path, body.encode(), {"content-type": "application/json"})
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as exc:
            self._connection.close()
            if kept and isinstance(exc, ConnectionError):
                return self._answer(body)
            raise

    def close(self) -> None:
        self._connection.close()
