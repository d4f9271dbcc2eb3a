"""Figures as now: the same sums and the same identities as was, under the agencies responsible on a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.agencies import adopted, as_now, orphaned, responsible_now, successors
from ioc.kernel.cases import CASES
from ioc.kernel.flow import FLOW_DAYS, cells, flow_days
from ioc.kernel.periods import By, periods
from schemas import Agency, History, Registry, Succession, load
from schemas.reference import by_code
from tests.effort import tried
from tests.kernel.histories import rules
from tests.kernel.slow_periods import CALENDAR

REFORM = date(2025, 7, 1)
FIRST, LAST = date(2025, 6, 27), date(2025, 7, 5)
BEFORE, AFTER = date(2025, 6, 30), date(2026, 1, 1)
DISTRICT, SUCCESSOR = "H20.31", "H20.115"


@pytest.fixture(scope="module")
def packaged() -> Registry:
    return load()


def agency(code: str, first: date | None, last: date | None) -> Agency:
    return Agency(code=code, name=f"name of {code}", level="district", valid_from=first, valid_to=last)


def edge(from_: str, to: str, kind: str, on: date, share: str = "") -> Succession:
    said = {"from": from_, "to": to, "kind": kind, "effective": on, "share": share}
    return Succession.model_validate(said)


# A merges into C, which later ends into D; S splits mostly to T; N ends into nobody; R is used again.
MADE = History(
    by_code(
        [
            agency("A", None, BEFORE),
            agency("C", REFORM, date(2025, 7, 2)),
            agency("D", None, None),
            agency("S", None, BEFORE),
            agency("T", REFORM, None),
            agency("N", None, BEFORE),
            agency("R", None, BEFORE),
            agency("R", date(2025, 7, 3), None),
        ]
    ),
    (
        edge("A", "C", "merge", REFORM),
        edge("C", "D", "merge", date(2025, 7, 3)),
        edge("S", "D", "split", REFORM, "0.3"),
        edge("S", "T", "split", REFORM, "0.7"),
        edge("R", "D", "merge", REFORM),
    ),
)


def test_each_code_goes_one_way() -> None:
    assert successors(MADE, BEFORE) == {}
    assert successors(MADE, REFORM) == {"A": "C", "R": "D", "S": "T"}
    assert successors(MADE, AFTER) == {"A": "D", "C": "D", "S": "T"}  # R is whoever bears it then


def test_who_took_over_stands_for_all_that_are_now_theirs() -> None:
    codes = successors(MADE, AFTER)
    assert adopted(codes, "D") == ["D", "A", "C"]
    assert adopted(codes, "A") == []
    assert adopted(codes, "unknown") == ["unknown"]


a_case = st.fixed_dictionaries(
    {
        "agency": st.sampled_from([None, "A", "C", "D", "N", "R", "S", "T", "unknown"]),
        "receiving_agency": st.sampled_from([None, "A", "D"]),
        "entered_on": st.dates(FIRST, LAST),
        "due_on": st.none() | st.dates(FIRST, LAST),
        "days": st.none() | st.integers(0, 6),
    }
)


def case(said: dict[str, Any]) -> dict[str, Any]:
    ended = None if said["days"] is None else said["entered_on"] + timedelta(days=said["days"])
    outcome = {
        "resolved_on": ended,
        "outcome": "late" if ended else None,
        "in_figures": True,
        "withdrawn": False,
    }
    return dict.fromkeys(CASES) | {k: v for k, v in said.items() if k in CASES} | outcome


@tried(25)
@given(
    st.lists(a_case, min_size=1, max_size=12),
    st.dates(FIRST, LAST),
    st.sampled_from(("day", "week", "month")),
)
def test_sums_and_identities_are_those_of_as_was(said: list[dict[str, Any]], on: date, period: Any) -> None:
    cases = pl.LazyFrame([case(one) for one in said], schema=CASES)
    was = flow_days(cells(cases, rules()), FIRST, LAST).collect()
    now = as_now(was, MADE, on)
    assert now.schema == FLOW_DAYS
    assert not set(now["agency"]) & successors(MADE, on).keys()
    whole = periods(was.lazy(), period, "none", FIRST, LAST, CALENDAR).collect()
    ways: list[By] = ["agency", "receiving-agency", "channel", "none"]
    for by in ways:
        found = periods(now.lazy(), period, by, FIRST, LAST, CALENDAR).collect()
        summed = found.group_by("period", "from", "to", maintain_order=True).agg(pl.exclude("group").sum())
        assert summed.equals(whole.drop("group"))
        open_end: dict[str | None, int] = {}
        for row in found.rows(named=True):
            assert (
                row["carried_over"] + row["new"] == row["received_total"] == row["open_end"] + row["resolved"]
            )
            assert row["carried_over"] == open_end.get(row["group"], row["carried_over"])
            open_end[row["group"]] = row["open_end"]


def test_who_has_no_successor_is_told(packaged: Registry) -> None:
    days = pl.DataFrame([{"agency": code} for code in ("N", "C", "unknown")]).select(
        *(pl.col("agency") if n == "agency" else pl.lit(None, k).alias(n) for n, k in FLOW_DAYS.items())
    )
    assert orphaned(as_now(days, MADE, AFTER), MADE, AFTER) == ["N"]
    assert orphaned(days, MADE, BEFORE) == []
    assert packaged.history.without_successor(AFTER) == []


def test_a_case_has_three_agencies(packaged: Registry) -> None:
    def codes(receiving: str | None, resolving: str | None, on: date) -> list[str | None]:
        row = {"receiving_agency": receiving, "agency": resolving}
        found = responsible_now(packaged, row, on)
        assert list(found) == ["receiving", "resolving", "responsible"]
        return [None if one is None else one["code"] for one in found.values()]

    assert codes("H20.32", DISTRICT, BEFORE) == ["H20.32", DISTRICT, DISTRICT]
    assert codes("H20.32", DISTRICT, REFORM) == ["H20.32", DISTRICT, SUCCESSOR]
    assert codes("H20.32", None, BEFORE) == ["H20.32", None, "H20.32"]
    assert codes(None, "desk-7", REFORM) == [None, "desk-7", "desk-7"]
    assert codes(None, None, REFORM) == [None, None, None]
    named = responsible_now(packaged, {"receiving_agency": None, "agency": DISTRICT}, REFORM)
    assert named["responsible"] == {"code": SUCCESSOR, "name": packaged.agencies[SUCCESSOR].name}
