"""What `up` chooses where nobody set it: ports, addresses, login, the demo's clock; the same next time."""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from ioc.clock import Clock
from ioc.errors import BadInput, Stop
from ioc.settings import Settings
from ioc.stack.home import Home
from ioc.stack.kafka import free_port
from ioc.stack.stopping import MARK

PORTS = ("kafka_port", "intake_port", "screens_port", "airflow_port")
NOTED_EVERY = timedelta(seconds=5)  # of machine time, how often a running `up` notes the stack's clock
STEPPED_BACK = timedelta(minutes=1)  # what a machine's clock may be set back without a word
# A demo's day lasts 24 minutes; a rollup archives first, so the archive's own runs may be few.
DEMO_CRONS = {
    "archive_cron": "7-59/15 * * * *",
    "rollup_cron": "*/3 * * * *",
    "series_cron": "11-59/15 * * * *",
}


def choose(settings: Settings, home: Home, demo: bool, rate: float, warehouse_url: str) -> Settings:
    """The settings that every part gets."""
    ports = _ports(settings, home)
    chosen: dict[str, Any] = {
        **ports,
        "warehouse_url": settings.warehouse_url or warehouse_url,
        "kafka_servers": settings.kafka_servers or f"127.0.0.1:{ports['kafka_port']}",
        "intake_url": f"http://127.0.0.1:{ports['intake_port']}",
        "screens_url": f"http://127.0.0.1:{ports['screens_port']}",
        "airflow_url": f"http://127.0.0.1:{ports['airflow_port']}",
        "airflow_password": settings.airflow_password or _password(home),
        "clock": _clock(settings, home, demo, rate).text(),
    }
    if home.remembered().get("demo"):
        chosen |= {name: value for name, value in DEMO_CRONS.items() if name not in settings.model_fields_set}
    elif not settings.rollup_start:
        chosen["rollup_start"] = _first_start(home)
    return settings.model_copy(update=chosen)


def _ports(settings: Settings, home: Home) -> dict[str, int]:
    before = home.remembered().get("ports", {})
    ports: dict[str, int] = {}
    for name in PORTS:
        asked = int(getattr(settings, name))
        ports[name] = free_port(asked or int(before.get(name, 0)))
        if asked and ports[name] != asked:
            raise BadInput("IOC_" + name.upper(), asked, "another program has that port; set another")
    home.remember(ports=ports)
    return ports


def _first_start(home: Home) -> str:
    """When this home was first started: what was missed before then is nobody's to catch up."""
    known = home.remembered().get("first_start")
    if not known:
        known = datetime.now(UTC).isoformat(timespec="seconds")
        home.remember(first_start=known)
    return str(known)


def _password(home: Home) -> str:
    known = home.remembered().get("airflow_password")
    if not known:
        known = secrets.token_urlsafe(9)
        home.remember(airflow_password=known)
    return str(known)


def _clock(settings: Settings, home: Home, demo: bool, rate: float) -> Clock:
    """A home lives by one clock, the machine's or a demo's, and its time never goes backwards."""
    machine, known = datetime.now(UTC), home.remembered()
    last = datetime.fromisoformat(known["clock_noted"]) if "clock_noted" in known else None
    if demo and known.get("demo") is False:
        mend = "a demo's simulated events would mix with its own; use another IOC_HOME"
        raise Stop(f"{home.folder} has lived by the machine's clock, and {mend}")
    if demo or known.get("demo"):
        rate = rate if demo else float(known["rate"])
        home.remember(demo=True, rate=rate)
        return Clock(machine, max(_demo_start(settings), last or datetime.min.replace(tzinfo=UTC)), rate)
    clock = Clock.parse(settings.clock)
    if last is not None and clock.at(machine) < last - STEPPED_BACK:
        raise Stop(
            f"{home.folder} has lived until {last.isoformat()}; {clock.at(machine).isoformat()} is earlier"
        )
    home.remember(demo=False)
    return clock


def _demo_start(settings: Settings) -> datetime:
    try:
        start = datetime.fromisoformat(settings.demo_start)
        if start.tzinfo is None:
            raise ValueError(start)
    except ValueError as exc:
        raise BadInput("IOC_DEMO_START", settings.demo_start, "give an ISO instant with a zone") from exc
    return start.astimezone(UTC)


def note_clock(home: Home, clock: Clock, machine: datetime, stopping: bool) -> None:
    """Notes how far the stack's time has come; of a running demo, how far it may be at the next note."""
    demo = clock.anchor is not None
    ahead = machine + 2 * NOTED_EVERY if demo and not stopping else machine
    home.remember(clock_noted=clock.at(ahead).isoformat())


def exported(settings: Settings) -> dict[str, str]:
    """This process's environment as a part gets it: every setting as `IOC_…`, byte code kept."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("IOC_")}
    inherited.pop("PYTHONDONTWRITEBYTECODE", None)
    known = {"IOC_" + n.upper(): str(v) for n, v in settings.model_dump().items() if v not in ("", 0)}
    return {**inherited, **known, "PYTHONUNBUFFERED": "1", MARK: str(settings.home)}
