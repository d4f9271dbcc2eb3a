"""Closing day by day, with late, repeated and joining events, comes to what counting everything gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from ioc.event import Event
from ioc.settings import Settings
from ioc.verify.revision import check_revision
from ioc.warehouse import connect, live
from ioc.warehouse.details import by_level
from ioc.warehouse.revisions import newest
from jobs.runs import TABLES, Rebuild
from jobs.window import Window
from schemas import load
from tests.jobs.offices import FIRST, Office, courses, told

pytestmark = pytest.mark.broker
OPENS = date(2024, 1, 1)
BY_LEVEL = """
select month, sum(full_service), sum(partial_service) from procedure_month
where to_revision is null and calendar = 'CALENDAR' group by month order by month
"""
LEVELS_OF_CASES = """
select to_char(entered_on, 'YYYY-MM') as month, count(*) filter (where attributes->>'service_level' = 'full'),
    count(*) filter (where attributes->>'service_level' = 'partial')
from cases where in_figures and to_char(entered_on, 'YYYY-MM') in (select month from flow_month)
group by 1 order by 1
"""


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
    held = {table.name: office.held(table.name) for table in TABLES}
    counts = office.conn.execute("select cases, set_aside from run order by started_at, run_id").fetchall()
    office.roll(Window(OPENS, ends[-1]))
    assert {table.name: office.held(table.name) for table in TABLES} == held
    assert all(held.values())
    assert office.conn.execute("select cases, set_aside from run").fetchall()[-1] == counts[-1]
    assert office.conn.execute("select count(*) from restatement").fetchone() != (0,)
    assert office.conn.execute(BY_LEVEL).fetchall() == office.conn.execute(LEVELS_OF_CASES).fetchall() != []


def closed_once(office: Office, events: list[Event]) -> date:
    """The office with days published up to the one given back."""
    last = date(2024, 2, 20)
    first, _ = by(events, last)
    office.deliver(first)
    office.roll(Window(OPENS, last))
    return last


def test_what_cannot_be_closed_says_why(office: Office) -> None:
    with pytest.raises(Rebuild, match="nothing is published yet"):
        office.close(date(2024, 2, 20))
    office.conn.rollback()
    last = closed_once(office, courses(Random(3), 60, 60))
    later = last + timedelta(days=1)
    refused = {
        "update run set cases = null": "does not say how many cases it counted",
        "update revision set definitions = 'other'": "the definitions changed",
        "update cases set definitions = 'other' where case_id = (select min(case_id) from cases)": (
            "live is still folding"
        ),
        "delete from flow_month": "has no months",
    }
    for harm, why in refused.items():
        office.live.execute(harm.encode())
        with pytest.raises(Rebuild, match=why):
            office.close(later)
        office.conn.rollback()
        mend(office)


def mend(office: Office) -> None:
    hash_ = office.feed.definitions_hash
    office.live.execute("update run set cases = 60 where cases is null")
    office.live.execute("update revision set definitions = %s", [hash_])
    office.live.execute("update cases set definitions = %s", [hash_])


def test_an_event_of_before_the_first_published_day_is_not_closed(office: Office) -> None:
    last = closed_once(office, courses(Random(3), 60, 60))
    before = FIRST - timedelta(days=40)
    office.deliver([told("H20-231201-9999", "x", before, "2", FIRST + timedelta(days=51), agency="A")])
    with pytest.raises(Rebuild, match=f"something changed before {OPENS}"):
        office.close(last + timedelta(days=1))


def test_a_month_that_began_before_the_first_published_day_is_not_closed(office: Office) -> None:
    last = date(2024, 1, 10)
    first, rest = by(courses(Random(3), 60, 60), last)
    office.deliver(first)
    office.roll(Window(OPENS, last))
    office.deliver(by(rest, date(2024, 1, 15))[0])
    with pytest.raises(Rebuild, match="a month has ended that begins before 2024-01-01"):
        office.close(date(2024, 1, 15))


def test_too_many_events_are_left_to_the_log(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    events = courses(Random(3), 60, 60)
    last = closed_once(office, events)
    office.deliver(by(events, last)[1])
    monkeypatch.setattr("jobs.close.TOUCHED", 3)
    with pytest.raises(Rebuild, match="codes have new events: the log is read sooner"):
        office.close(last + timedelta(days=1))


def test_cases_read_some_at_a_time_are_the_same(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    events = courses(Random(4), 60, 60)
    last = closed_once(office, events)
    office.deliver(by(events, last)[1])
    monkeypatch.setattr("jobs.close.AT_ONCE", 7)
    office.close(date(2024, 4, 1))
    assert [check for check in check_revision(office.conn, "records") if not check.ok] == []


def test_closing_again_changes_nothing(office: Office) -> None:
    last = closed_once(office, courses(Random(5), 60, 60))
    done = office.close(last)
    assert all(rows.is_empty() for rows in done.rows.values())
    assert done.ledger.is_empty()
    revision = newest(office.conn, "records")
    assert by_level(office.conn, revision)
    assert not by_level(office.conn, replace(revision, definitions="of before levels were counted"))
