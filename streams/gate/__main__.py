"""`python -m streams.gate`: the gate, one process."""

from __future__ import annotations

import psycopg

from ioc.clock import Clock
from ioc.errors import Retry
from ioc.heartbeat import Heartbeat
from ioc.settings import load
from schemas import Registry
from streams.gate.gate import RAW, Gate
from streams.process import Warehouse, log_to_stdout, stop_on_signal
from streams.producer import Sending
from streams.promises import Promises
from streams.reader import Reader, consumer


def raw_topics(registry: Registry) -> list[str]:
    """What bridges write to."""
    return [feed + RAW for feed in sorted(registry.every)]


def main() -> None:
    log_to_stdout()
    settings, stopping = load(), stop_on_signal()
    clock, heartbeat, promises = (
        Clock.parse(settings.clock),
        Heartbeat("gate", settings.home),
        Promises(settings),
    )
    warehouse = Warehouse(settings, "gate", stopping)
    reader = Reader(consumer(settings, "ioc.gate", "gate"), raw_topics(promises.registry), warehouse.conn)
    gate = Gate(reader, Sending(settings, "gate", linger_ms=10), warehouse)
    try:
        while not stopping.is_set():
            if promises.refresh():
                reader.want(raw_topics(promises.registry))
            now = clock.now()
            try:
                done = gate.step(promises.admission, now)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                warehouse.drop()
                reader.seek_all()
                done = 0
            heartbeat.beat(clock.now(), now if done else None, reader.detail())
    except Retry:
        if not stopping.is_set():
            raise
    finally:
        reader.close()


if __name__ == "__main__":
    main()
