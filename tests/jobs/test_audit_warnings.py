"""Each warning of the audit, given by a staged input that is published all the same."""

from __future__ import annotations

from typing import Any

import pytest

from ioc.settings import Settings
from ioc.warehouse import connect
from jobs import runs
from jobs.audit import audit
from jobs.publish import publish
from schemas.tables import table
from tests.jobs.test_audit import MONTHLY, NOW, SOUND, row, staged

pytestmark = pytest.mark.broker


WARNED = {
    "has-rows": [],
    "known-agency": [row | {"agency": ""} for row in SOUND],
    "volume": [
        row(1, opened=0, new=1, resolved=1),
        row(2, opened=0, new=1, resolved=1),
        row(3, opened=0, new=500, resolved=500),
    ],
}


def test_every_warning_is_given_below() -> None:
    expectations = table("flow_day").expectations
    own = {name for name, e in expectations.items() if e.severity == "warn" and e.frame == "audit"}
    assert set(WARNED) == own


@pytest.mark.parametrize("check", WARNED)
def test_a_warning_is_kept_and_does_not_block(warehouse: Settings, check: str) -> None:
    with connect(warehouse) as conn:
        staged(conn, WARNED[check])
        assert audit(conn, "x:one", NOW).state == "audited"
        publish(conn, "x:one", NOW)
        published: Any = conn.execute("select audit from revision").fetchone()
    failed = {found["check"] for found in published[0] if not found["ok"]}
    assert failed == {check, "live-comparable"}  # live knows no feed x


FLOOD = """
insert into cases (feed, case_id, source, in_figures, entered_on)
select 'x', d || '-' || n, 'urn:portal', true, d::date
from generate_series('2023-10-02'::date, '2024-01-02', interval '1 day') d,
    generate_series(1, case d when '2024-01-02' then {last} else 1 end) n
where extract(isodow from d) < 6
"""


@pytest.mark.parametrize(("last", "warned"), [(50, False), (51, True)])
def test_a_source_that_sends_more_than_five_usual_days_is_said_and_does_not_block(
    warehouse: Settings, last: int, warned: bool
) -> None:
    with connect(warehouse) as conn:
        conn.execute(FLOOD.format(last=last).encode())
        staged(conn, SOUND)
        assert audit(conn, "x:one", NOW).state == "audited"
        row: Any = conn.execute("select ok, observed from audit where \"check\" = 'source-volume'").fetchone()
    assert row[0] is not warned
    assert ("5.1" in row[1]) is warned


def test_months_without_a_sector_are_said_and_do_not_block(warehouse: Settings) -> None:
    with connect(warehouse) as conn:
        staged(conn, SOUND, months=[month | {"sector": ""} for month in MONTHLY])
        assert audit(conn, "x:one", NOW).state == "audited"
        failed = conn.execute('select "check" from audit where not ok order by 1').fetchall()
    assert failed == [("live-comparable",), ("month-known-sector",)]


def test_every_warning_of_any_table_is_given_above_or_where_live_is_told_of() -> None:
    promised = {
        n
        for rolled in runs.TABLES
        for n, e in table(rolled.name).expectations.items()
        if e.severity == "warn"
    }
    assert promised == {*WARNED, "source-volume", "month-known-sector", "live-comparable"}
