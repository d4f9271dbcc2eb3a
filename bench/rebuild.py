"""A simulated province-year from the event log to its daily figures, beside DuckDB on the same files.

`python -m bench.rebuild [--scale 1.0] [--log FOLDER] [--passes 4] [--months]`; the log is written if missing.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

import polars as pl
from deltalake import DeltaTable
from rich.console import Console

from bench.machine import describe
from bench.peer import by_duckdb
from ioc.kernel.flow import flow_days
from ioc.rules import case_rules
from ioc.settings import Settings, load
from jobs.event_log import EventLog, buckets, held
from jobs.flow_day import NO_MONTHS, Source, build
from jobs.session import spark
from jobs.staging import months_of
from schemas import Registry
from schemas import load as load_schemas
from streams.simulator.log import write_log
from streams.simulator.places import reference
from streams.simulator.plan import province_year, year_starts
from streams.simulator.settings import Simulation, default_simulation, read

say = Console(highlight=False).print
CORES = 2
Days = tuple[date, date]


@dataclass(frozen=True)
class Timed:
    """Seconds of each pass, the first of them cold."""

    seconds: list[float]
    rows: pl.DataFrame

    @property
    def warm(self) -> float:
        return median(self.seconds[1:])


def passes(run: Callable[[], pl.DataFrame], count: int) -> Timed:
    seconds = []
    for _ in range(count):
        start = time.perf_counter()
        rows = run()
        seconds.append(time.perf_counter() - start)
    return Timed(seconds, rows)


def prepared(
    folder: Path, simulation: Simulation, registry: Registry, scale: float, count: int
) -> DeltaTable:
    """The year's log under `folder`, written where it is not there."""
    log = EventLog(simulation.feed, str(folder))
    if (table := log.open()) is not None:
        return table
    start = time.perf_counter()
    plan = province_year(simulation, reference(registry), simulation.year, scale, simulation.demo.seed)
    sends = plan.sends.filter(pl.col("at") < year_starts(simulation.year + 1))
    log.make(count)
    rows = write_log(plan, sends, registry, log.uri, count)
    say(f"wrote {rows:,} events to {log.uri} in {time.perf_counter() - start:.1f} s")
    return DeltaTable(log.uri)


def by_spark(settings: Settings, source: Source, days: Days, count: int) -> Timed:
    """The rollup's own path: kernel in Spark tasks over the buckets, Spark's sum, dense days."""
    start = time.perf_counter()
    session = spark(settings, "ioc bench rebuild")
    say(f"Spark session: {time.perf_counter() - start:.1f} s (not in the figures)")

    def run() -> pl.DataFrame:
        (built,) = build(session, [source])
        return flow_days(built.cells.lazy(), *days).collect()

    try:
        return passes(run, count)
    finally:
        session.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--log", type=Path, default=Path(".ioc/bench/log"))
    parser.add_argument("--passes", type=int, default=4)
    parser.add_argument(
        "--months", action="store_true", help="count the months of forms too, as the rollup does"
    )
    given = parser.parse_args()
    settings, registry, simulation = load(), load_schemas(), read(default_simulation())
    say(describe("polars", "pyspark", "duckdb", "deltalake"))
    table = prepared(given.log.resolve(), simulation, registry, given.scale, settings.log_buckets)
    days = date(simulation.year, 1, 1), date(simulation.year, 12, 31)
    feed = registry.feed(simulation.feed)
    pinned = (table.table_uri, table.version(), buckets(table), held(table), frozenset(), case_rules(feed))
    source = Source(*pinned, months=months_of(feed, registry, days[1]) if given.months else NO_MONTHS)
    ours = by_spark(settings, source, days, given.passes)
    peer = passes(lambda: by_duckdb(table.table_uri, *days, CORES), given.passes)
    same = peer.rows.cast(dict(ours.rows.schema)).equals(ours.rows)
    say(f"{held_events(table):,} events, {len(ours.rows):,} rows of figures, equal: {same}")
    for name, timed in (("kernel in Spark", ours), ("DuckDB", peer)):
        shown = " ".join(f"{seconds:.2f}" for seconds in timed.seconds)
        say(f"{name:<16} cold {timed.seconds[0]:6.2f} s   warm {timed.warm:6.2f} s   (passes: {shown})")
    cold, warm = ours.seconds[0] / peer.seconds[0], ours.warm / peer.warm
    say(f"ratio            cold {cold:6.1f} x   warm {warm:6.1f} x")
    if not same:
        raise SystemExit("the two do not agree")


def held_events(table: DeltaTable) -> int:
    return int(pl.scan_delta(table.table_uri).select(pl.len()).collect().item())


if __name__ == "__main__":
    main()
