"""A request's body: read up to a limit, parsed leniently: a bad event does not take good ones along."""

from __future__ import annotations

import json
from typing import Any

import orjson
from starlette.requests import Request

from ioc.errors import BadInput


class TooLarge(BadInput):
    """The request is larger than the intake takes."""


async def read(request: Request, most: int) -> bytes:
    """The whole body; TooLarge as soon as it passes `most` bytes, without reading on."""
    blocks, size = [], 0
    async for block in request.stream():
        size += len(block)
        if size > most:
            raise TooLarge("body", f"> {most} bytes", "send smaller batches (IOC_INTAKE_MAX_REQUEST_BYTES)")
        blocks.append(block)
    return b"".join(blocks)


def messages(body: bytes, most: int) -> list[dict[str, Any] | bytes]:
    """One message or a batch of them, each up to `most` bytes; BadInput where the body is no JSON as a whole.

    The second reading lets NaN and lone surrogates in: admission refuses those one by one.
    """
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as first:
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            shown = body[:80].decode(errors="replace")
            raise BadInput("body", shown, f"send a JSON object or an array of them ({first})") from None
    items = said if isinstance(said, list) else [said]
    large = len(body) > most  # else no single message can be
    return [_message(item, most if large else None) for item in items]


def _message(item: Any, most: int | None) -> dict[str, Any] | bytes:
    """An object; or the text of what is none, or is larger than `most` bytes, for admission to refuse."""
    if not isinstance(item, dict):
        return json.dumps(item).encode()
    if most is not None:
        text = json.dumps(item, ensure_ascii=False).encode(errors="surrogatepass")
        return text if len(text) > most else item
    return item


def whole_number(request: Request, name: str) -> int | None:
    """A query parameter or header `ioc-<name>` that counts from 0."""
    text = text_of(request, name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise BadInput(name, text, "give a whole number from 0")
    return int(text)


def text_of(request: Request, name: str) -> str | None:
    """A query parameter, or the header `ioc-<name>`."""
    return request.query_params.get(name) or request.headers.get(f"ioc-{name}")
