"""The ledger: what later events change of closed months, cell by cell, with their cause and names."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from ioc.kernel.events import EVENTS
from ioc.kernel.fold import fold_now
from ioc.kernel.months import MONTH_FIGURES, NEEDED, Months, added, month_cells
from ioc.settings import Settings
from ioc.warehouse import connect
from ioc.warehouse.connection import Connection
from ioc.warehouse.revisions import Published
from jobs.flow_day import Source
from jobs.restate import CELL, ledger
from jobs.runs import MONTHS
from jobs.whole import named
from tests.kernel.histories import Row, event, rules
from tests.kernel.slow_periods import CALENDAR, REPORT

pytestmark = pytest.mark.broker
RULES = rules()
ENDED = date(2024, 2, 29)
LAST = datetime(2024, 3, 1, tzinfo=UTC)


def months() -> Months:
    return Months(
        (CALENDAR, REPORT), date(1900, 1, 1), date(2024, 12, 31), {"1.1": "Đất đai"}, {"5": "supplement"}
    )


def at(day: str, hour: int = 3) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


def numbered(events: list[Row], first: int = 0) -> list[Row]:
    return [e | {"topic": "example", "partition": 0, "offset": first + i} for i, e in enumerate(events)]


def counted(events: list[Row]) -> pl.DataFrame:
    known = pl.DataFrame(events, schema=EVENTS)
    cells = month_cells(added(known, fold_now(known, RULES).select(NEEDED), RULES, months()))
    return named(cells, months().calendars).filter(pl.col("month_to") <= ENDED).select(MONTHS.columns)


def kept(conn: Connection, events: list[Row]) -> None:
    """Into table event, as live stores them."""
    names = [*EVENTS.names(), "feed", "type", "dataschema", "subject", "data"]
    for e in events:
        row = e | {"feed": "example", "type": "t", "dataschema": "s", "subject": "s", "data": "{}"}
        columns = ", ".join(f'"{name}"' for name in names)
        conn.execute(
            f"insert into event ({columns}) values ({', '.join(['%s'] * len(names))})".encode(),
            [row[name] for name in names],
        )


def held(conn: Connection, cells: pl.DataFrame, definitions: str = "d") -> Published:
    """A revision that holds these months and knows the first offsets."""
    conn.execute(
        "insert into revision (feed, covers_from, covers_to, zone, position, definitions, run_id, audit,"
        " published_at) values ('example', '2024-01-01', %s, 'UTC', '{}', 'd', 'example:1', '[]', %s)",
        [ENDED, LAST],
    )
    row: Any = conn.execute("select max(revision) from revision").fetchone()
    names = ", ".join(MONTHS.columns)
    places = ", ".join(["%s"] * (len(MONTHS.columns) + 1))
    write = f"insert into flow_month (feed, {names}, from_revision) values ('example', {places})".encode()
    for cell in cells.rows():
        conn.execute(write, [*cell, row[0]])
    position = {"example": {"0": len(FIRST)}}
    return Published(row[0], date(2024, 1, 1), ENDED, "UTC", position, definitions, "example:1", LAST)


SAID: dict[str, Any] = {"agency": "A", "channel": "online", "procedure": "1.1"}
FIRST = numbered(
    [
        event("a", "a2", at("2024-01-10"), "2", due_at=at("2024-01-31"), **SAID),
        event("b", "b2", at("2024-01-20"), "2", due_at=at("2024-03-31"), **SAID),
        event("b", "b9", at("2024-02-20"), "9"),
        event("c", "c2", at("2024-02-05"), "2", due_at=at("2024-03-31"), **SAID),
    ]
)
LATER = numbered(
    [
        event("a", "a9", at("2024-01-30"), "9", received_at=LAST),  # resolved in time, told after the month
        event("b", "b4", at("2024-03-02"), "4"),  # opened again: not resolved in February after all
        event("c", "c9", at("2024-03-05"), "9"),  # resolved in March: changes nothing closed
    ],
    first=len(FIRST),
)


def found(conn: Connection, definitions: str = "d", events: list[Row] = FIRST + LATER) -> pl.DataFrame:
    before = held(conn, counted(FIRST))
    kept(conn, FIRST + LATER)
    source = Source("", 0, 1, {0: len(FIRST) + len(LATER)}, frozenset(), RULES, {}, months())
    return ledger(conn, source, before, definitions, counted(events))


def of(rows: pl.DataFrame, calendar: str, month: str) -> dict[str, tuple[int, int, str, list[str]]]:
    mine = rows.filter(calendar=calendar, month=month)
    return {r["figure"]: (r["old"], r["new"], r["cause"], r["events"]) for r in mine.to_dicts()}


def test_each_changed_cell_of_a_closed_month_has_its_cause_and_its_events(warehouse: Settings) -> None:
    with connect(warehouse) as conn:
        rows = found(conn)
    late, again = ("late-event", ["portal a9"]), ("correction", ["portal b4"])
    assert of(rows, "CALENDAR", "2024-01") == {
        "resolved": (0, 1, *late),
        "early": (0, 1, *late),
        "open_overdue": (1, 0, *late),
    }
    february = of(rows, "CALENDAR", "2024-02")
    assert february["resolved"] == (1, 0, *again)
    assert february["carried_over"] == (2, 1, *late)
    assert set(rows["event_count"]) == {1}


def test_the_ledger_leads_from_every_old_figure_to_the_new_one(warehouse: Settings) -> None:
    with connect(warehouse) as conn:
        rows = found(conn)
    index = [name for name in CELL if name != "figure"]
    cells = (counted(FIRST), counted(FIRST + LATER))
    old, new = (one.unpivot(MONTH_FIGURES, index=index, variable_name="figure") for one in cells)
    both = pl.concat([new, old.with_columns(-pl.col("value"))]).group_by(CELL).agg(pl.col("value").sum())
    told = rows.group_by(CELL).agg(value=(pl.col("new") - pl.col("old")).sum())
    assert told.sort(CELL).equals(both.filter(pl.col("value") != 0).sort(CELL))


def test_what_no_event_explains_is_of_the_definitions_or_said_to_be_unexplained(warehouse: Settings) -> None:
    other = [e | {"agency": "B"} if e["case_id"] == "c" else e for e in FIRST + LATER]
    for definitions, cause in (("d", "unexplained"), ("e", "definitions")):
        with connect(warehouse) as conn:
            rows = found(conn, definitions, other)
            conn.rollback()
        moved = rows.filter(pl.col("agency") == "B", calendar="CALENDAR", month="2024-02", figure="new")
        assert moved.select("old", "new", "cause").rows() == [(0, 1, cause)]
        assert rows.filter(figure="early", month="2024-01")["cause"].unique().to_list() == ["late-event"]


def test_a_month_that_was_not_published_is_not_restated(warehouse: Settings) -> None:
    with connect(warehouse) as conn:
        rows = found(conn)
    assert "2024-03" not in set(rows["month"])


def test_nothing_is_restated_by_the_first_revision(warehouse: Settings) -> None:
    with connect(warehouse) as conn:
        source = Source("", 0, 1, {0: 9}, frozenset(), RULES, {}, months())
        assert ledger(conn, source, None, "d", counted(FIRST)).is_empty()
