"""`ioc explain … under=H20`: an agency's figure with all under it is the sum of theirs, with their cases."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ioc.errors import BadInput, Stop
from tests.ledger.conftest import FOREST, Ledger, case
from tests.ledger.test_explain import BEHIND, SINCE, behind, told

OTHERS = "H58.31"  # of another province


@pytest.fixture
def beside(ledger: Ledger) -> Ledger:
    """A case of another province published too, by a third revision; `since` is published with it."""
    ledger.province.arrive(*case(ledger.province, "there", OTHERS, "online", FOREST, None, ("09-09", "2")))
    ledger.publish(datetime(2024, 10, 4, tzinfo=UTC))
    return ledger


@pytest.mark.parametrize("figure", BEHIND)
def test_a_parent_is_the_sum_of_its_children_with_their_cases(run: Any, beside: Any, figure: str) -> None:
    parent = told(run, f"under=H20,figure={figure}")
    children = [told(run, f"agency={agency},figure={figure}") for agency in ("H20.01", "H20.02", "H20")]
    assert parent["value"] == sum(child["value"] for child in children)
    assert parent["value"] == len(BEHIND[figure] | SINCE.get(figure, set()))
    assert behind(parent) == set[str]().union(*map(behind, children))
    assert {one["agency"]: one["value"] for one in parent["agencies"]} == {
        child["cell"]["agency"]: child["value"] for child in children if child["value"]
    }
    assert parent["history"][-1]["value"] == parent["value"]


def test_run_audit_code_position_and_history_are_the_same_as_of_a_child(run: Any, beside: Any) -> None:
    parent, child = (told(run, f"{of},figure=new") for of in ("under=H20", "agency=H20.01"))
    assert parent["revision"] == child["revision"]
    assert parent["run"] == child["run"]
    assert [(step["revision"], step["value"]) for step in parent["history"]] == [(1, 7), (2, 8), (3, 9)]
    entries = [step["restatements"] for step in parent["history"]]
    assert [[(one["agency"], one["change"]) for one in some] for some in entries[1:]] == [
        [("H20.01", 1)],
        [("H20.01", 1)],
    ]
    shown = run("explain", "records", "2024-09", "under=H20,figure=new", "--limit", "1").stdout.splitlines()
    assert shown[:4] == [
        "new of agency H20 with all under it, channel every, sector every, 2024-09"
        " (CALENDAR, 2024-09-01 to 2024-09-30): 9",
        "  agency H20.01: 6",
        "  and 1 more agencies: 3",
        "Published: revision 3, at 2024-10-04 07:00.",
    ]


def test_other_parts_of_the_cell_hold_under_a_parent_too(run: Any, beside: Any) -> None:
    said = told(run, "under=H20,channel=online,figure=resolved")
    assert (said["value"], behind(said)) == (4, {"early", "late", "withdrawn", "tardy"})
    assert told(run, "under=H20.02,figure=new")["value"] == told(run, "agency=H20.02,figure=new")["value"]
    assert told(run, "under=H58,figure=new")["value"] == 1
    assert behind(told(run, "under=H58,figure=new")) == {"there"}


def test_as_of_then_a_parent_has_the_figure_of_then(run: Any, beside: Any) -> None:
    assert told(run, "under=H20,figure=new", "--as-of", "2024-10-02")["value"] == 7


def test_who_is_in_no_reference_data_counts_under_the_only_top(run: Any, ledger: Any) -> None:
    """As form II.06b has it, so that no case falls between the forms."""
    ledger.province.arrive(*case(ledger.province, "desk", "desk-7", "online", FOREST, None, ("09-09", "2")))
    ledger.publish(datetime(2024, 10, 4, tzinfo=UTC))
    said = told(run, "under=H20,figure=new")
    assert {one["agency"]: one["value"] for one in said["agencies"]} == {
        "H20.01": 6,
        "H20.02": 3,
        "desk-7": 1,
    }
    assert "desk" in behind(said)
    ledger.province.arrive(*case(ledger.province, "there", OTHERS, "online", FOREST, None, ("09-09", "2")))
    ledger.publish(datetime(2024, 10, 5, tzinfo=UTC))
    with pytest.raises(Stop, match="figure new of H20: 'desk-7' are in no reference data and could stand"):
        run("explain", "records", "2024-09", "under=H20,figure=new")


@pytest.mark.parametrize(
    ("cell", "error"),
    [
        (
            "under=H21,figure=new",
            "under: 'H21' cannot be used; no agency of the reference data has this code",
        ),
        ("under=H20,agency=H20.01,figure=new", "CELL: .*say agency or under"),
        ("under=H20,channel=fax,figure=new", "channel: 'fax' cannot be used"),
    ],
)
def test_what_stands_over_nothing_is_refused(run: Any, cell: str, error: str) -> None:
    with pytest.raises(BadInput, match=error):
        run("explain", "records", "2024-09", cell)


def test_a_parents_figures_are_those_of_its_form(run: Any, beside: Any) -> None:
    words = ("form", "II.06b", "2024-09", "--feed", "records", "--agency", "H20", "--format", "json")
    total = json.loads(run(*words).stdout)["rows"][-1]["cells"]
    columns = {"6": "carried_over", "7": "resolved", "8": "early", "10": "late", "13": "open_overdue"}
    explained = {
        column: told(run, f"under=H20,figure={figure}")["value"] for column, figure in columns.items()
    }
    assert explained == {column: total[column] for column in columns}
    assert total["7"] == 6
