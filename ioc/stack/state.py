"""What `ioc status` tells: per part its process, memory and newest event; the cases; what is on the way."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import psutil
import psycopg

from ioc import heartbeat
from ioc.clock import Clock
from ioc.errors import Retry, Stop
from ioc.settings import Settings
from ioc.stack.home import Home, PartRecord
from ioc.stack.processes import family
from ioc.warehouse import connect
from ioc.warehouse.alerts import open_alerts
from ioc.warehouse.connection import Connection

RAW = ".raw"  # read by the gate, which answers for it: nothing of it is accepted yet


@dataclass(frozen=True)
class PartState:
    """One part now; memory is proportional (PSS) where the system tells it, its children counted."""

    name: str
    state: str
    pid: int | None
    address: str
    restarts: int
    newest_event_at: str | None
    newest_event_age_seconds: float | None
    memory_bytes: int | None


def parts(home: Home, clock: Clock, machine: datetime) -> list[PartState]:
    """Every part of the running stack; Stop where nothing runs."""
    stack = home.read_stack()
    if stack is None or not stack.runs():
        raise Stop(f"nothing runs for IOC_HOME={home.folder}; `ioc up` starts a stack")
    own = PartRecord("supervisor", "ready", pid=stack.supervisor.pid, started=stack.supervisor.started)
    shown = [record for record in stack.parts if record.state != "done"]
    return [_part(home, record, clock.at(machine)) for record in [*shown, own]]


def _part(home: Home, record: PartRecord, now: datetime) -> PartState:
    process = record.identity().process() if record.pid else None
    beat = heartbeat.read(record.name, home.folder)
    newest = beat.newest_event_at if beat and process and beat.pid == process.pid else None
    state = record.state if process or record.state != "ready" else "gone"
    return PartState(
        record.name,
        state,
        process.pid if process else None,
        record.address,
        record.restarts,
        newest.isoformat() if newest else None,
        (now - newest).total_seconds() if newest else None,
        _memory(process, alone=record.name == "supervisor") if process else None,
    )


def _memory(process: psutil.Process, alone: bool) -> int:
    return sum(_proportional(member) for member in ([process] if alone else family(process)))


def _proportional(process: psutil.Process) -> int:
    try:
        known = process.memory_full_info()
        return int(getattr(known, "pss", 0) or known.rss)
    except psutil.Error:
        return 0


def cases(conn: Connection) -> int:
    """Cases in the warehouse, of all feeds."""
    row = conn.execute("select count(*) from cases").fetchone()
    return int(str(row[0])) if row else 0


def lag(conn: Connection, settings: Settings) -> int:
    """Messages that Kafka acknowledged, on accepted and quarantine topics, and the warehouse lacks."""
    from kafka import KafkaConsumer, TopicPartition  # only here: half of this command's start

    rows = conn.execute("select topic, partition, next_offset from topic_partition").fetchall()
    stands = {
        TopicPartition(str(t), int(str(p))): int(str(n)) for t, p, n in rows if not str(t).endswith(RAW)
    }
    consumer = KafkaConsumer(
        bootstrap_servers=settings.kafka_servers, enable_auto_commit=False, bootstrap_timeout_ms=5_000
    )
    try:
        ends = consumer.end_offsets(list(stands), timeout_ms=5_000)
    finally:
        consumer.close(autocommit=False)
    return sum(max(0, end - stands[place]) for place, end in ends.items())


def report(settings: Settings, machine: datetime) -> dict[str, Any]:
    """Everything as `ioc status --json` prints it; a figure that cannot be had is None, with the reason."""
    clock = Clock.parse(settings.clock)
    known: dict[str, Any] = {
        "home": str(settings.home),
        "now": clock.at(machine).isoformat(),
        "screens_url": settings.screens_url,
        "airflow_url": settings.airflow_url,
        "parts": [asdict(part) for part in parts(Home(settings.home), clock, machine)],
        "figures": {"cases": None},
        "lag": None,
        "alerts": None,
    }
    try:
        with connect(settings, name="ioc status") as conn:
            known["figures"]["cases"] = cases(conn)
            known["alerts"] = [asdict(one) | {"at": one.at.isoformat()} for one in open_alerts(conn)]
            known["lag"] = lag(conn, settings)
    except (Retry, psycopg.Error) as exc:
        known["reason"] = str(exc)
    except Exception as exc:
        if not type(exc).__module__.startswith("kafka."):
            raise
        known["reason"] = f"Kafka at {settings.kafka_servers} does not answer: {exc}"
    return known
