"""`ioc flow`, `measures` and `flags` of a feed that hides small cells, in every format, by either credit."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from ioc.cli.main import app
from ioc.errors import BadInput
from ioc.settings import Settings
from ioc.suppressed import rows_told
from ioc.warehouse import connect
from schemas.source_files import PACKAGED
from tests.effort import tried

FEED = "permits"
FIGURES = (
    *("carried_over", "new", "received_total", "resolved", "early", "on_due_date", "late", "no_due_date"),
    *("open_end", "open_end_overdue"),
)
# month -> agency -> cases that came and were resolved early on its first day
NEW = {
    1: {"A": 3, "B": 7, "C": 20, "D": 40},  # A is small, B covers it
    2: {"A": 2, "E": 2},  # alike: all is hidden, and E has nothing else to tell
    3: {"C": 9, "D": 8},
}
Run = Callable[..., Any]


@pytest.fixture
def run(warehouse: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command's result; the feed hides what is below 5 by a file of its own."""
    own = tmp_path / "own"
    shutil.copytree(PACKAGED / "feeds" / FEED, own / "feeds" / FEED)
    with (own / "feeds" / FEED / "feed.yaml").open("a", encoding="utf-8") as file:
        file.write("\nhide_below: 5\n")
    monkeypatch.setenv("IOC_WAREHOUSE_URL", warehouse.warehouse_url)
    monkeypatch.setenv("IOC_HOME", str(tmp_path))
    monkeypatch.setenv("IOC_SCHEMAS_PATH", str(own))
    with connect(warehouse) as conn:
        conn.execute(
            "insert into revision (feed, covers_from, covers_to, zone, position, definitions, run_id, audit,"
            " published_at) values (%s, %s, %s, 'UTC', '{}', 'd', 'x:1', '[]', now())",
            [FEED, date(2023, 1, 1), date(2023, 3, 31)],
        )
        for month, agencies in NEW.items():
            for agency, new in agencies.items():
                for credit in ("resolving", "receiving"):
                    conn.execute(
                        "insert into flow_day select %(feed)s, %(day)s, %(agency)s, '', 0, %(new)s, %(new)s,"
                        " %(new)s, %(new)s, 0, 0, 0, 0, 0, 0, revision, null, %(credit)s from revision",
                        {
                            "feed": FEED,
                            "day": date(2023, month, 1),
                            "agency": agency,
                            "new": new,
                            "credit": credit,
                        },
                    )

    def ran(*words: str) -> Any:
        return CliRunner().invoke(app, [words[0], "--feed", FEED, *words[1:]], catch_exceptions=False)

    return ran


def flow(run: Run, form: str, *words: str) -> str:
    said = run("flow", "--period", "month", "--format", form, *words)
    assert said.exit_code == 0, said.output
    return str(said.stdout)


@pytest.mark.parametrize("by", ["agency", "receiving-agency"])
def test_json_has_no_figure_of_a_hidden_row(run: Run, by: str) -> None:
    rows = json.loads(flow(run, "json", "--by", by))
    told = {(row["period"], row["group"]): row.get("new", row.get("hidden")) for row in rows}
    assert told == {
        ("2023-01", "A"): True, ("2023-01", "B"): True, ("2023-01", "C"): 20, ("2023-01", "D"): 40,
        ("2023-02", "A"): True, ("2023-02", "B"): True, ("2023-02", "C"): True, ("2023-02", "D"): True,
        ("2023-03", "A"): 0, ("2023-03", "B"): 0, ("2023-03", "C"): 9, ("2023-03", "D"): 8,
    }  # fmt: skip
    for row in rows:
        if row.get("hidden"):
            assert row.keys() == {"period", "from", "to", "group", "hidden"}


@pytest.mark.parametrize("by", ["agency", "receiving-agency"])
def test_csv_and_table_say_that_it_is_less(run: Run, by: str) -> None:
    sheet = list(csv.DictReader(io.StringIO(flow(run, "csv", "--by", by))))
    assert len(sheet) == 12
    for row in sheet:
        hides = (row["period"], row["group"]) in {("2023-01", "A"), ("2023-01", "B")}
        hides = hides or row["period"] == "2023-02"
        assert {row[name] == "< 5" for name in FIGURES} == {hides}
    table = flow(run, "table", "--by", by)
    assert table.count("< 5") == 6 * len(FIGURES)
    assert " E " not in table


def test_sums_over_all_agencies_are_told(run: Run) -> None:
    rows = json.loads(flow(run, "json"))
    assert [row["new"] for row in rows] == [70, 4, 17]
    assert "hidden" not in flow(run, "json", "--by", "channel")


def test_what_cannot_be_hidden_well_is_refused(run: Run) -> None:
    cut_again = ("flow", "--period", "month", "--by")
    for words in (
        ("measures", "2023-01", "--by", "agency"),
        ("measures", "2023-01", "--by", "parent"),
        (*cut_again, "agency", "--agencies", "as-now"),
        (*cut_again, "none", "--scope", "cao-lanh"),
    ):
        with pytest.raises(BadInput, match="hides small numbers per agency"):
            run(*words)
    with pytest.raises(BadInput, match="hides small numbers per agency"):
        run("flags", "--agency", "A")


def test_flags_are_counted_for_all_agencies_as_one(run: Run, warehouse: Settings) -> None:
    with connect(warehouse) as conn:
        for n, agency in enumerate(("H20.03", "H20.03", "H20.04")):
            conn.execute(
                "insert into cases (feed, case_id, in_figures, agency, flags)"
                " values (%s, %s, true, %s, '{reopened}')",
                [FEED, f"c{n}", agency],
            )
    said = run("flags", "--format", "json")
    assert [(row["agency"], row["what"], row["count"]) for row in json.loads(said.stdout)] == [
        ("", "reopened", 3),
        ("", "quarantine", 0),
    ]


@given(
    st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=2, max_size=4),
    st.integers(2, 7),
)
@tried(200)
def test_no_row_that_is_told_has_a_small_figure(months: list[list[int]], threshold: int) -> None:
    figures = ("new", "open_end")
    rows = [
        {"period": f"{n}", "from": n, "to": n, "group": group, "new": new, "open_end": new // 2}
        for n, month in enumerate(months)
        for group, new in zip("ABC", month, strict=True)
    ]
    for row in rows_told(rows, figures, {"Z"}, threshold):
        assert ("hidden" in row) != ("new" in row)
        assert not any(0 < row.get(name, 0) < threshold for name in figures)
        assert ("hidden" in row) or row in rows
