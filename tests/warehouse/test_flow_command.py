"""`ioc flow` by either calendar, on a few published days whose figures are counted by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ioc.cli.main import app
from ioc.errors import BadInput
from ioc.settings import Settings
from ioc.warehouse import connect

FEED = "permits"
COVERS = (date(2022, 12, 15), date(2024, 2, 29))
# day, carried over, new, resolved: open are 2, then 5, then 1
DAYS = (
    (date(2022, 12, 15), 0, 2, 0),
    (date(2023, 9, 14), 2, 3, 0),
    (date(2023, 9, 15), 5, 0, 4),
)
STOCK = ((date(2022, 12, 31), 2), (date(2023, 1, 1), 2), (date(2023, 9, 30), 1))
Flow = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def flow(warehouse: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flow:
    monkeypatch.setenv("IOC_WAREHOUSE_URL", warehouse.warehouse_url)
    monkeypatch.setenv("IOC_HOME", str(tmp_path))
    rows = [*DAYS, *((day, stock, 0, 0) for day, stock in STOCK)]
    with connect(warehouse) as conn:
        conn.execute(
            "insert into revision (feed, covers_from, covers_to, zone, position, definitions, run_id, audit,"
            " published_at) values (%s, %s, %s, 'UTC', '{}', 'd', 'x:1', '[]', now())",
            [FEED, *COVERS],
        )
        for day, carried, new, done in rows:
            conn.execute(
                "insert into flow_day select %(feed)s, %(day)s, 'A', '', %(carried)s, %(new)s,"
                " %(carried)s + %(new)s, %(done)s, %(done)s, 0, 0, 0, 0, %(carried)s + %(new)s - %(done)s, 0,"
                " revision, null, 'resolving' from revision",
                {"feed": FEED, "day": day, "carried": carried, "new": new, "done": done},
            )

    def asked(period: str, *words: str) -> list[dict[str, Any]]:
        command = ["flow", "--feed", FEED, "--period", period, "--format", "json", *words]
        said = CliRunner().invoke(app, command, catch_exceptions=False)
        assert said.exit_code == 0, said.output
        return list(json.loads(said.stdout))

    return asked


def told(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        tuple(row[name] for name in ("period", "from", "to", "carried_over", "new", "resolved", "open_end"))
        for row in rows
    ]


def test_the_report_of_nine_months_ends_on_the_14th(flow: Flow) -> None:
    words = ("--calendar", "REPORT_15_14", "--from", "2023", "--to", "2023")
    assert told(flow("9m", *words)) == [("2023-9M", "2022-12-15", "2023-09-14", 0, 5, 0, 5)]
    assert told(flow("quarter", *words))[2:] == [
        ("2023-Q3", "2023-06-15", "2023-09-14", 0, 3, 0, 5),
        ("2023-Q4", "2023-09-15", "2023-12-14", 5, 0, 4, 0),
    ]


def test_the_calendar_on_the_wall_is_the_default(flow: Flow) -> None:
    expected = [("2023-9M", "2023-01-01", "2023-09-30", 2, 3, 4, 1)]
    assert told(flow("9m", "--from", "2023-01", "--to", "2023-12")) == expected
    assert told(flow("9m", "--from", "2023", "--to", "2023", "--calendar", "CALENDAR")) == expected
    (half, _) = told(flow("half", "--from", "2023-H1", "--to", "2023-H2"))
    assert half[:3] == ("2023-H1", "2023-01-01", "2023-06-30")


def test_the_year_to_date_goes_up_to_the_windows_end(flow: Flow) -> None:
    words = ("--calendar", "REPORT_15_14", "--to", "2023-09-14")
    assert told(flow("ytd", *words)) == [("2023-YTD..2023-09-14", "2022-12-15", "2023-09-14", 0, 5, 0, 5)]


def test_a_range_is_one_period_exactly_as_given(flow: Flow) -> None:
    window = ("--from", "2023-09-14", "--to", "2023-09-15")
    assert told(flow("range", *window)) == [
        ("2023-09-14..2023-09-15", "2023-09-14", "2023-09-15", 2, 3, 4, 1)
    ]
    assert flow("range", *window) == flow("range", *window, "--calendar", "REPORT_15_14")


@pytest.mark.parametrize(
    ("period", "words", "error"),
    [
        (
            "week",
            ("--calendar", "REPORT_15_14"),
            "period: 'week' cannot be used; REPORT_15_14 has month, quarter, half, year, 6m, 9m, ytd, range",
        ),
        (
            "month",
            ("--calendar", "LUNAR"),
            "calendar: 'LUNAR' cannot be used; name one of CALENDAR, REPORT_15",
        ),
        ("range", ("--from", "2023"), "to: None cannot be used; say --from and --to"),
        ("range", ("--to", "2023"), "from: None cannot be used; say --from and --to"),
        ("month", ("--from", "2023-13"), "from: '2023-13' cannot be used; CALENDAR has no such month"),
        ("month", ("--to", "2023-02-30"), "to: '2023-02-30' cannot be used; write a day as 2011-03-05"),
        ("year", ("--from", "2023-W09", "--calendar", "REPORT_15_14"), "from: '2023-W09' cannot be used"),
        (
            "year",
            ("--to", "2024", "--calendar", "REPORT_15_14"),
            "to: '2024-12-14' cannot be used; published",
        ),
    ],
)
def test_what_a_calendar_does_not_have_is_refused(
    flow: Flow, period: str, words: tuple[str, ...], error: str
) -> None:
    with pytest.raises(BadInput) as refused:
        flow(period, *words)
    assert str(refused.value).startswith(error)


def test_a_period_of_no_calendar_is_a_wrong_word(flow: Flow) -> None:
    said = CliRunner().invoke(app, ["flow", "--feed", FEED, "--period", "decade"])
    assert said.exit_code == 2
    assert "'ytd'" in said.output
