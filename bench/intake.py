"""Events a second, sent -> in the warehouse: through HTTP batches, and through `<feed>.raw`.

`python -m bench.intake [--home RUNNING_STACK] [--events 60000] [--batch 500]`; messages of a simulated
year, each sent once, those of the two ways different.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
import psycopg
from rich.console import Console

from bench import wire
from bench.bridge import Bridge
from bench.house import Work, stack
from bench.machine import describe
from ioc.admit import registry_for
from ioc.settings import Settings
from streams.simulator.events import WELL
from streams.simulator.messages import messages
from streams.simulator.places import reference
from streams.simulator.plan import province_year
from streams.simulator.settings import Simulation, default_simulation, read

CONNECTIONS = 4
PATIENCE = 300.0  # seconds until all must be in the warehouse
BRIDGE_AT_ONCE = 5_000
Way = Callable[[Sequence[str]], None]
say = Console(highlight=False, width=160).print


def simulated(settings: Settings, simulation: Simulation, count: int) -> list[str]:
    """`count` messages in the order of sending, none spoilt or repeated; another seed each time."""
    scale = max(0.002, 1.2 * count / 5_300_000)
    known, seed = reference(registry_for(settings)), int(time.time())
    plan = province_year(simulation, known, simulation.year, scale, seed)
    good = plan.sends.filter(pl.col("spoilt") == WELL).unique(
        ["case", "slot"], keep="first", maintain_order=True
    )
    return messages(plan, good[:count]).to_list()


def stored(connection: psycopg.Connection[tuple[int]], feed: str) -> int:
    """How many offsets of the feed's topics live has in the warehouse."""
    found = connection.execute(
        "select coalesce(sum(next_offset), 0)::bigint from topic_partition where topic in (%s, %s)",
        (feed, f"{feed}.quarantine"),
    ).fetchone()
    connection.commit()
    return found[0] if found else 0


def measured(name: str, settings: Settings, feed: str, texts: Sequence[str], send: Way) -> None:
    """Sends all, waits until the warehouse has as many more, and says how it went."""
    work = Work(settings)
    with psycopg.connect(settings.warehouse_url) as connection:
        before, start = stored(connection, feed), time.perf_counter()
        send(texts)
        sent = time.perf_counter() - start
        while (there := stored(connection, feed) - before) < len(texts):
            if time.perf_counter() - start > PATIENCE:
                raise SystemExit(f"{name}: {there} of {len(texts)} in the warehouse after {PATIENCE:.0f} s")
            time.sleep(0.05)
        whole = time.perf_counter() - start
    rates = f"sent {len(texts) / sent:8,.0f}/s   in the warehouse {len(texts) / whole:8,.0f}/s"
    say(f"{name:<18}{len(texts):,} events in {whole:.1f} s   {rates}")
    say(f"{'':>18}{work.done(len(texts))}")


def by_http(settings: Settings, simulation: Simulation, batch: int) -> Way:
    path = f"/v1/sources/{simulation.source}/messages"

    async def post_all(texts: Sequence[str]) -> None:
        starts = iter(range(0, len(texts), batch))

        async def worker() -> None:
            streams = await wire.connect(settings.intake_url)
            for start in starts:
                await wire.post(streams, path, ("[" + ",".join(texts[start : start + batch]) + "]").encode())

        await asyncio.gather(*(worker() for _ in range(CONNECTIONS)))

    return lambda texts: asyncio.run(post_all(texts))


def by_raw(bridge: Bridge) -> Way:
    def send(texts: Sequence[str]) -> None:
        for start in range(0, len(texts), BRIDGE_AT_ONCE):
            bridge.send(texts[start : start + BRIDGE_AT_ONCE])

    return send


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="IOC_HOME of a running stack; without it one is started")
    parser.add_argument("--events", type=int, default=60_000)
    parser.add_argument("--batch", type=int, default=500, help="events of one HTTP request")
    given = parser.parse_args()
    simulation = read(default_simulation())
    with stack(given.home) as settings:
        say(describe("kafka-python", "psycopg", "polars", "starlette", "jsonschema-rs"))
        texts = simulated(settings, simulation, 2 * given.events)
        say(
            f"{sum(map(len, texts)) // len(texts)} characters a message, {settings.live_workers} live workers"
        )
        http = by_http(settings, simulation, given.batch)
        measured("HTTP batches", settings, simulation.feed, texts[: given.events], http)
        bridge = Bridge(settings, simulation)
        measured("<feed>.raw", settings, simulation.feed, texts[given.events :], by_raw(bridge))
        bridge.close()


if __name__ == "__main__":
    main()
