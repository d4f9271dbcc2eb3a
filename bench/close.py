"""What closing a day costs after one simulated year and after ten, with a backlog that never closes.

`python -m bench.close [--years 1 10] [--scale 0.05] [--backlog 2000] [--days 5]`; a close needs no Spark.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import polars as pl
from rich.console import Console

from bench.machine import describe
from ioc.event import Event, Receipt
from ioc.kernel.attributes import DATA, fold_whole
from ioc.kernel.events import EVENTS
from ioc.rules import case_rules
from ioc.stack.testing import postgres
from ioc.warehouse import cases, connect, definitions, live, migrate, offsets
from ioc.warehouse.connection import Connection
from ioc.warehouse.events import Delivery
from ioc.warehouse.live import Agencies, Batch, Kernel, take
from ioc.warehouse.offsets import Move
from jobs.audit import audit
from jobs.close import close
from jobs.flow_day import COUNTED, DAYS, MONTHLY, Source, folded, parted, read_of_log
from jobs.publish import publish
from jobs.rows import added_up, packed
from jobs.staging import Plan, months_of, stage, stage_changes
from jobs.window import Window
from schemas import Feed, Registry
from schemas import load as load_schemas
from streams.simulator.log import log_months
from streams.simulator.places import reference
from streams.simulator.plan import province_year
from streams.simulator.settings import Simulation, default_simulation, read

say = Console(highlight=False).print
TABLES = (DAYS, *MONTHLY, COUNTED)
STORED = (
    *EVENTS.names(), "type", "subject", "dataschema", "data",
)  # fmt: skip
STEPS = ("close", "stage", "audit", "publish")
POLL = 500
LAST = date(2000, 12, 1)  # of the last year: what is closed are days after it


@dataclass
class House:
    """A warehouse being filled: how far each partition was taken."""

    conn: Connection
    worker: Connection
    registry: Registry
    simulation: Simulation
    feed: Feed
    taken: dict[int, int]

    def kernel(self) -> Kernel:
        rules = case_rules(self.feed)
        hashes = {self.feed.feed: self.feed.definitions_hash}
        return Kernel(lambda _, events: fold_whole(events, rules), hashes)


def told(house: House, years: list[int], scale: float, backlog: int) -> Iterator[pl.DataFrame]:
    """Canonical events of each year; the first cases of the first year are received and never end."""
    for year in years:
        drawn = province_year(
            house.simulation, reference(house.registry), year, scale, house.simulation.demo.seed, False
        )
        sends = drawn.sends
        if year == years[0]:
            sends = sends.filter((pl.col("case") >= backlog) | (pl.col("slot") <= 1))
        yield from log_months(drawn, sends, house.registry, 8)


def fill(house: House, months: Iterator[pl.DataFrame], until: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Stores and folds what was received by `until`, all at once; gives back that and the rest, in order."""
    frame = pl.concat(months).sort("received_at")
    frame = frame.with_columns(offset=pl.int_range(pl.len(), dtype=pl.Int64).over("partition"))
    known, later = (frame.filter((pl.col("received_at") < until) == early) for early in (True, False))
    with house.worker.transaction():
        columns = ", ".join(f'"{name}"' for name in STORED)
        text = f"copy event (feed, {columns}) from stdin (format csv)"
        with house.worker.cursor() as cursor, cursor.copy(text.encode()) as copy:
            once = known.unique(["case_id", "source", "id", "hash"], keep="first", maintain_order=True)
            for part in once.iter_slices(200_000):
                rows = part.select(pl.lit(house.feed.feed).alias("feed"), *STORED)
                copy.write(rows.write_csv(include_header=False, quote_style="necessary"))
        events = known.select(*EVENTS.names(), DATA)
        for part in events.with_columns(part=pl.col("case_id").hash() % 8).partition_by("part"):
            kernel = house.kernel()
            rows_of = cases.fold_safely(kernel.fold, house.feed.feed, part.drop("part"), "")
            cases.write_cases(house.worker, rows_of)
            house.worker.execute("truncate live_fold")
    house.worker.execute("vacuum analyze")
    return known, later


def deliver(house: House, events: pl.DataFrame) -> None:
    """As the live worker takes them."""
    for part in events.iter_slices(POLL):
        found = [delivery(house.feed.feed, row) for row in part.iter_rows(named=True)]
        ends = dict(part.group_by("partition").agg(pl.col("offset").max() + 1).rows())
        moves = [Move(house.feed.feed, p, house.taken.get(p, 0), end) for p, end in ends.items()]
        take(house.worker, Batch(moves, found), house.kernel(), Agencies(set()))
        house.taken |= ends


def delivery(feed: str, row: dict[str, Any]) -> Delivery:
    names = (row["case_id"], row["source"], row["id"], row["type"], row["subject"], row["occurred_at"])
    said = (row["dataschema"], orjson.loads(row["data"]), Receipt(row["received_at"]), row["hash"])
    return Delivery(feed, row["partition"], row["offset"], Event(feed, *names, *said))


