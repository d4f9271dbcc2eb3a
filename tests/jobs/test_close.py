"""Closing day by day, with late, repeated and joining events, comes to what counting everything gives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import pytest

from ioc.event import Event
from ioc.settings import Settings
from ioc.verify.revision import check_revision
from ioc.warehouse import connect, live
from jobs.window import Window
from schemas import load
from tests.jobs.offices import FIRST, Office, courses

pytestmark = pytest.mark.broker
OPENS = date(2024, 1, 1)


@pytest.fixture
def office(warehouse: Settings) -> Iterator[Office]:
    with connect(warehouse, name="test") as conn, connect(warehouse, autocommit=True) as worker:
        live.prepare(worker)
        yield Office(conn, worker, load())


def by(events: list[Event], last: date) -> tuple[list[Event], list[Event]]:
    """What was received by 07:30 of the day after `last`, and the rest."""
    until = FIRST + timedelta(days=(last - FIRST.date()).days + 1, minutes=-30)
    return [e for e in events if e.receipt.received_at < until], [
        e for e in events if e.receipt.received_at >= until
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_closing_day_by_day_is_counting_everything(office: Office, seed: int) -> None:
    draw = Random(seed)
    events = courses(draw, 220, 80)
    ends = sorted(date(2024, 1, 20) + timedelta(days=draw.randrange(85)) for _ in range(7))
    first, rest = by(events, ends[0])
    office.deliver(first)
    office.roll(Window(OPENS, ends[0]))
    for end in ends[1:]:
        now, rest = by(rest, end)
        if now:
            office.deliver(now)
        office.close(end)
        wrong = [check for check in check_revision(office.conn, "records") if not check.ok]
        assert wrong == []
    days, months = office.held("flow_day"), office.held("flow_month")
    counts = office.conn.execute("select cases, set_aside from run order by started_at, run_id").fetchall()
    office.roll(Window(OPENS, ends[-1]))
    assert office.held("flow_day") == days
    assert office.held("flow_month") == months
    assert office.conn.execute("select cases, set_aside from run").fetchall()[-1] == counts[-1]
    assert office.conn.execute("select count(*) from restatement").fetchone() != (0,)
