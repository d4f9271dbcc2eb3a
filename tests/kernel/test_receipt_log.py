"""The Dutch receipt log, folded from its raw file, gives the figures that others computed from it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ioc.kernel.events import EVENTS, INSTANT
from ioc.kernel.flow import cells, flow_days
from ioc.kernel.fold import fold
from ioc.kernel.periods import By, periods
from ioc.kernel.rules import CaseRules
from tests.kernel.slow_periods import CALENDAR

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "permits"
PHASES = {"received": "open", "activity": "note", "completed": "resolved"}
RULES = CaseRules("permits", "Europe/Amsterdam", PHASES, frozenset({"received"}), "date", "0123456789abcdef")
FIRST, LAST = date(2010, 10, 1), date(2012, 1, 31)
Cases = pl.DataFrame
Row = dict[str, Any]


@pytest.fixture(scope="module")
def reference() -> Row:
    if not SHARED.exists():
        pytest.skip(f"the receipt log is not at {SHARED}")
    answers: Row = json.loads((SHARED / "receipt_reference.json").read_text())
    assert answers["quarantined_resolved_before_received"] == ["case-10862", "case-8267"]
    policy: Row = answers["policy_quarantine"]
    return policy


def at(column: str) -> pl.Expr:
    return (
        pl.col(column)
        .str.to_datetime("%Y-%m-%d %H:%M:%S%.f%:z", time_unit="us", time_zone="UTC")
        .cast(INSTANT)
    )


def event(rows: pl.LazyFrame, status: str, occurred_at: pl.Expr, number: pl.Expr) -> pl.LazyFrame:
    """One event per row of the file; for what is said of the case, the same event again and again."""
    named = rows.select(
        case_id="case:concept:name",
        source=pl.lit("log"),
        id=pl.format("{}-{}", pl.lit(status), number),
        occurred_at=occurred_at,
        received_at=at("time:timestamp"),
        status=pl.lit(status),
        due_at=at("case:deadline"),
        agency="case:department",
        channel="case:channel",
    ).filter(pl.col("occurred_at").is_not_null())
    missing = [
        pl.lit(None, EVENTS[name]).alias(name)
        for name in ("receiving_agency", "procedure", "topic", "partition", "offset")
    ]
    return named.with_columns(pl.col("id").alias("hash"), *missing).select(EVENTS.names())


@pytest.fixture(scope="module")
def cases(reference: Row) -> Cases:
    rows = pl.scan_csv(SHARED / "receipt_original.csv", infer_schema=False)
    events = [
        event(rows, "received", at("case:startdate"), pl.lit("")),
        event(rows, "completed", at("case:enddate"), pl.lit("")),
        event(rows, "activity", at("time:timestamp"), pl.col("concept:instance")),
    ]
    return fold(pl.concat(events), RULES).collect()


def monthly(cases: Cases, by: By) -> list[Row]:
    days = flow_days(cells(cases.lazy(), RULES), FIRST, LAST)
    return periods(days, "month", by, FIRST, LAST, CALENDAR).collect().to_dicts()


def as_reference(row: Row) -> Row:
    names = {
        "month": "period",
        "resolved_early": "early",
        "resolved_on_due_date": "on_due_date",
        "resolved_late": "late",
    }
    alike = ("carried_over", "new", "resolved", "open_end", "received_total", "open_end_overdue")
    return (
        {name: row[ours] for name, ours in names.items()}
        | {name: row[name] for name in alike}
        | {"resolved_no_due": row["no_due_date"]}
    )


def only(row: Row, like: Row) -> Row:
    return {name: row[name] for name in like}


def test_two_cases_resolved_before_received_are_set_aside(cases: Cases) -> None:
    aside = cases.filter(pl.col("set_aside") == "resolved-before-received")
    assert sorted(aside["case_id"]) == ["case-10862", "case-8267"]
    assert cases.height == 1434
    assert not aside["in_figures"].any()


def test_totals_and_due_status(cases: Cases, reference: Row) -> None:
    counted = cases.filter("in_figures")
    assert counted.height == reference["cases"] == 1432
    assert counted["resolved_at"].count() == reference["resolved"] == 1327
    assert counted["resolved_at"].null_count() == reference["open_at_end_of_data"] == 105
    assert counted["due_at"].null_count() == reference["without_due"]

    def tallied(outcome: str) -> dict[str, int]:
        return dict(counted[outcome].fill_null("open").value_counts().iter_rows())

    assert tallied("outcome") == tallied("outcome_by_date") == reference["due_status_by_local_date"]
    by_instant = tallied("outcome_by_instant")
    in_time = by_instant.pop("early") + by_instant.pop("on_due_date")
    assert by_instant | {"in_time": in_time} == reference["due_status_by_instant"]


def test_flow_by_month(cases: Cases, reference: Row) -> None:
    found = [as_reference(row) for row in monthly(cases, "none")]
    assert len(found) == 16
    assert [only(row, like=ours) for row, ours in zip(reference["flow"], found, strict=True)] == found


def test_flow_by_month_and_department(cases: Cases, reference: Row) -> None:
    found = monthly(cases, "agency")
    departments = reference["flow_by_department"]
    assert {row["group"] for row in found} == departments.keys()
    for department, months in departments.items():
        ours = [as_reference(row) for row in found if row["group"] == department]
        assert [only(row, like=mine) for row, mine in zip(months, ours, strict=True)] == ours


def test_new_by_month_and_channel(cases: Cases, reference: Row) -> None:
    found: dict[str, dict[str, int]] = {}
    for row in monthly(cases, "channel"):
        if row["new"]:
            found.setdefault(row["period"], {})[row["group"]] = row["new"]
    assert found == reference["new_by_month_and_channel"]
