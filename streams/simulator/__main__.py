"""`python -m streams.simulator`: the demo's province and other feeds, by the stack's clock, until SIGTERM."""

from __future__ import annotations

import logging

from ioc.admit import registry_for
from ioc.clock import Clock
from ioc.heartbeat import Heartbeat
from ioc.settings import load
from streams.process import log_to_stdout, stop_on_signal
from streams.simulator.demo import Demo
from streams.simulator.feeds import Feeds
from streams.simulator.places import reference
from streams.simulator.progress import resume
from streams.simulator.sending import CANONICAL, FEW, MANY, Intake, messages_of
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
    registry = registry_for(settings)
    progress = resume(settings.home, clock.now())
    timeline = Timeline(progress.simulation, reference(registry), progress.window)
    path = messages_of(progress.simulation.source)
    few, many = (Intake(settings, path, at_once) for at_once in (FEW, MANY))
    events = Intake(settings, CANONICAL, MANY)
    feeds = Feeds(registry, settings.home, clock.now(), events)
    demo = Demo(timeline, progress, clock, few, many, beat, settings.home, stopping, feeds)
    try:
        demo.run()
    finally:
        for way in (few, many, events):
            way.close()
    log.info("stopped after %s messages", demo.sent)


if __name__ == "__main__":
    main()
