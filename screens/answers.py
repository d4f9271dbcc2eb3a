"""How every answer leaves: its headers, and JSON that nobody keeps."""

from __future__ import annotations

import orjson
from starlette.responses import Response

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def json(data: object, status: int = 200) -> Response:
    body = orjson.dumps(data)
    return Response(body, status, {**HEADERS, "Cache-Control": "no-store"}, "application/json")


def html(page: bytes) -> Response:
    return Response(page, headers={**HEADERS, "Cache-Control": "no-cache"}, media_type="text/html")
