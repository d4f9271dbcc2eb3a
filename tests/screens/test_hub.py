"""The hub: who joins gets the whole, who follows gets the change, who falls behind gets the whole again."""

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

from screens import hub as hubs
from screens.hub import CAPACITY, HEARTBEAT, Hub, Screen, frames


def told(frame: bytes | None) -> tuple[str, int, dict[str, Any]]:
    """Event, number and data of a frame."""
    assert frame is not None
    event, number, data = frame.decode().strip().split("\n", 2)
    return (
        event.removeprefix("event: "),
        int(number.removeprefix("id: ")),
        json.loads(data.removeprefix("data: ")),
    )


def waiting(screen: Screen) -> list[tuple[str, int, dict[str, Any]]]:
    return [told(screen.queue.get_nowait()) for _ in range(screen.queue.qsize())]


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 10))


def test_the_first_event_of_a_screen_is_a_snapshot_and_then_changes_follow() -> None:
    hub = Hub()
    hub.publish({"n": 1, "m": 1})
    screen = hub.join()
    hub.publish({"n": 2, "m": 1})
    assert waiting(screen) == [("snapshot", 1, {"n": 1, "m": 1}), ("delta", 2, {"n": 2})]


def test_who_joins_before_anything_is_known_gets_the_first_state_whole() -> None:
    hub = Hub()
    screen = hub.join()
    assert waiting(screen) == []
    hub.publish({"n": 1})
    assert waiting(screen) == [("snapshot", 1, {"n": 1})]


def test_a_full_queue_is_replaced_by_one_fresh_snapshot() -> None:
    hub = Hub()
    hub.publish({"n": 0})
    slow, quick = hub.join(), hub.join()
    for n in range(1, CAPACITY + 1):
        hub.publish({"n": n})
        waiting(quick)
    assert waiting(slow) == [("snapshot", CAPACITY + 1, {"n": CAPACITY})]
    hub.publish({"n": 99})
    assert waiting(slow) == [("delta", CAPACITY + 2, {"n": 99})]
    assert waiting(quick) == [("delta", CAPACITY + 2, {"n": 99})]


def test_a_slow_screen_ends_with_the_same_state_as_a_quick_one() -> None:
    hub = Hub()
    hub.publish({"n": 0, "agencies": {}})
    slow = hub.join()
    for n in range(3 * CAPACITY):
        hub.publish({"n": n, "agencies": {str(n % 5): n}})
    state: dict[str, Any] = {}
    for event, _, data in waiting(slow):
        state = data if event == "snapshot" else {**state, **data}
    assert state["n"] == 3 * CAPACITY - 1


def test_a_change_is_encoded_once_for_all_screens() -> None:
    hub = Hub()
    hub.publish({"n": 0})
    screens = [hub.join() for _ in range(50)]
    for screen in screens:
        waiting(screen)
    hub.publish({"n": 1})
    assert len({id(screen.queue.get_nowait()) for screen in screens}) == 1


def test_silence_is_filled_with_heartbeats_and_a_screen_that_leaves_is_forgotten() -> None:
    async def work() -> None:
        hub = Hub()
        stream = frames(hub, hub.join(), heartbeat=0.01)
        first = await anext(stream)
        assert first.startswith(b"retry: ")
        assert await anext(stream) == HEARTBEAT
        await stream.aclose()  # type: ignore[attr-defined]  # an async generator
        assert hub.screens == set()

    run(work())


def test_retries_are_spread() -> None:
    async def work() -> None:
        hub = Hub()
        waits = {int((await anext(frames(hub, hub.join()))).split()[1]) for _ in range(40)}
        assert len(waits) > 20
        assert hubs.RETRY_MS[0] <= min(waits) <= max(waits) <= hubs.RETRY_MS[1]

    run(work())


def test_closing_ends_every_stream_even_a_full_one() -> None:
    async def work() -> None:
        hub = Hub()
        hub.publish({"n": 0})
        screen = hub.join()
        for n in range(CAPACITY - 1):
            hub.publish({"n": n})
        hub.close()
        assert [frame async for frame in frames(hub, screen)][1:] == []
        assert [frame async for frame in frames(hub, hub.join())][-1:] != [HEARTBEAT]

    run(work())
