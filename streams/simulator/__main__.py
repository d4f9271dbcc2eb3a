"""`python -m streams.simulator`: the demo's province, by the stack's clock, until SIGTERM."""

from __future__ import annotations

import logging

from ioc.admit import registry_for
from ioc.clock import Clock
from ioc.heartbeat import Heartbeat
from ioc.settings import load
from streams.process import log_to_stdout, stop_on_signal
from streams.simulator.demo import Demo
from streams.simulator.places import reference
from streams.simulator.progress import resume
from streams.simulator.sending import FEW, MANY, Intake
from streams.simulator.timeline import Timeline

log = logging.getLogger("streams.simulator")


def main() -> None:
    """Goes on where the last run of this IOC_HOME stopped."""
    log_to_stdout()
    stopping = stop_on_signal()
    settings = load()
    clock = Clock.parse(settings.clock)
    beat = Heartbeat("simulator", settings.home)
    beat.beat(clock.now())
    progress = resume(settings.home, clock.now())
    timeline = Timeline(progress.simulation, reference(registry_for(settings)), progress.window)
    few, many = (Intake(settings, progress.simulation, at_once) for at_once in (FEW, MANY))
    demo = Demo(timeline, progress, clock, few, many, beat, settings.home, stopping)
    try:
        demo.run()
    finally:
        few.close()
        many.close()
    log.info("stopped after %s messages", demo.sent)


if __name__ == "__main__":
    main()
