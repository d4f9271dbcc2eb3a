"""What the clocks cost the kernel: a simulated province-year folded whole, with clocks and without.

`python -m bench.clocks [--scale 1.0] [--log FOLDER] [--passes 5]`; also the live path's fold of eight cases.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import polars as pl
from rich.console import Console

from bench.machine import describe
from bench.rebuild import prepared
from ioc.kernel.fold import fold, fold_now
from ioc.kernel.rules import CaseRules
from ioc.rules import case_rules
from ioc.settings import load
from jobs.event_log import buckets, held
from jobs.flow_day import Source, slices
from schemas import load as load_schemas
from streams.simulator.settings import default_simulation, read

say = Console(highlight=False).print
Costs = dict[str, list[float]]


def spent(run: Callable[[], object], clock: Callable[[], float]) -> float:
    start = clock()
    run()
    return clock() - start


def year(source: Source, rules: CaseRules) -> None:
    """Each bucket read and folded to all columns of its cases, and let go."""
    for bucket in range(source.buckets):
        for part in slices(source, bucket):
            fold(part, rules).collect(engine="in-memory")


def few(source: Source, batches: int = 100) -> list[pl.DataFrame]:
    """All events of eight cases each, as a live transaction folds them."""
    events = next(iter(slices(source, 0))).collect()
    cases = events.get_column("case_id").unique(maintain_order=True)
    draw = random.Random(3)
    chosen = (draw.sample(range(len(cases)), 8) for _ in range(batches))
    return [events.filter(pl.col("case_id").is_in(cases[some].implode())) for some in chosen]


def shown(what: str, unit: str, costs: Costs) -> None:
    for name, taken in costs.items():
        say(f"{what} {name:<15} median {median(taken):6.2f} {unit}   least {min(taken):6.2f} {unit}")
    without, clocked = costs.values()
    say(f"{what} ratio           median {median(clocked) / median(without):6.2f} x")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--log", type=Path, default=Path(".ioc/bench/log"))
    parser.add_argument("--passes", type=int, default=5)
    given = parser.parse_args()
    settings, registry, simulation = load(), load_schemas(), read(default_simulation())
    say(describe("polars", "numpy", "deltalake"))
    table = prepared(given.log.resolve(), simulation, registry, given.scale, settings.log_buckets)
    with_clocks = case_rules(registry.feed(simulation.feed), registry)
    known = {"without clocks": replace(with_clocks, clocks=None), "with clocks": with_clocks}
    source = Source(table.table_uri, table.version(), buckets(table), held(table), frozenset(), with_clocks)
    costs: Costs = {name: [] for name in known}
    for _ in range(given.passes):
        for name, rules in known.items():
            costs[name].append(spent(lambda rules=rules: year(source, rules), time.process_time))
    shown("year, CPU,", "s", costs)
    live: Costs = {name: [] for name in known}
    for batch in few(source):
        for name, rules in known.items():
            fold_now(batch, rules)
            run = lambda batch=batch, rules=rules: fold_now(batch, rules)  # noqa: E731
            live[name].append(1000 * spent(run, time.perf_counter))
    shown("8 cases,", "ms", live)


if __name__ == "__main__":
    main()
