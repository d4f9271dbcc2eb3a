"""The rows of a sheet to the intake in one request: all of them, or it is sent again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from ioc.errors import BadInput, Retry

SECONDS = 60.0
MEND = "enter the same sheet again: nothing counts twice"


@dataclass(frozen=True)
class Answer:
    """What the intake said: counts, and the number in the request of each event it refused."""

    accepted: int = 0
    duplicate: int = 0
    refused: tuple[tuple[int, str], ...] = ()


async def post(intake: str, feed: str, messages: Sequence[dict[str, Any]], batch: str) -> Answer:
    """Retry where the intake did not take them, BadInput where it never will."""
    if not messages:
        return Answer()
    asked = {"feed": feed, "batch": batch, "seq": "0"}
    try:
        async with httpx.AsyncClient(timeout=SECONDS) as client:
            said = await client.post(f"{intake}/v1/events", params=asked, content=orjson.dumps(messages))
    except httpx.TransportError as exc:
        raise Retry(f"the intake at {intake} does not answer ({type(exc).__name__}: {exc}); {MEND}") from exc
    if said.status_code == httpx.codes.OK:
        return _answer(orjson.loads(said.content))
    if said.is_client_error:
        why = orjson.loads(said.content)
        raise BadInput(why["field"], why["value"], why["mend"])
    raise Retry(f"the intake took nothing (HTTP {said.status_code}: {said.text[:200]}); {MEND}")


def _answer(said: dict[str, Any]) -> Answer:
    results = enumerate(said["results"])
    refused = tuple((i, one["mend"]) for i, one in results if one["verdict"] == "quarantined")
    return Answer(said["accepted"], said["duplicate"], refused)
