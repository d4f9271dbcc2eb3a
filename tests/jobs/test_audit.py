"""Each gate of the audit, broken by a staged input that it must refuse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ioc.errors import Stop
from ioc.kernel.flow import CREDITS, FLOW_DAYS
from ioc.settings import Settings
from ioc.warehouse import connect
from ioc.warehouse.connection import Connection
from jobs import runs
from jobs.audit import audit
from jobs.data_docs import pages
from jobs.publish import publish
from jobs.restate import LEDGER, write_ledger
from jobs.staging import write
from schemas.tables import table

pytestmark = pytest.mark.broker
NOW = datetime(2024, 2, 1, tzinfo=UTC)
DAYS = [date(2024, 1, day) for day in (1, 2, 3)]


def row(day: int, *, opened: int, new: int, resolved: int, **other: Any) -> dict[str, Any]:
    figures = {
        "day": DAYS[day - 1], "agency": "A", "channel": "desk", "carried_over": opened, "new": new,
        "received_total": opened + new, "resolved": resolved, "early": resolved, "on_due_date": 0, "late": 0,
        "no_due_date": 0, "withdrawn": 0, "open_end": opened + new - resolved, "open_end_overdue": 0,
    }  # fmt: skip
    return figures | other


SOUND = [
    row(1, opened=0, new=3, resolved=1),
    row(2, opened=2, new=0, resolved=0, open_end_overdue=1),
    row(3, opened=2, new=4, resolved=2, early=1, on_due_date=1, withdrawn=1),
]


def staged(
    conn: Connection,
    rows: list[dict[str, Any]],
    name: str = "x:one",
    months: Sequence[dict[str, Any]] = (),
    **other: Any,
) -> runs.Run:
    said = {"position": {"x": {"0": 9}}, "definitions": "d", "state": "staged"} | other
    run = runs.Run(name, "x", DAYS[0], DAYS[-1], "UTC", **said)
    runs.put(conn, run, NOW)
    both = [row | {"credit": credit} for row in rows for credit in row.get("credits", CREDITS)]
    days = pl.DataFrame([{n: row[n] for n in FLOW_DAYS} for row in both], schema=FLOW_DAYS)
    write(conn, run, runs.DAYS, days)
    write(conn, run, runs.MONTHS, pl.DataFrame(months, schema=MONTHS))
    parts = [dict.fromkeys(runs.PROCEDURES.figures, 0) | {"procedure": "p"} | month for month in months]
    write(conn, run, runs.PROCEDURES, pl.DataFrame(parts, schema=runs.PROCEDURES.frame))
    write(conn, run, runs.HOURS, runs.HOURS.frame.to_frame())
    write_ledger(conn, run, LEDGER.to_frame())
    conn.commit()
    return run


KINDS = {"text": pl.String(), "date": pl.Date()}
MONTHS = {name: KINDS[kind] for name, kind in runs.MONTHS.keys.items()} | dict.fromkeys(
    runs.MONTHS.figures, pl.Int64()
)


def month(n: int, days: list[date], *, opened: int, new: int, resolved: int, **other: Any) -> dict[str, Any]:
    """Of a calendar whose months are a day or two long, so that they lie in DAYS."""
    open_end = opened + new - resolved
    figures = dict.fromkeys(runs.MONTHS.figures, 0) | {
        "carried_over": opened,
        "new": new,
        "resolved": resolved,
    }
    figures |= {"early": resolved, "open_in_time": open_end}
    said = {
        "calendar": "SHORT",
        "month": f"2024-{n:02}",
        "month_from": days[0],
        "month_to": days[-1],
    }
    return said | {"agency": "A", "channel": "desk", "sector": "Land"} | figures | other


MONTHLY = [
    month(1, DAYS[:2], opened=0, new=3, resolved=1, open_in_time=1, open_overdue=1, paused_fee=1),
    month(2, DAYS[2:], opened=2, new=4, resolved=2, early=1, on_due_date=1, withdrawn=1),
]


def test_a_sound_run_passes_and_every_check_is_kept(warehouse: Settings) -> None:
    with connect(warehouse) as conn:
        staged(conn, SOUND, months=MONTHLY)
        assert audit(conn, "x:one", NOW).state == "audited"
        kept: list[Any] = conn.execute(
            'select "check", ok from audit where run_id = %s', ["x:one"]
        ).fetchall()
    promised = [name for rolled in runs.TABLES for name in table(rolled.name).expectations]
    assert dict(kept) == dict.fromkeys(promised, True) | {"live-comparable": False}  # live knows no feed x


def test_what_an_audit_found_is_a_page_and_stays_beside_later_ones(
    warehouse: Settings, tmp_path: Path
) -> None:
    with connect(warehouse) as conn:
        staged(conn, SOUND, months=MONTHLY)
        audit(conn, "x:one", NOW, tmp_path)
        staged(conn, BROKEN["open-end"], "x:two")
        audit(conn, "x:two", NOW, tmp_path)
        audit(conn, "x:two", NOW, tmp_path)
    for run in ("x:one", "x:two"):
        shown = [page.parents[2].name for page in pages(tmp_path, run)]
        further = ["flow_day_live", "flow_day_recounted", "flow_day_source", "flow_month_hierarchy"]
        assert shown == sorted([*(table.name for table in runs.TABLES), *further])
    page = pages(tmp_path, "x:two")[0]
    assert "open_end_gap" in page.read_text(encoding="utf-8")
    assert pages(tmp_path, "x:three") == []


BROKEN_MONTHS = {
    "month-grain-unique": [*MONTHLY, MONTHLY[1]],
    "month-received": [MONTHLY[0] | {"open_in_time": 2}, MONTHLY[1]],
    "month-outcomes": [MONTHLY[0] | {"early": 0}, MONTHLY[1]],
    "month-carried-over": [MONTHLY[0], month(2, DAYS[2:], opened=1, new=5, resolved=2)],
    "month-never-lost": [MONTHLY[0], MONTHLY[1] | {"sector": "Trade"}],
    "month-non-negative": [MONTHLY[0] | {"paused_stop": -1}, MONTHLY[1]],
    "month-parts-of-wholes": [MONTHLY[0] | {"paused_fee": 2}, MONTHLY[1]],
    "month-equals-days": [MONTHLY[0], month(2, DAYS[2:], opened=2, new=5, resolved=2)],
}


def test_every_blocking_expectation_of_months_has_an_input_that_it_refuses() -> None:
    expectations = table("flow_month").expectations
    own = {name for name, e in expectations.items() if e.severity == "fail" and e.frame == "audit"}
    assert set(BROKEN_MONTHS) == own  # other frames: test_every_gate.py


@pytest.mark.parametrize("check", BROKEN_MONTHS)
def test_a_broken_month_is_refused_by_its_gate(check: str, warehouse: Settings) -> None:
    with connect(warehouse) as conn:
        staged(conn, SOUND, months=BROKEN_MONTHS[check])
        run = audit(conn, "x:one", NOW)
        assert run.state == "refused"
        assert f"{check}: " in (run.reason or "")
        with pytest.raises(Stop, match="only an audited run can be published"):
            publish(conn, "x:one", NOW)


BROKEN = {
    "grain-unique": [*SOUND, SOUND[0]],
    "received-total": [SOUND[0], SOUND[1] | {"received_total": 3, "open_end": 3}, SOUND[2]],
    "open-end": [*SOUND[:2], SOUND[2] | {"open_end": 5}],
    "outcomes": [SOUND[0] | {"early": 0}, *SOUND[1:]],
    "carried-over": [SOUND[0], row(2, opened=1, new=1, resolved=0), SOUND[2]],
    "never-lost": SOUND[:2],
    "same-cases": [
        *SOUND[:2],
        SOUND[2] | {"credits": ["resolving"]},
        row(3, opened=2, new=3, resolved=2, credits=["receiving"]),
    ],
    "non-negative": [*SOUND[:2], row(3, opened=2, new=-1, resolved=0)],
    "parts-of-wholes": [SOUND[0], SOUND[1] | {"open_end_overdue": 3}, SOUND[2]],
    "within-coverage": [*SOUND, row(3, opened=4, new=0, resolved=4) | {"day": date(2024, 1, 4)}],
}


def test_every_blocking_check_is_broken_below() -> None:
    expectations = table("flow_day").expectations
    own = {name for name, e in expectations.items() if e.severity == "fail" and e.frame == "audit"}
    assert set(BROKEN) == own  # other frames: test_every_gate.py


@pytest.mark.parametrize("check", BROKEN)
def test_a_broken_gate_refuses_the_run_and_the_last_revision_stays(warehouse: Settings, check: str) -> None:
    with connect(warehouse) as conn:
        staged(conn, SOUND, "x:sound")
        audit(conn, "x:sound", NOW)
        publish(conn, "x:sound", NOW)
        staged(conn, BROKEN[check])
        run = audit(conn, "x:one", NOW)
        assert run.state == "refused"
        assert f"{check}: " in (run.reason or "")
        with pytest.raises(Stop, match="only an audited run can be published"):
            publish(conn, "x:one", NOW)
        assert conn.execute("select run_id from revision").fetchall() == [("x:sound",)]
        assert len(conn.execute("select from flow_day_published").fetchall()) == len(SOUND)


def test_only_a_staged_run_is_audited(warehouse: Settings) -> None:
    with connect(warehouse) as conn, pytest.raises(Stop, match="run x:nothing is unknown"):
        audit(conn, "x:nothing", NOW)
