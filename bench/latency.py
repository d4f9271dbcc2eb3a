"""An event sent to the intake -> the tile changed in a connected screen, beside the raw path.

`python -m bench.latency [--home RUNNING_STACK] [--seconds 20] [--rates 50 300 1000]`; a running stack
must not be a demo, since the simulator would move the tile too.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
from rich.console import Console

from bench import raw_path, wire
from bench.house import Work, stack
from bench.machine import describe
from ioc.admit import registry_for
from ioc.clock import Clock
from ioc.settings import Settings
from schemas import Registry
from streams.simulator.settings import Simulation, default_simulation, read

CONNECTIONS = 16
STORED = "select coalesce(sum(next_offset), 0)::bigint from topic_partition where topic = %s"
PATIENCE = 20.0  # seconds for what is still on its way when the last event was sent
TOGETHER = {1000: 10}  # events of one request at a rate; 1 at all others
say = Console(highlight=False, width=160).print


@dataclass
class Seen:
    """How many events were shown at which instants (perf_counter seconds)."""

    steps: list[tuple[float, int]] = field(default_factory=list)

    def note(self, count: int, at: float | None = None) -> None:
        if not self.steps or count > self.steps[-1][1]:
            self.steps.append((at or time.perf_counter(), count))

    @property
    def count(self) -> int:
        return self.steps[-1][1] if self.steps else 0

    def latencies(self, sent: Sequence[float], base: int) -> list[float]:
        """Milliseconds from the k-th sending to the first instant at which k were shown."""
        found, step = [], 0
        for k, at in enumerate(sorted(sent), start=1):
            while step < len(self.steps) and self.steps[step][1] < base + k:
                step += 1
            if step == len(self.steps):
                break
            found.append(1000 * (self.steps[step][0] - at))
        return found


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def paced(
    rate: int, seconds: float, together: int, send: Callable[[int, int], Awaitable[None]]
) -> list[float]:
    """Calls `send(first, count)` at `rate` events a second; the instants of sending, one per event."""
    sent: list[float] = []
    busy: set[asyncio.Task[None]] = set()
    start = time.perf_counter()
    for first in range(0, int(rate * seconds), together):
        await asyncio.sleep(max(0.0, start + first / rate - time.perf_counter()))
        sent += [time.perf_counter()] * together
        task = asyncio.create_task(send(first, together))
        busy.add(task)
        task.add_done_callback(busy.discard)
    await asyncio.gather(*busy)
    return sent


@dataclass
class Intake:
    """Sends made dossiers of today: each one more on the tile `received`."""

    settings: Settings
    simulation: Simulation
    agencies: list[str]
    run: int
    answered: list[float] = field(default_factory=list)  # milliseconds from sending to the answer
    idle: asyncio.Queue[wire.Streams] = field(default_factory=asyncio.Queue)

    async def open(self) -> None:
        for _ in range(CONNECTIONS):
            self.idle.put_nowait(await wire.connect(self.settings.intake_url))

    async def send(self, first: int, count: int) -> None:
        body = "[" + ",".join(self.dossier(first + i) for i in range(count)) + "]"
        asked, streams = time.perf_counter(), await self.idle.get()
        said = await wire.post(streams, f"/v1/sources/{self.simulation.source}/messages", body.encode())
        self.idle.put_nowait(streams)
        self.answered += [1000 * (time.perf_counter() - asked)] * count
        if said["accepted"] != count:
            raise SystemExit(f"not all were accepted: {said['results'][:2]}")

    def dossier(self, number: int) -> str:
        now = Clock.parse(self.settings.clock).now().astimezone(ZoneInfo(self.simulation.zone))
        agency = self.agencies[number % len(self.agencies)]
        due = (now + timedelta(days=5)).strftime("%Y%m%d170000")
        code = f"{agency}-{now:%y%m%d}-{self.run + number:07d}"
        return (
            f'{{"MaHoSo":"{code}","MaTTHC":"1.000016","KenhThucHien":"2","ChuHoSo":"Công dân Mô Phỏng",'
            f'"SoGiayToChuHoSo":"{number:012d}","NgayTiepNhan":"{now:%Y%m%d%H%M%S}","NgayHenTra":"{due}",'
            f'"TrangThaiHoSo":"2","DonViXuLy":"{agency}"}}'
        )


async def watch(settings: Settings, feed: str, tile: str, seen: Seen) -> None:
    """Notes the tile's number whenever the screen is told a new one."""
    async for name, data in wire.events(settings.screens_url, f"/api/{feed}/stream"):
        told = data.get("tiles", {}).get(tile, {}).get("n")
        if name in ("snapshot", "delta") and told is not None:
            seen.note(told)