def publish_all(house: House, events: pl.DataFrame, window: Window, at: datetime) -> float:
    """Everything counted at once, as out of the log but without Spark; seconds of counting."""
    rules, months = case_rules(house.feed, house.registry), months_of(house.feed, house.registry, window.last)
    start, parts = time.perf_counter(), []
    for part in events.with_columns(part=pl.col("case_id").hash() % 8).partition_by("part"):
        known = part.select(*read_of_log(rules, months)).lazy()
        parts.append(packed(TABLES, folded(known, rules, months), 0))
    (built,) = parted(added_up(pl.concat(parts)), 1, TABLES)
    took = time.perf_counter() - start
    source = Source("", 0, 1, dict(house.taken), frozenset(), rules, {}, months)
    plan = Plan(f"{house.feed.feed}:all", house.feed, source, window, open_start=False)
    stage(house.conn, plan, window, built, at)
    assert audit(house.conn, plan.run_id, at).state == "audited"
    publish(house.conn, plan.run_id, at)
    house.conn.commit()
    return took


def closed(house: House, last: date, at: datetime) -> list[float]:
    """Seconds of each of STEPS."""
    name, months = f"{house.feed.feed}:{last}", months_of(house.feed, house.registry, last)
    house.conn.rollback()
    marks = [time.perf_counter()]
    done = close(house.conn, case_rules(house.feed, house.registry), months, last)
    marks.append(time.perf_counter())
    stage_changes(house.conn, name, house.feed, done, at)
    marks.append(time.perf_counter())
    judged = audit(house.conn, name, at)
    marks.append(time.perf_counter())
    assert judged.state == "audited", judged.reason
    publish(house.conn, name, at)
    house.conn.commit()
    marks.append(time.perf_counter())
    return [after - before for before, after in pairwise(marks)]


def morning(day: date) -> datetime:
    """07:30 in Việt Nam of the day after, when a day is closed."""
    return datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC) + timedelta(days=1)


def measured(years: int, scale: float, backlog: int, days: int) -> dict[str, float]:
    """Median seconds per step of closing some days of December, after so many years."""
    registry, simulation = load_schemas(), read(default_simulation())
    with tempfile.TemporaryDirectory() as home, postgres(Path(home)) as settings:
        migrate(settings)
        with connect(settings) as conn, connect(settings, autocommit=True) as worker:
            live.prepare(worker)
            house = House(conn, worker, registry, simulation, registry.feed(simulation.feed), {})
            later, said = begun(house, years, scale, backlog)
            costs = []
            for n in range(1, days + 1):
                day = LAST.replace(year=simulation.year) + timedelta(days=n)
                deliver(house, later.filter(pl.col("received_at") < morning(day)))
                later = later.filter(pl.col("received_at") >= morning(day))
                costs.append(closed(house, day, morning(day)))
    found = {step: median(cost[i] for cost in costs) for i, step in enumerate(STEPS)}
    shown = "  ".join(f"{step} {seconds:.2f} s" for step, seconds in found.items())
    say(f"{years:>3} years: {said}; a day's {shown}")
    return found


def begun(house: House, years: int, scale: float, backlog: int) -> tuple[pl.DataFrame, str]:
    """All published up to LAST; the events of after it, and what there is."""
    feed, last = house.feed, LAST.replace(year=house.simulation.year)
    offsets.register(house.worker, feed.feed, "bench", range(feed.topic.partitions))
    definitions.publish(house.worker, house.registry, morning(last))
    told_of = list(range(last.year - years + 1, last.year + 1))
    known, later = fill(house, told(house, told_of, scale, backlog), morning(last))
    house.taken = dict(known.group_by("partition").agg(pl.col("offset").max() + 1).rows())
    for partition, end in house.taken.items():
        house.worker.execute(
            "update topic_partition set next_offset = %s where (topic, partition) = (%s, %s)",
            [end, feed.feed, partition],
        )
    took = publish_all(house, known, Window(date(told_of[0], 1, 1), last), morning(last))
    opened: Any = house.conn.execute(
        "select count(*) from cases where in_figures and resolved_on is null"
    ).fetchone()
    return later, f"{len(known):,} events, {opened[0]:,} open; counting everything {took:.1f} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, nargs=2, default=(1, 10))
    parser.add_argument("--scale", type=float, default=0.05)
    parser.add_argument("--backlog", type=int, default=2000)
    parser.add_argument("--days", type=int, default=5)
    given = parser.parse_args()
    say(describe("polars", "great_expectations"))
    few, many = (measured(years, given.scale, given.backlog, given.days) for years in given.years)
    for name, steps in (("close", STEPS[:1]), ("close to publish", STEPS)):
        ratio = sum(many[step] for step in steps) / sum(few[step] for step in steps)
        say(f"ratio of {name:<16} {ratio:.2f} x")


if __name__ == "__main__":
    main()
