"""The web application: the page and its files, each feed's stream, and what is behind the numbers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

import psycopg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from ioc.agencies import responsible_now
from ioc.errors import BadInput, IocError
from ioc.named import case_feed
from ioc.warehouse.revisions import known_at
from schemas.feed import Feed
from screens import aside, asking, cases, flags, history, slow, table, trend
from screens.answers import HEADERS, html, json
from screens.board import local_day
from screens.entering import Entering
from screens.hiding import refuse, unnamed_case
from screens.hub import frames
from screens.promised import Promised
from screens.service import Service

YEAR = 366
FOR_EVER = "public, max-age=31536000, immutable"
Answer = Callable[[Request], Awaitable[Response]]


class App:
    """The routes over one service."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def feed(self, request: Request) -> Feed:
        """The feed in the address; BadInput where no file promises it."""
        return case_feed(self._service.registry, request.path_params["feed"])

    def any_feed(self, request: Request) -> str:
        """The name in the address, of a feed of either kind."""
        name = str(request.path_params["feed"])
        return name if name in self._service.registry.observations else self.feed(request).feed

    async def page(self, request: Request) -> Response:
        return html(self._service.assets.pages["index.html"])

    async def static(self, request: Request) -> Response:
        asset = self._service.assets.files.get(request.path_params["path"])
        if asset is None or request.path_params["release"] != self._service.assets.release:
            return Response("no such file in this release\n", HTTPStatus.NOT_FOUND, HEADERS)
        headers = {**HEADERS, "Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
        if asset.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(
                asset.zipped, headers={**headers, "Content-Encoding": "gzip"}, media_type=asset.kind
            )
        return Response(asset.plain, headers=headers, media_type=asset.kind)

    async def feeds(self, request: Request) -> Response:
        async with self._service.desk.snapshot() as connection:
            active = await slow.with_cases(connection, self._service.registry)
        labels = {name: self._service.registry.every[name].label.model_dump() for name in active}
        return json({"feeds": [{"feed": name, "label": labels[name]} for name in active]})

    async def snapshot(self, request: Request) -> Response:
        return json(await self._service.read(self.any_feed(request)))

    async def stream(self, request: Request) -> Response:
        name = self.any_feed(request)
        hub = self._service.watch.hubs[name]
        screen = hub.join()
        self._service.watch.wake("ioc_joined", name)
        headers = {**HEADERS, "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(frames(hub, screen), headers=headers, media_type="text/event-stream")

    async def cases(self, request: Request) -> Response:
        feed, asked = self.feed(request), asking.asked(request)
        async with self._service.desk.snapshot() as connection:
            return json(await cases.page(connection, self._service.terms(feed), asked))

    async def csv(self, request: Request) -> Response:
        feed, asked = self.feed(request), asking.asked(request)
        lang = asking.lang(request)
        async with self._service.desk.snapshot() as connection:
            sheet = table.Sheet(feed, await slow.agency_names(connection, self._service.registry), lang)
            portions = cases.every_row(connection, self._service.terms(feed), asked)
            body = sheet.header() + "".join([sheet.rows(portion) async for portion in portions])
        headers = {
            **HEADERS,
            "Content-Disposition": f'attachment; filename="{feed.feed}-{asked.measure}.csv"',
        }
        return Response(body, headers=headers, media_type="text/csv")

    async def case(self, request: Request) -> Response:
        feed, case = self.feed(request), request.path_params["case"]
        story, now, lang = self._service.story(feed), self._service.clock.now(), asking.lang(request)
        async with self._service.desk.snapshot() as connection:
            found = await history.read(connection, story, self._service.rules(feed), case, now, lang)
        if found is None:
            return json({"error": f"no case {case!r} in {feed.feed}"}, HTTPStatus.NOT_FOUND)
        whose = responsible_now(self._service.registry, found["case"], local_day(feed, now))
        told = unnamed_case(feed, {**found, "agencies": whose, "at": now.isoformat()})
        return json(told)

    async def search(self, request: Request) -> Response:
        feed, wanted = self.feed(request), asking.text(request, "q") or ""
        async with self._service.desk.snapshot() as connection:
            return json({"rows": await cases.search(connection, feed, wanted)})

    async def aside(self, request: Request) -> Response:
        feed = self.feed(request)
        async with self._service.desk.snapshot() as connection:
            return json(await aside.read(connection, feed.feed))

    async def flags(self, request: Request) -> Response:
        feed = self.feed(request)
        async with self._service.desk.snapshot() as connection:
            return json(await flags.read(connection, feed, self._service.clock.now()))

    async def outlines(self, request: Request) -> Response:
        """What maps are drawn on."""
        drawn = self._service.registry.outlines
        return json({"features": []} if drawn is None else drawn.model_dump(mode="json"))

    async def trend(self, request: Request) -> Response:
        feed, days = self.feed(request), asking.number(request, "days", YEAR, 10 * YEAR)
        agency, as_of = asking.text(request, "agency"), self.as_of(request, feed)
        refuse(feed, "agency", agency)
        async with self._service.desk.snapshot() as connection:
            return json(await trend.read(connection, feed.feed, days, agency, as_of))

    def as_of(self, request: Request, feed: Feed) -> datetime | None:
        text = asking.text(request, "as_of")
        return known_at(text, feed.zone, self._service.clock.now(), "as_of") if text else None

    async def health(self, request: Request) -> Response:
        well = self._service.warehouse_answers
        screens = {name: len(hub.screens) for name, hub in self._service.watch.hubs.items()}
        return json({"ok": well, "screens": screens}, 200 if well else HTTPStatus.SERVICE_UNAVAILABLE)

    def routes(self) -> list[Route]:
        api = "/api/{feed}"
        return [
            Route("/", self.page),
            Route("/static/{release}/{path:path}", self.static),
            Route("/health", self.health),
            Route("/api/feeds", self.feeds),
            Route("/api/outlines", self.outlines),
            Route(f"{api}/snapshot", self.snapshot),
            Route(f"{api}/stream", self.stream),
            Route(f"{api}/trend", self.trend),
            Route(f"{api}/search", self.search),
            Route(f"{api}/aside", self.aside),
            Route(f"{api}/flags", self.flags),
            Route(f"{api}/cases.csv", self.csv),
            Route(f"{api}/cases", self.cases),
            Route(f"{api}/cases/{{case:path}}", self.case),
        ]


async def refused(request: Request, error: Exception) -> Response:
    """What the asker can mend is 400 with the mend; what he cannot is 503 while the warehouse is away."""
    if isinstance(error, BadInput):
        return json({"error": str(error), "field": error.field, "mend": error.mend}, HTTPStatus.BAD_REQUEST)
    return json({"error": f"the warehouse does not answer: {error}"}, HTTPStatus.SERVICE_UNAVAILABLE)


def build(service: Service, intake: str, most_bytes: int) -> Starlette:
    """The ASGI application; its lifespan runs the service's tasks. What people enter goes to the intake."""
    handlers: dict[Any, Any] = {kind: refused for kind in (IocError, psycopg.Error, OSError)}
    behind = [*Entering(service, intake, most_bytes).routes(), *Promised(service).routes()]
    routes = [*behind, *App(service).routes()]
    return Starlette(routes=routes, exception_handlers=handlers, lifespan=service.lifespan)
