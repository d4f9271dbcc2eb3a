"""Observations through the real live transaction: corrected, read back, and as they were known before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ioc.event import Event
from ioc.kernel.observations import ObservedRules, observed
from ioc.warehouse import live, offsets
from ioc.warehouse.connection import Connection
from ioc.warehouse.live import Agencies, Batch, Kernel, take
from ioc.warehouse.observations import observations, observations_at
from ioc.warehouse.offsets import Move
from streams.testing import delivery, event, minute

RULES = ObservedRules("parcels", "d1", ("river",))
KERNEL = Kernel(lambda _, events: observed(events, RULES), {"parcels": "d1"})
MARCH = date(2026, 3, 1), date(2026, 3, 31)


@pytest.fixture(autouse=True)
def _registered(conn: Connection) -> None:
    offsets.register(conn, "parcels", "id-1", [0])


def said(day: int, value: float | None, name: str, at: float) -> Event:
    data = {"series": "rain", "agency": "S1", "river": "Tiền", "period": f"2026-03-{day:02}", "value": value}
    made = event(f"rain/S1/2026-03-{day:02}/Tiền", name, at=at, received=at + 1)
    made = replace(made, data=data, hash="")
    return replace(made, hash=made.content_hash())


def send(conn: Connection, start: int, *events: Event) -> None:
    move = Move("parcels", 0, start, start + len(events))
    take(
        conn,
        Batch([move], [delivery(start + i, one) for i, one in enumerate(events)]),
        KERNEL,
        Agencies(set()),
    )
    live.know(conn, {"parcels": ["parcels"]}, minute(start + 100))


def test_a_correction_wins_and_what_was_known_before_it_is_still_told(conn: Connection) -> None:
    send(conn, 0, said(1, 2.5, "a", 1), said(2, None, "b", 2))
    send(conn, 2, said(1, 4.0, "c", 3), said(40 - 9, 7.0, "d", 4))
    now = observations(conn, "parcels", ["river"], *MARCH).sort("from")
    assert now.select("agency", "river", "value").rows() == [
        ("S1", "Tiền", 4.0),
        ("S1", "Tiền", None),
        ("S1", "Tiền", 7.0),
    ]
    assert now["to"].to_list() == [date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 31)]
    then = observations_at(conn, RULES, minute(101), *MARCH).sort("from")
    assert then.schema == now.schema
    assert then["value"].to_list() == [2.5, None]
    assert observations_at(conn, RULES, minute(102), *MARCH).sort("from").equals(now)
    assert observations_at(conn, RULES, minute(99), *MARCH).is_empty()


def test_only_periods_within_the_days_are_read(conn: Connection) -> None:
    send(conn, 0, said(1, 2.5, "a", 1), said(2, 3.5, "b", 2))
    within = date(2026, 3, 2), date(2026, 3, 9)
    assert observations(conn, "parcels", ["river"], *within)["value"].to_list() == [3.5]
    assert observations_at(conn, RULES, minute(200), *within)["value"].to_list() == [3.5]
