"""From bytes to one JSON object, or the reason why not."""

from __future__ import annotations

import json
from typing import Any

import orjson

from ioc.admit.reasons import Refusal


def parsed(message: bytes | dict[str, Any], max_bytes: int) -> dict[str, Any]:
    """The message as an object; a row that is a dict already passes."""
    if isinstance(message, dict):
        return message
    if len(message) > max_bytes:
        raise Refusal("too-large", None, len(message), f"send at most {max_bytes} bytes an event")
    try:
        found = orjson.loads(message)
    except orjson.JSONDecodeError as exc:
        raise _unparsable(message, exc) from None
    if not isinstance(found, dict):
        raise Refusal("not-an-object", None, type(found).__name__, "send one JSON object per event")
    return found


def _unparsable(message: bytes, exc: orjson.JSONDecodeError) -> Refusal:
    """Python's own parser takes lone surrogates and NaN; what it takes and orjson does not is poison."""
    try:
        json.loads(message)
    except (ValueError, RecursionError):
        return Refusal("not-json", None, None, f"send valid JSON, UTF-8: {exc.msg} at byte {exc.pos}")
    return Refusal(
        "poison-text", None, None, f"send text without lone surrogates and finite numbers: {exc.msg}"
    )
