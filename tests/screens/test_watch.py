"""The watch: woken by NOTIFY and by the clock, gentle with the warehouse, honest when it does not answer."""

import asyncio
from typing import Any

import psycopg
import pytest

from screens import watch as watches
from screens.watch import GAP_SECONDS, SHARE, Watch, rest_seconds


class Reader:
    """Counts reads; fails while `broken`."""

    def __init__(self, takes: float = 0) -> None:
        self.reads: list[str] = []
        self.stale: list[str] = []
        self.broken = False
        self.takes = takes

    async def read(self, feed: str) -> dict[str, Any]:
        if self.broken:
            raise psycopg.OperationalError("no such server")
        self.reads.append(feed)
        await asyncio.sleep(self.takes)
        return {"n": len(self.reads)}


def run(reader: Reader, work: Any) -> None:
    async def all_of_it() -> None:
        watch = Watch(["one", "two"], reader.read, reader.stale.append)
        task = asyncio.create_task(watch.run())
        try:
            await asyncio.wait_for(work(watch), 15)
        finally:
            task.cancel()

    asyncio.run(all_of_it())


def test_nothing_is_read_while_nobody_looks() -> None:
    reader = Reader()

    async def work(watch: Watch) -> None:
        watch.wake("ioc_live", "one")
        await asyncio.sleep(0.1)
        assert reader.reads == []
        watch.hubs["one"].join()
        watch.wake("ioc_live", "one,two")
        await asyncio.sleep(0.1)
        assert reader.reads == ["one"]

    run(reader, work)


def test_a_wake_up_during_a_read_is_not_lost() -> None:
    reader = Reader(takes=0.05)

    async def work(watch: Watch) -> None:
        watch.hubs["one"].join()
        watch.wake("ioc_live", "one")
        await asyncio.sleep(0.02)
        watch.wake("ioc_live", "one")
        await asyncio.sleep(0.5)
        assert len(reader.reads) == 2

    run(reader, work)


def test_reading_takes_at_most_a_third_of_the_time() -> None:
    reader = Reader(takes=0.02)

    async def work(watch: Watch) -> None:
        watch.hubs["one"].join()
        for _ in range(200):
            watch.wake("ioc_live", "one")
            await asyncio.sleep(0.005)
        assert 5 <= len(reader.reads) <= 1.2 / (0.02 / SHARE) + 2

    run(reader, work)


def test_rests_grow_with_reading_and_with_screens() -> None:
    assert rest_seconds(0.001, 1) == pytest.approx(GAP_SECONDS - 0.001)
    assert rest_seconds(0.030, 1) == pytest.approx(0.030)
    assert rest_seconds(0.001, 1000) == pytest.approx(0.1)


def test_the_clock_alone_reads_again_with_the_seldom_changing_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watches, "CLOCK_SECONDS", 0.1)
    reader = Reader()

    async def work(watch: Watch) -> None:
        watch.hubs["two"].join()
        await asyncio.sleep(0.55)
        assert 3 <= len(reader.reads) <= 6
        assert set(reader.reads) == {"two"}
        assert "two" in reader.stale

    run(reader, work)


def test_a_warehouse_that_does_not_answer_is_said_and_taken_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watches, "CLOCK_SECONDS", 0.1)
    reader = Reader()

    async def work(watch: Watch) -> None:
        screen = watch.hubs["one"].join()
        watch.wake("ioc_joined", "one")
        assert b"event: snapshot" in (await screen.queue.get() or b"")
        reader.broken = True
        watch.wake("ioc_live", "one")
        assert b'"reason":"warehouse"' in (await screen.queue.get() or b"")
        reader.broken = False
        frame = b"event: trouble"
        while b"event: trouble" in frame:
            frame = await screen.queue.get() or b""
        assert b"event: delta" in frame

    run(reader, work)


def test_an_unknown_payload_means_every_feed() -> None:
    reader = Reader()

    async def work(watch: Watch) -> None:
        watch.hubs["one"].join()
        watch.hubs["two"].join()
        watch.wake("ioc_published", "")
        await asyncio.sleep(0.1)
        assert sorted(reader.reads) == ["one", "two"]
        assert sorted(set(reader.stale)) == ["one", "two"]

    run(reader, work)
