"""Which parts a stack has, what each needs, and in which order they stop."""

from __future__ import annotations

import sys
from collections.abc import Callable

from ioc.settings import Settings
from ioc.stack import bytecode
from ioc.stack import kafka as broker
from ioc.stack import postgres as warehouse
from ioc.stack.airflow import Airflow
from ioc.stack.jars import Jars
from ioc.stack.part import Announcement, Part, answers, beats

PREPARED = "tables-and-topics"


def module(name: str, *words: str) -> Callable[[], list[str]]:
    """This interpreter running a module of ours; -P: the working folder holds folders named like packages."""
    return lambda: [sys.executable, "-P", "-m", name, *words]


def postgres(database: warehouse.Postgres) -> Part:
    return Part(
        "postgres",
        database.command,
        lambda pid: database.ready(),
        database.prepare,
        address=str(database.sockets),
        stop=warehouse.STOP,
        stop_seconds=30,
        stop_order=4,
    )


def kafka(settings: Settings, jars: Jars) -> Part:
    server = broker.Kafka(settings.home, jars, settings.kafka_port, broker.free_port())
    return Part(
        "kafka",
        server.command,
        lambda pid: server.ready(),
        server.prepare,
        address=server.servers,
        stop=broker.STOP,
        stop_seconds=20,
        stop_order=3,
    )


def streams(settings: Settings, needs: tuple[str, ...]) -> list[Part]:
    """Intake, gate, live workers, screens."""
    after, home = (PREPARED,), settings.home
    live = [f"live-{n}" for n in range(1, settings.live_workers + 1)]

    def served(name: str, package: str, url: str, order: int) -> Part:
        ready = answers(url + "/health")
        return Part(name, module(package), ready, needs=after, address=url, stop_order=order)

    def quiet(name: str, command: Callable[[], list[str]], order: int) -> Part:
        return Part(name, command, beats(name, home), needs=after, stop_order=order)

    return [
        Part(PREPARED, module("ioc.stack.prepare"), needs=needs, once=True),
        served("intake", "streams.intake", settings.intake_url, 1),
        quiet("gate", module("streams.gate"), 2),
        *(quiet(name, module("streams.live", "--worker", name.removeprefix("live-")), 2) for name in live),
        served("screens", "screens", settings.screens_url, 1),
    ]


def simulator(settings: Settings) -> Part:
    ready = beats("simulator", settings.home)
    return Part("simulator", module("streams.simulator"), ready, needs=("intake", "live-1"), stop_order=0)


def whole(
    settings: Settings, database: warehouse.Postgres, jars: Jars | None, demo: bool, without: set[str]
) -> tuple[list[Part], list[Announcement]]:
    """Every part, and what to say when they are ready. Airflow starts behind the screen.

    jars: None where the broker is somebody else's.
    """
    base = [postgres(database), *([kafka(settings, jars)] if jars else [])]
    front = streams(settings, tuple(part.name for part in base))
    if demo:
        front.append(simulator(settings))
    front = [part for part in front if part.name not in without]
    shown = tuple(part.name for part in front)
    said = [Announcement(shown, f"\n  screen   {settings.screens_url}\n")]
    behind: list[Part] = []
    if "airflow" not in without:
        compiled = bytecode.parts(shown)
        behind = [*compiled, *Airflow(settings, database).parts((*shown, *(part.name for part in compiled)))]
        login = f"login {settings.airflow_user}, password {settings.airflow_password}"
        names = tuple(part.name for part in behind)
        said.append(Announcement(names, f"\n  Airflow  {settings.airflow_url}  ({login})\n"))
    return [*base, *front, *behind], said
