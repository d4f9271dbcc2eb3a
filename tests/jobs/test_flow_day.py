"""A task's work without Spark: which events of a pinned log count, and that slices of a bucket add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake

from ioc.errors import Stop
from ioc.event import hash16
from ioc.kernel.events import EVENTS
from ioc.kernel.flow import CONTRIBUTIONS
from ioc.kernel.levels import Levels
from ioc.kernel.months import Months
from ioc.kernel.rules import CaseRules
from jobs import flow_day
from jobs.event_log import SCHEMA, EventLog, buckets, compact, held
from jobs.flow_day import Built, Source, bucket_rows, folded, parted
from jobs.rows import added_up
from jobs.testing import CASES, events_of
from jobs.whole import whole
from jobs.window import Window
from tests.kernel.slow_periods import CALENDAR

RULES = CaseRules(
    "x", "UTC", {"received": "open", "completed": "resolved"}, frozenset({"received"}), "date", "d"
)


def stored(log: EventLog, events: list[dict[str, Any]]) -> DeltaTable:
    table = log.make(4)
    blank = dict.fromkeys(SCHEMA.names)
    rows = [blank | event | {"archived": "2024-01"} for event in events]
    schema = pl.DataFrame(SCHEMA.empty_table()).schema
    write_deltalake(table, pl.DataFrame(rows, schema=schema), mode="append")
    return DeltaTable(log.uri)


def rows_of(cases: Any) -> list[dict[str, Any]]:
    """The small log as rows of the event log, partition by case."""
    offsets = {0: 0, 1: 0}
    rows = []
    for event in events_of("x", cases):
        place, data = hash16(event.case_id) % 2, dict(event.data)
        due = data.pop("due_at", None)
        rows.append(
            {
                "case_id": event.case_id, "source": event.source, "id": event.id, "hash": event.hash,
                "occurred_at": event.time, "received_at": event.receipt.received_at, **data,
                "due_at": datetime.fromisoformat(due) if due else None, "topic": "x", "partition": place,
                "offset": offsets[place], "hash16": hash16(event.case_id),
                "bucket": hash16(event.case_id) // 16384,
            }
        )  # fmt: skip
        offsets[place] += 1
    return rows


@pytest.fixture
def log(tmp_path: Path) -> EventLog:
    return EventLog("x", str(tmp_path))


def source(table: DeltaTable, **other: Any) -> Source:
    said = {"position": held(table), "quarantined": frozenset()} | other
    return Source(table.table_uri, table.version(), buckets(table), rules=RULES, **said)


def built_of(source: Source) -> Built:
    """What Spark makes of it, without Spark."""
    rows = [bucket_rows(source, bucket, 0, source.tables) for bucket in range(source.tasks)]
    (built,) = parted(added_up(pl.concat(rows)), 1, source.tables)
    return built


def test_all_buckets_together_are_the_whole_log(log: EventLog) -> None:
    table = stored(log, rows_of(CASES))
    built = built_of(source(table))
    whole = folded(pl.read_delta(log.uri).lazy(), RULES)["days"]
    assert (built.cases, built.set_aside) == (6, 1)
    assert built.cells.sum().select(CONTRIBUTIONS).row(0) == whole.sum().select(CONTRIBUTIONS).row(0)
    assert built.cells.filter(credit="resolving")["new"].sum() == 5


def test_slices_of_a_bucket_add_up_to_it(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    pinned = source(stored(log, rows_of(CASES)))
    before = built_of(pinned)
    monkeypatch.setattr(flow_day, "TASK_BYTES", flow_day.EVENT_BYTES)  # one event a slice: far below a case
    assert sum(1 for _ in flow_day.slices(pinned, hash16("c1") // 16384)) > 1
    after = built_of(pinned)
    assert (after.cases, after.set_aside) == (before.cases, before.set_aside)
    assert after.cells.equals(before.cells)


def test_only_what_was_known_at_the_position_counts(log: EventLog) -> None:
    table = stored(log, rows_of(CASES))
    nothing_of_1 = {0: held(table)[0], 1: 0}
    counted = built_of(source(table, position=nothing_of_1)).cases
    assert counted == sum(hash16(case[0]) % 2 == 0 for case in CASES)


def test_what_live_refused_does_not_count(log: EventLog) -> None:
    events = rows_of(CASES)
    refused = frozenset((e["partition"], e["offset"]) for e in events if e["case_id"] == "c1")
    assert built_of(source(stored(log, events), quarantined=refused)).cases == 5


def test_a_pinned_version_does_not_see_what_came_later(log: EventLog) -> None:
    pinned = source(stored(log, rows_of(CASES[:3])))
    stored(log, rows_of(CASES[3:]))
    assert built_of(pinned).cases == 3


def test_compacting_keeps_every_row_and_the_pinned_version(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = rows_of(CASES)
    assert not compact(stored(log, events[:1]))
    pinned = source(DeltaTable(log.uri))
    monkeypatch.setattr("jobs.event_log.SMALL_FILES", 1)
    for event in events[1:]:
        table = stored(log, [event])
    assert compact(table)
    assert len(pl.read_delta(log.uri)) == len(events)
    assert len(DeltaTable(log.uri).file_uris()) <= 4
    assert built_of(pinned).cases == 1


def test_a_case_that_the_kernel_fails_on_is_set_aside_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    real = flow_day.fold

    def failing(events: pl.LazyFrame, rules: CaseRules) -> pl.LazyFrame:
        if "c2" in events.collect()["case_id"]:
            raise ZeroDivisionError
        return real(events, rules)

    events = pl.DataFrame(rows_of(CASES), schema=EVENTS)
    monkeypatch.setattr(flow_day, "fold", failing)
    found = folded(events.lazy(), RULES)
    new = found["days"].filter(credit="resolving")["new"].sum()
    assert (*found["counted"].sum().row(0), new) == (6, 2, 4)


def test_a_kernel_that_fails_on_every_case_fails_the_job() -> None:
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        folded(pl.LazyFrame(rows_of(CASES), schema=EVENTS).drop("channel"), RULES)


def test_a_column_that_is_missing_is_no_fault_of_the_only_case() -> None:
    events = pl.LazyFrame(rows_of(CASES), schema=EVENTS).filter(case_id="c2").drop("channel")
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        folded(events, RULES)


def test_the_number_of_buckets_is_the_logs_own(log: EventLog, tmp_path: Path) -> None:
    log.make(4)
    assert buckets(log.make(16)) == 4
    with pytest.raises(Stop, match="IOC_LOG_BUCKETS: 6 cannot be used"):
        log.make(6)
    stranger = str(tmp_path / "stranger")
    write_deltalake(stranger, pl.DataFrame({"a": [1]}))
    with pytest.raises(Stop, match="does not say its number of buckets"):
        buckets(DeltaTable(stranger))


def test_the_small_log_is_dated_before_any_run() -> None:
    assert all(event.time < datetime(2011, 6, 1, tzinfo=UTC) for event in events_of("x", CASES))


def test_months_come_from_the_same_tasks_and_add_up_to_the_days(log: EventLog) -> None:
    months = Months([CALENDAR], date(1900, 1, 1), date(2199, 12, 31))
    built = built_of(source(stored(log, rows_of(CASES)), months=months))
    days = built.cells.filter(credit="resolving")
    for name in ("new", "resolved", "late", "withdrawn"):
        assert built.months["months"][name].sum() == days[name].sum()
    assert built.months["months"]["new"].sum() == 5
    assert built.cases == 6


LEVELS = {  # event -> what its data says
    "c1-received": '{"level": "full"}',
    "c2-received": '{"level":"partial", "note": "\\"level\\""}',
    "c2-completed": '{"level": "full"}',  # put right later
    "c3-received": '{"level": "information"}',
    "c4-received": '{"note": "\\"level\\""}',
    "c5-received": '{"level": "half"}',
}


@pytest.mark.parametrize("joined", [{}, {"c4": "c4", "old4": "c4", "c2": "c2", "old2": "c2"}])
def test_levels_are_read_out_of_the_logs_data(
    log: EventLog, monkeypatch: pytest.MonkeyPatch, joined: dict[str, str]
) -> None:
    rows = [row | {"data": LEVELS.get(row["id"], "{}")} for row in rows_of(CASES)]
    months = Months([CALENDAR], date(1900, 1, 1), date(2199, 12, 31))
    levels = Levels("level", frozenset({"full"}), frozenset({"partial", "half"}))
    pinned = replace(
        source(stored(log, rows), months=months, cases=joined), rules=replace(RULES, levels=levels)
    )
    figures = ("new", "full_service", "partial_service")
    assert built_of(pinned).months["procedures"].sum().select(figures).row(0) == (5, 2, 1)
    monkeypatch.setattr(flow_day, "TASK_BYTES", flow_day.EVENT_BYTES)
    assert built_of(pinned).months["procedures"].sum().select(figures).row(0) == (5, 2, 1)
    plain = replace(pinned, rules=RULES)
    assert built_of(plain).months["procedures"].sum().select(figures).row(0) == (5, 0, 0)


def test_a_month_that_the_window_does_not_hold_whole_is_not_staged(log: EventLog) -> None:
    months = Months([CALENDAR], date(1900, 1, 1), date(2199, 12, 31))
    built = built_of(source(stored(log, rows_of(CASES)), months=months))
    first = built.cells["day"][0]
    following = CALENDAR.first_of(CALENDAR.month_of(first) + 1)
    names = whole(built, Window(first, following), [CALENDAR])["flow_month"]["month"].unique()
    assert names.to_list() == [f"{first:%Y-%m}"]  # nothing happened before it: whole, though it began earlier
    later = Window(first + timedelta(days=1), following)
    assert all(months.is_empty() for months in whole(built, later, [CALENDAR]).values())
