"""A small HTTP client on asyncio streams: posts over kept connections, and reads a stream of events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def connect(url: str) -> Streams:
    where = urlsplit(url)
    return await asyncio.open_connection(where.hostname, where.port, limit=2**24)


async def post(streams: Streams, path: str, body: bytes) -> dict[str, Any]:
    """The JSON answer; SystemExit with what was said where it is not 200."""
    reader, writer = streams
    head = [
        f"POST {path} HTTP/1.1",
        "host: ioc",
        "content-type: application/json",
        f"content-length: {len(body)}",
    ]
    writer.write("\r\n".join([*head, "", ""]).encode() + body)
    status, length = await _head(reader)
    answer = await reader.readexactly(length)
    if status != 200:
        raise SystemExit(f"{path} answered {status}: {answer[:400]!r}")
    said: dict[str, Any] = json.loads(answer)
    return said


async def _head(reader: asyncio.StreamReader) -> tuple[int, int]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
    lengths = [int(line.split(":", 1)[1]) for line in lines if line.startswith("content-length:")]
    return int(lines[0].split()[1]), lengths[0] if lengths else 0


async def events(url: str, path: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """(event, data) of a text/event-stream, until it ends."""
    reader, writer = await connect(url)
    writer.write(f"GET {path} HTTP/1.1\r\nhost: ioc\r\naccept: text/event-stream\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    name = ""
    try:
        while line := (await reader.readline()).rstrip(b"\r\n") or not reader.at_eof():
            if not isinstance(line, bytes):
                continue
            if line.startswith(b"event: "):
                name = line[7:].decode()
            elif line.startswith(b"data: "):
                yield name, json.loads(line[6:])
    finally:
        writer.close()
