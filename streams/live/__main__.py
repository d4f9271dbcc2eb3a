"""`python -m streams.live --worker N`: one worker of the group; N is its static place in it."""

from __future__ import annotations

import argparse
import os

os.environ.setdefault(
    "POLARS_MAX_THREADS", "1"
)  # a poll's fold is small: more threads only wait for each other

from ioc.clock import Clock
from ioc.errors import Retry
from ioc.heartbeat import Heartbeat
from ioc.settings import load
from streams.live.worker import Worker, topics_of
from streams.process import Warehouse, log_to_stdout, stop_on_signal
from streams.promises import Promises
from streams.reader import Reader, consumer


def main() -> None:
    parser = argparse.ArgumentParser(prog="streams.live")
    parser.add_argument("--worker", type=int, default=1)
    part = f"live-{parser.parse_args().worker}"
    log_to_stdout()
    settings, stopping = load(), stop_on_signal()
    promises = Promises(settings)
    warehouse = Warehouse(settings, part, stopping, lambda conn: worker.prepare(conn))
    reader = Reader(consumer(settings, "ioc.live", part), topics_of(promises.registry), warehouse.conn)
    worker = Worker(reader, warehouse, promises, Clock.parse(settings.clock), Heartbeat(part, settings.home))
    try:
        while not stopping.is_set():
            worker.step()
    except Retry:
        if not stopping.is_set():
            raise
    finally:
        reader.close()


if __name__ == "__main__":
    main()