async def listen(settings: Settings, feed: str, stored: Seen) -> None:
    """Notes how many events live has committed, at each of its wake-ups."""
    url = settings.warehouse_url
    async with (
        await psycopg.AsyncConnection.connect(url, autocommit=True) as conn,
        await psycopg.AsyncConnection.connect(url, autocommit=True) as asking,
    ):
        await conn.execute("listen ioc_live")
        async for _ in conn.notifies():
            at = time.perf_counter()
            found = await (await asking.execute(STORED, [feed])).fetchone()
            stored.note(int(found[0]) if found else 0, at)


async def settled(seen: Seen, wanted: int) -> None:
    until = time.perf_counter() + PATIENCE
    while (seen.count < wanted or not seen.steps) and time.perf_counter() < until:
        await asyncio.sleep(0.05)


async def through_the_house(
    settings: Settings, registry: Registry, rates: Sequence[int], seconds: float
) -> None:
    """Intake -> Kafka -> live -> warehouse -> screens -> a connected client."""
    simulation, seen = read(default_simulation()), Seen()
    tile = registry.feed(simulation.feed).tiles[0]
    known = registry.agencies.values()
    agencies = [agency.code for agency in known if agency.simulated and agency.level == "department"]
    stored = Seen()
    watching = asyncio.create_task(watch(settings, simulation.feed, tile, seen))
    listening = asyncio.create_task(listen(settings, simulation.feed, stored))
    warm = Intake(settings, simulation, agencies, int(time.time()) % 100_000 * 10)
    await warm.open()
    await settled(seen, 0)
    before = seen.count
    await paced(50, 3, 1, warm.send)
    await settled(seen, before + 150)
    work, run = Work(settings), warm.run + 150
    for rate in rates:
        intake = Intake(settings, simulation, agencies, run, idle=warm.idle)
        base, begun, together = seen.count, stored.count, TOGETHER.get(rate, 1)
        sent = await paced(rate, seconds, together, intake.send)
        await settled(seen, base + len(sent))
        run += len(sent)
        report("sent to answer", rate, intake.answered, len(sent))
        report("sent to stored", rate, stored.latencies(sent, begun), len(sent))
        report("sent to tile", rate, seen.latencies(sent, base), len(sent))
        say(f"{'':>25}{work.done(len(sent))}")
    watching.cancel()
    listening.cancel()


def report(what: str, rate: int, found: Sequence[float], sent: int) -> None:
    if not found:
        raise SystemExit(f"{what}: nothing of {sent} arrived")
    shares = "  ".join(f"{name} {percentile(found, share):7.1f}" for name, share in
                       (("p50", 0.5), ("p90", 0.9), ("p99", 0.99)))  # fmt: skip
    late = "" if len(found) == sent else f"  {sent - len(found)} of {sent} not seen in time"
    say(f"{what:<16}{rate:>6}/s   {shares}  max {max(found):7.1f} ms{late}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="IOC_HOME of a running stack; without it one is started")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rates", type=int, nargs="+", default=[50, 300, 1000])
    given = parser.parse_args()
    with stack(given.home) as settings:
        say(describe("kafka-python", "psycopg", "polars", "starlette"))
        asyncio.run(through_the_house(settings, registry_for(settings), given.rates, given.seconds))
        with raw_path.peer(settings) as peer:
            for rate in given.rates:
                seen = Seen()
                sent = asyncio.run(raw_path.measured(peer, seen, rate, given.seconds, paced, settled))
                report("raw path", rate, seen.latencies(sent, 0), len(sent))


if __name__ == "__main__":
    main()
