"""The benchmarks do what they say, on little data: equal results, waiting times, the peer's path."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from bench import raw_path
from bench.latency import Seen, paced, percentile, settled
from bench.machine import describe
from bench.peer import by_duckdb
from bench.rebuild import prepared
from ioc.kernel.flow import flow_days
from ioc.rules import case_rules
from ioc.settings import Settings
from jobs.event_log import buckets, held
from jobs.flow_day import Source
from schemas import Registry
from streams.simulator.settings import Simulation
from tests.jobs.test_flow_day import built_of


@pytest.mark.parametrize(
    "days", [(date(2024, 1, 1), date(2024, 12, 31)), (date(2024, 3, 7), date(2024, 3, 9))]
)
def test_the_peer_gives_the_kernels_figures(
    tmp_path: Path, simulation: Simulation, registry: Registry, days: tuple[date, date]
) -> None:
    table = prepared(tmp_path, simulation, registry, 0.005, 4)
    rules = case_rules(registry.feed(simulation.feed))
    source = Source(table.table_uri, table.version(), buckets(table), held(table), frozenset(), rules)
    ours = flow_days(built_of(source).cells.lazy(), *days).collect()
    peer = by_duckdb(table.table_uri, *days, 2)
    assert len(ours) > 100
    assert peer.cast(dict(ours.schema)).equals(ours)
    assert ours["resolved"].sum() > 0
    assert prepared(tmp_path, simulation, registry, 0.005, 4).version() == table.version()


def test_a_latency_is_from_the_kth_sending_to_k_shown() -> None:
    seen = Seen([(10.5, 101), (11.0, 101), (12.0, 103)])
    assert seen.latencies([10.0, 10.2, 10.4, 10.6], base=100) == pytest.approx([500.0, 1800.0, 1600.0])
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([3.0, 1.0, 2.0], 0.99) == 3.0


def test_sending_keeps_its_pace() -> None:
    calls: list[tuple[int, int]] = []

    async def send(first: int, count: int) -> None:
        calls.append((first, count))

    sent = asyncio.run(paced(200, 0.2, 10, send))
    assert calls == [(0, 10), (10, 10), (20, 10), (30, 10)]
    assert len(sent) == 40
    assert 0.14 < sent[-1] - sent[0] < 0.5


def test_the_machine_is_named() -> None:
    assert "cores" in describe("polars")
    assert f"polars {pl.__version__}" in describe("polars")


@pytest.mark.broker
def test_the_raw_path_tells_of_every_event(parts: Settings) -> None:
    with raw_path.peer(parts) as peer:
        for _ in range(2):
            seen = Seen()
            sent = asyncio.run(raw_path.measured(peer, seen, 100, 0.5, paced, settled))
            assert len(seen.latencies(sent, 0)) == len(sent) == 50
