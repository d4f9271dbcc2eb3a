"""How far a demo came (`$IOC_HOME/run/simulation.json`), with the settings it began with."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ioc.errors import Stop
from ioc.heartbeat import write_atomically
from streams.simulator.settings import Simulation, default_simulation, read
from streams.simulator.timeline import window_start


@dataclass(frozen=True)
class Progress:
    """`window` and `sent_until` are local seconds; all that is sent up to the latter was acknowledged."""

    simulation: Simulation
    window: int
    sent_until: int

    def sent(self, until: int) -> Progress:
        return replace(self, sent_until=until)

    def save(self, home: Path) -> None:
        known = {
            "simulation": self.simulation.model_dump(mode="json"),
            "window": self.window,
            "sent_until": self.sent_until,
        }
        write_atomically(_file(home), json.dumps(known))


def _file(home: Path) -> Path:
    return home / "run" / "simulation.json"


def resume(home: Path, now: datetime) -> Progress:
    """Where the last run stopped; else a beginning by `$IOC_HOME/simulation.yaml` or the packaged one."""
    file, own = _file(home), home / "simulation.yaml"
    if file.exists():
        try:
            known = json.loads(file.read_text())
            return Progress(
                Simulation.model_validate(known["simulation"]), known["window"], known["sent_until"]
            )
        except (ValueError, KeyError) as exc:
            raise Stop(
                f"{file}: cannot be read ({exc}); delete it to send this window's history again"
            ) from exc
    simulation = read(own if own.exists() else default_simulation())
    return Progress(simulation, window_start(now, simulation), 0)
