"""`python -m streams.intake`: the intake on IOC_INTAKE_PORT of this machine's loopback."""

from __future__ import annotations

import uvicorn

from ioc.clock import Clock
from ioc.errors import BadInput
from ioc.heartbeat import Heartbeat
from ioc.settings import load
from streams.intake.app import Intake, app
from streams.process import log_to_stdout
from streams.producer import Sending
from streams.promises import Promises


def main() -> None:
    log_to_stdout()
    settings = load()
    if not settings.intake_port:
        raise BadInput("IOC_INTAKE_PORT", 0, "name a port; `ioc up` chooses a free one")
    promises, kafka = Promises(settings), Sending(settings, "intake", linger_ms=3)
    kafka.prepare(promises.registry.every)
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
    kafka.close()


if __name__ == "__main__":
    main()
