"""`python -m streams.intake`: the intake on IOC_INTAKE_PORT of this machine's loopback."""

from __future__ import annotations

import uvicorn

from ioc.clock import Clock
from ioc.errors import BadInput
from ioc.heartbeat import Heartbeat
from ioc.settings import load
from streams.intake.app import Intake, app
from streams.process import log_to_stdout
from streams.producer import producer
from streams.promises import Promises


def main() -> None:
    log_to_stdout()
    settings = load()
    if not settings.intake_port:
        raise BadInput("IOC_INTAKE_PORT", 0, "name a port; `ioc up` chooses a free one")
    promises, kafka = Promises(settings), producer(settings, "intake", linger_ms=3)
    for feed in promises.registry.feeds:
        kafka.partitions_for(feed)  # metadata now, so that the first events do not wait for it
    intake = Intake(
        settings, promises, Clock.parse(settings.clock), kafka, Heartbeat("intake", settings.home)
    )
    uvicorn.run(
        app(intake),
        host=settings.bind,
        port=settings.intake_port,
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=15,
    )
    kafka.close(5)


if __name__ == "__main__":
    main()
