"""Every blocking gate of every table, broken in a run that was really counted and staged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from ioc.errors import Stop
from ioc.settings import Settings
from ioc.warehouse import connect, live
from ioc.warehouse.connection import Connection
from jobs.audit import audit
from jobs.close import close
from jobs.flow_day import Source
from jobs.publish import publish
from jobs.runs import SERIES, TABLES, find
from jobs.staging import Plan, months_of, stage, stage_changes
from jobs.window import Window
from schemas import load
from schemas.tables import names, table
from screens.slow import CHECKS, REFUSED
from tests.jobs.offices import FIRST, Office, courses

pytestmark = pytest.mark.broker
OPENS, LAST = date(2024, 1, 1), date(2024, 3, 3)
LATER = FIRST + timedelta(days=1)
ONE = "ctid = (select min(ctid) from {0} where {1})"
TWICE = "insert into {0} select * from {0} limit 1"
HARMS = {  # check -> table, what is set where; None: a row twice
    "grain-unique": ("flow_day", None, ""),
    "received-total": ("flow_day", "received_total = received_total + 1", "true"),
    "open-end": ("flow_day", "open_end = open_end + 1", "true"),
    "outcomes": ("flow_day", "late = late + 1", "true"),
    "carried-over": ("flow_day", "carried_over = carried_over + 1", "day > '2024-02-01'"),
    "never-lost": ("flow_day", "agency = 'Z'", "day = '2024-02-10' and open_end > 0"),
    "same-cases": ("flow_day", "resolved = resolved + 1", "true"),
    "non-negative": ("flow_day", "withdrawn = -1", "true"),
    "parts-of-wholes": ("flow_day", "open_end_overdue = open_end + 1", "true"),
    "within-coverage": ("flow_day", "day = '2024-03-05'", "true"),
    "recounted": (
        "flow_day",
        "new = new + 1, carried_over = carried_over - 1",
        "day = '2024-03-03' and carried_over > 0",
    ),
    "agrees-with-live": ("flow_day", "open_end = open_end + 1", "day = '2024-03-03'"),
    "month-grain-unique": ("flow_month", None, ""),
    "month-received": ("flow_month", "carried_over = carried_over + 1", "true"),
    "month-outcomes": ("flow_month", "late = late + 1", "true"),
    "month-carried-over": ("flow_month", "carried_over = carried_over + 1", "month_from > '2024-01-15'"),
    "month-never-lost": ("flow_month", "sector = 'Z'", "carried_over > 0 and month_from > '2024-01-15'"),
    "month-non-negative": ("flow_month", "paused_stop = -1", "true"),
    "month-parts-of-wholes": ("flow_month", "withdrawn = on_due_date + 1", "true"),
    "month-hierarchy": ("flow_month", "agency = 'lost'", "new > 0"),
    "month-hierarchy-whole": ("flow_month", "agency = 'twice'", "new > 0"),
    "month-equals-days": ("flow_month", "new = new + 1", "true"),
    "hours-grain-unique": ("hours_month", None, ""),
    "hours-non-negative": ("hours_month", "resolved = -1", "true"),
    "hours-within-resolved": ("hours_month", "resolved = resolved + 1000", "true"),
    "procedure-grain-unique": ("procedure_month", None, ""),
    "procedure-outcomes": ("procedure_month", "late = late + 1", "true"),
    "procedure-levels-within-new": ("procedure_month", "full_service = new + 1", "true"),
    "procedure-non-negative": ("procedure_month", "set_aside = -1", "true"),
    "procedure-equals-months": ("procedure_month", "new = new + 1", "true"),
}


def test_every_blocking_gate_is_broken_below() -> None:
    """Of observations: test_series_period.py."""
    of_cases = [one.name for one in TABLES]
    assert set(names()) == {*of_cases, SERIES.name}
    promised = [(n, e.severity) for name in of_cases for n, e in table(name).expectations.items()]
    assert sorted(HARMS) == sorted(name for name, severity in promised if severity == "fail")


@pytest.fixture
def office(warehouse: Settings) -> Iterator[Office]:
    with connect(warehouse, name="test") as conn, connect(warehouse, autocommit=True) as worker:
        live.prepare(worker)
        yield Office(conn, worker, load())


Staging = Callable[[str], None]  # stages the same run under this name, whole and sound


def counted(office: Office) -> Staging:
    """All days and months, as out of the log."""
    built, months = office.built(LAST), months_of(office.feed, office.registry, LAST)
    source = Source("", 0, 1, {0: office.taken}, frozenset(), office.clocked, {}, months)

    def staged(name: str) -> None:
        plan = Plan(name, office.feed, source, Window(OPENS, LAST), open_start=False)
        stage(office.conn, plan, Window(OPENS, LAST), built, LATER)

    return staged


def closing(office: Office) -> Staging:
    """What closing the days after the published ones changes."""
    office.conn.rollback()
    done = close(office.conn, office.clocked, months_of(office.feed, office.registry, LAST), LAST)

    def staged(name: str) -> None:
        stage_changes(office.conn, name, office.feed, done, LATER)

    return staged


@pytest.mark.parametrize(("published", "staging"), [(LAST, counted), (date(2024, 1, 31), closing)])
def test_each_broken_gate_publishes_nothing_and_the_banner_says_why(
    office: Office, published: date, staging: Callable[[Office], Staging]
) -> None:
    office.deliver(courses(Random(5), 40, 50))
    office.roll(Window(OPENS, published))
    for code, parent in (("lost", "nobody"), ("twice", "X"), ("twice", "Y"), ("X", None), ("Y", None)):
        office.conn.execute("insert into agency_version values (%s, %s)", [code, parent])
    office.conn.commit()
    held = {rolled.name: office.held(rolled.name) for rolled in TABLES}
    checks: Any = office.conn.execute('select "check" from audit where not ok').fetchall()
    assert ("live-comparable",) not in checks
    staged = staging(office)
    for check in HARMS:
        name = f"records:{check}"
        staged(name)
        harm(office.conn, check)
        run = audit(office.conn, name, LATER)
        assert run.state == "refused", check
        with pytest.raises(Stop, match="only an audited run can be published"):
            publish(office.conn, name, LATER)
        assert {rolled.name: office.held(rolled.name) for rolled in TABLES} == held
        shown: Any = dict(office.conn.execute(CHECKS.encode(), [name]).fetchall())
        assert "broken by" in shown[check], check
        assert f"{check}: {shown[check]}" in (run.reason or ""), check
        banner: Any = office.conn.execute(REFUSED.encode(), {"feed": "records"}).fetchone()
        assert banner[:3] == (name, "refused", run.reason)
        office.conn.execute("delete from run where run_id = %s", [name])
        office.conn.commit()
    assert office.conn.execute("select count(*) from revision").fetchone() == (1,)


def harm(conn: Connection, check: str) -> None:
    name, change, where = HARMS[check]
    (rolled,) = [one for one in TABLES if one.name == name]
    run = find(conn, f"records:{check}")
    assert run is not None
    staged = run.staging(rolled).as_string(conn)
    text = TWICE.format(staged)
    if change is not None:
        text = f"update {staged} set {change} where {ONE.format(staged, where)}"
    assert conn.execute(text.encode()).rowcount == 1, check
    conn.commit()
