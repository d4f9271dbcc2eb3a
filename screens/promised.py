"""What feeds promise, as pages: made of the registry that the process goes by, so true after a reload."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ioc.clock import Clock
from ioc.feeds.catalogue import Catalogue
from ioc.feeds.pages.page import STYLE, STYLE_FILE, Site
from screens.answers import HEADERS, html
from screens.service import Service

MADE_ANEW = {**HEADERS, "Cache-Control": "no-cache"}


class Promised:
    """The routes over one service; a page is made when first asked for, and again by other promises."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._site = Site(suffix="", home="./", icon=f"/static/{service.assets.release}/icon.svg")
        self._adopt()

    def _adopt(self) -> None:
        self._of, self._made = self._service.registry, dict[str, bytes]()
        # By no demo's clock: examples are of any year.
        self._catalogue = Catalogue(self._of, Clock().now(), site=self._site)

    def _current(self) -> Catalogue:
        if self._of is not self._service.registry:
            self._adopt()
        return self._catalogue

    async def _once(self, name: str, make: Callable[[], bytes]) -> bytes:
        made = self._made  # the promises may change meanwhile: their pages are kept elsewhere
        if name not in made:
            made[name] = await asyncio.to_thread(make)
        return made[name]

    async def index(self, request: Request) -> Response:
        return html(await self._once("", self._current().index))

    async def page(self, request: Request) -> Response:
        catalogue, name = self._current(), request.path_params["feed"]
        if name not in catalogue.feeds:
            return Response("no such feed; /feeds/ lists them\n", HTTPStatus.NOT_FOUND, HEADERS, "text/plain")
        return html(await self._once(name, lambda: catalogue.page(name)))

    async def style(self, request: Request) -> Response:
        return Response(STYLE.read_bytes(), headers=MADE_ANEW, media_type="text/css")

    async def asyncapi(self, request: Request) -> Response:
        made = await self._once(self._site.asyncapi, self._current().asyncapi)
        return Response(made, headers=MADE_ANEW, media_type="application/yaml")

    def routes(self) -> list[Route]:
        return [
            Route("/feeds/", self.index),
            Route(f"/feeds/{STYLE_FILE}", self.style),
            Route(f"/feeds/{self._site.asyncapi}", self.asyncapi),
            Route("/feeds/{feed}", self.page),
        ]
