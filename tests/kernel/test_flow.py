"""Flow equals a count by definition, and its identities hold for any history and any cut of days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import assume, given
from hypothesis import strategies as st

from ioc.kernel.flow import CELLS, FIGURES, FLOW_DAYS, GROUP, KEYS, add_up, cells, flow_days
from ioc.kernel.fold import CASES, fold_now
from ioc.kernel.rules import CaseRules
from tests.effort import tried
from tests.kernel import reference
from tests.kernel.histories import ZONES, Row, frame, histories, rules

some_rules = st.builds(rules, st.sampled_from(ZONES), st.sampled_from(("date", "instant")))
OUTCOMES = ("early", "on_due_date", "late", "no_due_date")


def celled(events: list[Row], by: CaseRules) -> pl.LazyFrame:
    return (
        cells(fold_now(frame(events).collect(engine="in-memory"), by).lazy(), by)
        .collect(engine="in-memory")
        .lazy()
    )


def window(contributions: pl.LazyFrame) -> tuple[date, date]:
    """Some days before the first to some days after the last thing that happened."""
    days = contributions.collect(engine="in-memory")["day"]
    assume(len(days) > 0)
    first, last = days.min(), days.max()
    assert isinstance(first, date)
    assert isinstance(last, date)
    return first - timedelta(days=2), last + timedelta(days=2)


def rows(frame: pl.LazyFrame) -> list[Row]:
    return frame.collect(engine="in-memory").to_dicts()


@tried(100)
@given(histories(), some_rules, st.data())
def test_flow_days_are_what_counting_the_cases_gives(
    events: list[Row], by: CaseRules, data: st.DataObject
) -> None:
    contributions = celled(events, by)
    first, last = window(contributions)
    first += timedelta(days=data.draw(st.integers(0, (last - first).days)))
    cases = reference.fold(events, by).values()
    expected: list[dict[str, Any]] = []
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        for group, figures in sorted(reference.flow_day(cases, day, by.zone).items()):
            if any(figures.values()):
                expected.append({"day": day, **dict(zip(GROUP, group, strict=True)), **figures})
    found = flow_days(contributions, first, last).collect(engine="in-memory")
    assert found.schema == FLOW_DAYS
    assert found.to_dicts() == expected


@tried(60)
@given(histories(), some_rules)
def test_the_identities_of_a_day(events: list[Row], by: CaseRules) -> None:
    contributions = celled(events, by)
    first, last = window(contributions)
    found = rows(flow_days(contributions, first, last))
    previous: dict[tuple[str, str, str], Row] = {}
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        today = {}
        for row in (row for row in found if row["day"] == day):
            assert row["carried_over"] + row["new"] == row["received_total"]
            assert row["received_total"] - row["resolved"] == row["open_end"]
            assert sum(row[outcome] for outcome in OUTCOMES) == row["resolved"]
            assert 0 <= row["withdrawn"] <= row["on_due_date"]
            assert 0 <= row["open_end_overdue"] <= row["open_end"]
            assert min(row[name] for name in FIGURES) >= 0
            today[row["credit"], row["agency"], row["channel"]] = row
        for group in today.keys() | previous.keys():
            before, after = previous.get(group), today.get(group)
            assert (after["carried_over"] if after else 0) == (before["open_end"] if before else 0)
        previous = today


@tried(60)
@given(histories(), some_rules, st.data())
def test_sums_over_any_cut_of_days_add_up(events: list[Row], by: CaseRules, data: st.DataObject) -> None:
    contributions = celled(events, by)
    first, last = window(contributions)
    cut = first + timedelta(days=data.draw(st.integers(0, (last - first).days - 1)))
    whole = flow_days(contributions, first, last)
    parts = [flow_days(contributions, first, cut), flow_days(contributions, cut + timedelta(days=1), last)]
    assert rows(whole) == rows(parts[0]) + rows(parts[1])


@tried(60)
@given(histories(), some_rules)
def test_cells_of_disjoint_cases_add_up(events: list[Row], by: CaseRules) -> None:
    whole = celled(events, by).sort(KEYS).collect()
    some = [event for event in events if event["case_id"] in "ab"]
    others = [event for event in events if event["case_id"] not in "ab"]
    parts = pl.concat([celled(part, by) for part in (some, others)])
    assert whole.schema == CELLS
    assert add_up(parts).sort(KEYS).collect().equals(whole)


def case(entered: date, due: date | None, resolved: date | None) -> Row:
    ended = {"resolved_on": resolved, "outcome": "late" if resolved else None}
    return (
        dict.fromkeys(CASES)
        | {"in_figures": True, "withdrawn": False, "entered_on": entered, "due_on": due}
        | ended
    )


def overdue_days(entered: int, due: int | None, resolved: int | None) -> list[int]:
    """The days of March 2024 at whose end the case is overdue."""
    on = [date(2024, 3, day) if day else None for day in (entered, due, resolved)]
    assert on[0]
    cases = pl.LazyFrame([case(on[0], on[1], on[2])], schema=CASES)
    days = flow_days(cells(cases, rules()), date(2024, 3, 1), date(2024, 3, 10)).filter(
        pl.col("open_end_overdue") == 1, pl.col("credit") == "resolving"
    )
    return [day.day for day in days.collect()["day"]]


def test_a_case_is_overdue_from_the_end_of_its_due_date_until_it_is_resolved() -> None:
    assert overdue_days(2, 5, 8) == [5, 6, 7]
    assert overdue_days(2, 5, None) == [5, 6, 7, 8, 9, 10]


def test_a_case_due_before_it_was_received_is_overdue_from_its_reception() -> None:
    assert overdue_days(4, 2, 6) == [4, 5]


def test_a_case_resolved_on_its_due_date_or_without_one_is_never_overdue() -> None:
    assert overdue_days(2, 5, 5) == []
    assert overdue_days(2, 5, 4) == []
    assert overdue_days(5, 4, 5) == []
    assert overdue_days(2, None, None) == []


def test_a_case_resolved_on_the_day_it_would_be_overdue_counts_as_neither_fallen_nor_caught_up() -> None:
    cases = pl.LazyFrame([case(date(2024, 3, 2), date(2024, 3, 5), date(2024, 3, 5))], schema=CASES)
    assert rows(cells(cases, rules()).select(pl.col("overdue_in", "overdue_out").sum())) == [
        {"overdue_in": 0, "overdue_out": 0}
    ]


def test_a_missing_agency_or_channel_is_the_empty_group() -> None:
    cases = pl.LazyFrame([case(date(2024, 3, 1), None, None)], schema=CASES)
    assert rows(cells(cases, rules()).select(*GROUP, "new").sort(GROUP)) == [
        {"credit": credit, "agency": "", "channel": "", "new": 1} for credit in ("receiving", "resolving")
    ]


def test_who_took_a_case_in_is_counted_beside_who_resolves_it() -> None:
    whose = {"agency": "A", "receiving_agency": "B", "channel": "desk"}
    taken_in = [
        case(date(2024, 3, 1), None, None) | whose,
        case(date(2024, 3, 1), None, None) | {"agency": "A"},
    ]
    found = cells(pl.LazyFrame(taken_in, schema=CASES), rules()).select(*GROUP, "new").sort(GROUP)
    assert list(found.collect().iter_rows()) == [
        ("receiving", "A", "", 1),  # nobody said where it was handed in
        ("receiving", "B", "desk", 1),
        ("resolving", "A", "", 1),
        ("resolving", "A", "desk", 1),
    ]


def test_a_case_in_no_figure_touches_no_cell() -> None:
    cases = pl.LazyFrame([case(date(2024, 3, 1), None, None) | {"in_figures": False}], schema=CASES)
    assert rows(cells(cases, rules())) == []
    assert rows(flow_days(cells(cases, rules()), date(2024, 3, 1), date(2024, 3, 2))) == []
