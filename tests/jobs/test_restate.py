"""The ledger: what later events change of closed months, cell by cell, with their cause and names."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
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
from jobs import told as told_of
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


def held(conn: Connection, first: list[Row]) -> Published:
    """A revision that holds the months of these events and knows their offsets."""
    conn.execute(
        "insert into revision (feed, covers_from, covers_to, zone, position, definitions, run_id, audit,"
        " published_at) values ('example', '2024-01-01', %s, 'UTC', '{}', 'd', 'example:1', '[]', %s)",
        [ENDED, LAST],
    )
    row: Any = conn.execute("select max(revision) from revision").fetchone()
    names = ", ".join(MONTHS.columns)
    places = ", ".join(["%s"] * (len(MONTHS.columns) + 1))
    write = f"insert into flow_month (feed, {names}, from_revision) values ('example', {places})".encode()
    for cell in counted(first).rows():
        conn.execute(write, [*cell, row[0]])
    position = {"example": {"0": len(first)}}
    return Published(row[0], date(2024, 1, 1), ENDED, "UTC", position, "d", "example:1", LAST)


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


def restated(
    conn: Connection, first: list[Row], later: list[Row], months_now: pl.DataFrame, definitions: str = "d"
) -> pl.DataFrame:
    before = held(conn, first)
    kept(conn, first + later)
    source = Source("", 0, 1, {0: len(first) + len(later)}, frozenset(), RULES, {}, months())
    return ledger(conn, source, before, definitions, months_now)


def found(conn: Connection) -> pl.DataFrame:
    return restated(conn, FIRST, LATER, counted(FIRST + LATER))


def difference(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """CELL and value, of the figures that differ."""
    index = [name for name in CELL if name != "figure"]
    cells = (one.unpivot(MONTH_FIGURES, index=index, variable_name="figure") for one in (old, new))
    was, now = cells
    both = pl.concat([now, was.with_columns(-pl.col("value"))]).group_by(CELL).agg(pl.col("value").sum())
    return both.filter(pl.col("value") != 0).sort(CELL)


def told(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by(CELL).agg(value=(pl.col("new") - pl.col("old")).sum()).sort(CELL)


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
    assert told(rows).equals(difference(counted(FIRST), counted(FIRST + LATER)))


def courses(draw: Random) -> list[Row]:
    """300 cases of two months as a sound office has them, in order."""
    events = []
    for n in range(300):
        said = {"agency": draw.choice("AB"), "channel": draw.choice(["online", "direct"]), "procedure": "1.1"}
        received = at("2024-01-01") + timedelta(hours=draw.randrange(24 * 56))
        due = received + timedelta(days=draw.randrange(3, 25))
        events.append(event(f"r{n}", f"{n}-2", received, "2", due_at=due, **said))
        ended = received + timedelta(hours=draw.randrange(30, 24 * 35))
        if draw.random() < 0.3:
            events.append(event(f"r{n}", f"{n}-5", received + (ended - received) / 3, "5"))
            events.append(event(f"r{n}", f"{n}-4", received + (ended - received) / 2, "4"))
        events.append(event(f"r{n}", f"{n}-9", ended, "9"))
    return events


@pytest.mark.parametrize("seed", [1, 2])
def test_200_late_events_of_closed_months_come_to_a_clean_run_and_are_all_in_the_ledger(
    warehouse: Settings, seed: int
) -> None:
    draw = Random(seed)
    clean = courses(draw)
    late = draw.sample([e["id"] for e in clean if e["occurred_at"] < LAST], 200)  # in random order
    known = {e["id"]: e | {"received_at": LAST} for e in clean}
    first = numbered([e for e in clean if e["id"] not in late])
    later = numbered([known[name] for name in late], first=len(first))
    new = counted(first + later)
    keys = list(MONTHS.keys)
    assert new.sort(keys).equals(counted(numbered(clean)).sort(keys))
    with connect(warehouse) as conn:
        rows = restated(conn, first, later, new)
    assert told(rows).equals(difference(counted(first), new))
    assert rows["cause"].unique().to_list() == ["late-event"]
    assert set(rows["events"].explode()) <= {f"portal {name}" for name in late}
    assert len(rows) > 100


def test_what_no_event_explains_is_of_the_definitions_or_said_to_be_unexplained(warehouse: Settings) -> None:
    other = [e | {"agency": "B"} if e["case_id"] == "c" else e for e in FIRST + LATER]
    for definitions, cause in (("d", "unexplained"), ("e", "definitions")):
        with connect(warehouse) as conn:
            rows = restated(conn, FIRST, LATER, counted(other), definitions)
            conn.rollback()
        moved = rows.filter(pl.col("agency") == "B", calendar="CALENDAR", month="2024-02", figure="new")
        assert moved.select("old", "new", "cause").rows() == [(0, 1, cause)]
        assert rows.filter(figure="early", month="2024-01")["cause"].unique().to_list() == ["late-event"]


def test_a_month_that_was_not_published_is_not_restated(warehouse: Settings) -> None:
    with connect(warehouse) as conn:
        rows = found(conn)
    assert "2024-03" not in set(rows["month"])


def test_the_first_months_after_revisions_without_any_restate_nothing(warehouse: Settings) -> None:
    with connect(warehouse) as conn:
        rows = restated(conn, [], FIRST, counted(FIRST))
    assert rows.is_empty()


def test_a_case_that_the_kernel_fails_on_leaves_the_change_unexplained_and_stops_nothing(
    warehouse: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(told_of, "fold", failing)
    with connect(warehouse) as conn:
        rows = found(conn)
    assert rows["cause"].unique().to_list() == ["unexplained"]
    assert told(rows).equals(difference(counted(FIRST), counted(FIRST + LATER)))


def test_nothing_is_restated_by_the_first_revision(warehouse: Settings) -> None:
    with connect(warehouse) as conn:
        source = Source("", 0, 1, {0: 9}, frozenset(), RULES, {}, months())
        assert ledger(conn, source, None, "d", counted(FIRST)).is_empty()
