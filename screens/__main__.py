"""`python -m screens`: the page and its streams, until SIGTERM."""

from __future__ import annotations

import logging
import sys
from socket import socket

import uvicorn

from ioc import settings as settings_
from ioc.admit import registry_for
from ioc.clock import Clock
from ioc.errors import IocError
from ioc.heartbeat import Heartbeat
from ioc.warehouse.connection import warehouse_url
from screens import assets
from screens.app import build
from screens.follower import Follower
from screens.service import Service


class Server(uvicorn.Server):
    """Ends the open streams before uvicorn waits for them."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        self._service.watch.close()
        await super().shutdown(sockets)


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        settings = settings_.load()
        files = assets.load(assets.npm_folder(settings.screens_modules))
        service = Service(
            registry_for(settings),
            Clock.parse(settings.clock),
            warehouse_url(settings),
            files,
            Heartbeat("screens", settings.home),
            Follower(settings).changed,
        )
    except IocError as error:
        print(error, file=sys.stderr)  # noqa: T201  # the last word of a process that cannot start
        return 1
    config = uvicorn.Config(
        build(service, settings.intake_url, settings.intake_max_event_bytes),
        host=settings.bind,
        port=settings.screens_port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=2,
        timeout_keep_alive=30,
    )
    Server(config, service).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
