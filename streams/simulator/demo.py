"""The simulated province as it goes: what happened before the clock's present, then each message in time."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from pathlib import Path

from ioc.clock import Clock
from ioc.errors import Retry
from ioc.heartbeat import Heartbeat
from streams.simulator.feeds import Feeds, Way
from streams.simulator.progress import Progress
from streams.simulator.timeline import Timeline, local_seconds

log = logging.getLogger(__name__)

BEHIND = 300  # messages due at once: beyond, they are caught up with
AT_ONCE = 5_000
TICK = 0.2  # seconds of the machine
LONGEST_PAUSE = 2.0


@dataclass
class Demo:
    """Sends until told to stop; what was acknowledged is on record before anything later is sent."""

    timeline: Timeline
    progress: Progress
    clock: Clock
    few: Way
    many: Way
    heartbeat: Heartbeat
    home: Path
    stopping: threading.Event
    feeds: Feeds
    sent: int = 0

    def run(self) -> None:
        pause = TICK
        while not self.stopping.wait(pause):
            try:
                self.round()
                pause = TICK
            except Retry as exc:
                pause = min(2 * pause, LONGEST_PAUSE)
                log.warning("%s; trying again in %.1f s", exc, pause)

    def round(self) -> None:
        """Sends everything due by now; what fails is sent again in the next round."""
        now = self.clock.now()
        until = local_seconds(now, self.progress.simulation.zone)
        for texts, complete in self.timeline.batches(self.progress.sent_until, until, AT_ONCE):
            way = self.many if len(texts) > BEHIND else self.few
            way.send(texts)
            self.sent += len(texts)
            self.progress = self.progress.sent(complete)
            self.progress.save(self.home)
            self.heartbeat.beat(now, now, {"sent": self.sent})
            if self.stopping.is_set():
                return
        self.sent += self.feeds.round(now)
        self.heartbeat.beat(now, None, {"sent": self.sent})
