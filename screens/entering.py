"""Manual entry by a page: the template down, a filled-in sheet up, its wrong cells or what was accepted."""

from __future__ import annotations

import asyncio
import secrets
from http import HTTPStatus
from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ioc.entry import (
    MOST_BYTES,
    Checked,
    Told,
    checked,
    manual_feed,
    person,
    post,
    sheet_of,
    to_template,
    told,
)
from ioc.errors import Retry
from ioc.warehouse.observations import asked_told
from schemas import ObservationFeed
from screens import asking
from screens.answers import HEADERS, html, json
from screens.service import Service

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WHO = "x-entered-by"  # percent-encoded; a header of our own, which no form of another page can send
AT_ONCE = 2  # sheets in check; the others wait


class Entering:
    """The routes over one service; accepted rows go to the intake at `intake`."""

    def __init__(self, service: Service, intake: str, most_bytes: int) -> None:
        self._service, self._intake, self._most_bytes = service, intake, most_bytes
        self._turns = asyncio.Semaphore(AT_ONCE)

    def feed(self, request: Request) -> ObservationFeed:
        return manual_feed(self._service.registry, request.path_params["feed"])

    async def page(self, request: Request) -> Response:
        return html(self._service.assets.pages["enter.html"])

    async def feeds(self, request: Request) -> Response:
        """The feeds that people enter."""
        manual = [feed for feed in self._service.registry.observations.values() if feed.manual]
        return json({"feeds": [{"feed": feed.feed, "label": feed.label.model_dump()} for feed in manual]})

    async def template(self, request: Request) -> Response:
        feed = self.feed(request)
        made = await asyncio.to_thread(to_template, feed, self._service.registry)
        kept = {
            "Content-Disposition": f'attachment; filename="{feed.feed}.xlsx"',
            "Cache-Control": "no-store",
        }
        return Response(made, headers={**HEADERS, **kept}, media_type=SHEET)

    async def sheet(self, request: Request) -> Response:
        """POST of a file as the body: 422 with every finding, or 200 with what became of the rows."""
        if not same_origin(request):
            return json({"error": "send it from this page"}, HTTPStatus.FORBIDDEN)
        feed, lang = self.feed(request), asking.lang(request)
        who = person(unquote(request.headers.get(WHO, "")))
        name = asking.text(request, "file") or ""
        content = await read(request, MOST_BYTES)
        if content is None:
            error = f"the file is larger than {MOST_BYTES} bytes"
            return json({"error": error}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        async with self._turns:
            found = await asyncio.to_thread(self._checked, feed, content, name)
            if found.findings:
                rows = [[one.cell, one.value, getattr(one.mend, lang)] for one in found.findings]
                return json({"findings": rows}, HTTPStatus.UNPROCESSABLE_ENTITY)
            return await self._sent(feed, found, who)

    def _checked(self, feed: ObservationFeed, content: bytes, name: str) -> Checked:
        now = self._service.clock.now()
        return checked(sheet_of(content, name), feed, self._service.registry, now, self._most_bytes)

    async def _sent(self, feed: ObservationFeed, found: Checked, who: str) -> Response:
        events = await self._told(feed, found, who)
        try:
            if not self._intake:
                raise Retry("no intake is known; start the stack with ioc up")
            answer = await post(self._intake, feed.feed, events.messages, f"enter-{secrets.token_hex(8)}")
        except Retry as exc:
            return json({"error": str(exc)}, HTTPStatus.SERVICE_UNAVAILABLE)
        said = {
            "accepted": answer.accepted,
            "known": events.standing + answer.duplicate,
            "examples": found.examples,
            "refused": [[events.rows[i], mend] for i, mend in answer.refused],
        }
        return json(said)

    async def _told(self, feed: ObservationFeed, found: Checked, who: str) -> Told:
        rows = [(one.row, one.key, one.data) for one in found.entries]
        asked = asked_told(feed.feed, [key for _, key, _ in rows])
        async with self._service.desk.snapshot() as connection:
            known = await (await connection.execute(*asked)).fetchall()
        return told(feed, rows, who, f"manual:{feed.feed}", dict(known))

    def routes(self) -> list[Route]:
        return [
            Route("/enter", self.page),
            Route("/api/manual", self.feeds),
            Route("/api/{feed}/template.xlsx", self.template),
            Route("/api/{feed}/sheet", self.sheet, methods=["POST"]),
        ]


def same_origin(request: Request) -> bool:
    """Whether a page of ours sent it. Browsers say so; who is no browser has no page to be misled by."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


async def read(request: Request, most: int) -> bytes | None:
    """The body; None as soon as it passes `most` bytes, without reading on."""
    blocks, size = list[bytes](), 0
    async for block in request.stream():
        size += len(block)
        if size > most:
            return None
        blocks.append(block)
    return b"".join(blocks)
