"""Months by procedure are counted again in plain SQL, with what is said of a service's level."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from random import Random

import pytest

from ioc.settings import Settings
from ioc.verify.check import Check
from ioc.verify.revision import check_revision
from ioc.warehouse import connect, live
from jobs.window import Window
from schemas import load
from tests.jobs.offices import FEED, Office, courses

MINE = f"where feed = '{FEED}' and procedure = '1.000001' and agency = 'A'"
HARM = {
    "a level": (
        f"update procedure_month set full_service = full_service - 1 {MINE} and full_service > 0",
        "full_service",
    ),
    "the other level": (
        f"update procedure_month set partial_service = partial_service + 1 {MINE}",
        "partial_service",
    ),
    "what is new": (f"update procedure_month set new = new + 1 {MINE}", "new"),
    "an outcome": (f"update procedure_month set late = late + 1 {MINE}", "late"),
    "what is set aside": (f"update procedure_month set set_aside = set_aside + 1 {MINE}", "set_aside"),
    "a row that is gone": (
        f"delete from procedure_month {MINE} and channel = '1' and full_service > 0",
        "full_service",
    ),
    "a procedure": (
        f"update procedure_month set procedure = '1.9' {MINE} and channel = '2' and new > 0",
        "new",
    ),
    "what an event says of the level": (
        f"update event set data = data || '{{\"service_level\": \"information\"}}' where feed = '{FEED}'"
        " and data->>'service_level' = 'full'",
        "full_service",
    ),
}


@pytest.fixture(scope="module")
def office(migrated: Callable[[str], AbstractContextManager[Settings]]) -> Iterator[Office]:
    """A year's first months, closed twice: levels are put right in between."""
    with (
        migrated(__name__) as warehouse,
        connect(warehouse, name="test") as conn,
        connect(warehouse, autocommit=True) as worker,
    ):
        live.prepare(worker)
        made = Office(conn, worker, load())
        events = courses(Random(11), 150, 80)
        made.deliver(events[:300])
        made.roll(Window(date(2024, 1, 1), date(2024, 3, 31)))
        made.deliver(events[300:])
        made.close(date(2024, 4, 30))
        yield made


def checked(office: Office) -> Check:
    """The check, found sound in all else."""
    found = {check.name: check for check in check_revision(office.conn, FEED)}
    procedures = found.pop("procedures = refold")
    assert [name for name, check in found.items() if not check.ok] == []
    return procedures


def test_what_is_published_is_counted_again(office: Office) -> None:
    sums = office.conn.execute(
        "select sum(full_service), sum(partial_service), sum(set_aside) from procedure_month"
        " where to_revision is null"
    ).fetchone()
    assert sums is not None
    assert all(n > 10 for n in sums[:2])
    assert sums[2] > 0
    assert checked(office).ok


@pytest.mark.parametrize("what", HARM)
def test_what_is_changed_is_named(office: Office, what: str) -> None:
    harm, figure = HARM[what]
    table = re.findall(r"(?:update|from) (\w+)", harm)[0]
    office.live.execute(f"create table kept as table {table}".encode())
    try:
        assert office.live.execute(harm.encode()).rowcount > 0
        found = checked(office)
    finally:
        undone = f"delete from {table}; insert into {table} select * from kept; drop table kept"
        office.live.execute(undone.encode())
    assert not found.ok
    assert all(f"{figure} " in said for said in found.differs)
    assert checked(office).ok
