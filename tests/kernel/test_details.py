"""Detail of months, counted by hand; and measures that differ at every level from the sum of their parts."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.kernel.cases import CASES
from ioc.kernel.details import DETAILED_FROM, PROCEDURE_FIGURES, hours_cells, procedure_cells
from ioc.kernel.levels import LEVEL
from ioc.kernel.period_figures import HOURS, NAMES, measured, percentiles
from schemas.period_measures import period_measures
from tests.effort import tried
from tests.kernel.slow_periods import CALENDAR, REPORT
from tests.seeds import seeds

JANUARY, FEBRUARY = 24 * 1012, 24 * 1012 + 1  # 2024-01 and 2024-02, counted from year 0


def case(**said: Any) -> dict[str, Any]:
    row = dict.fromkeys(DETAILED_FROM) | {"in_figures": True, "withdrawn": False, "agency": "A"}
    return row | {"entered_on": date(2024, 1, 20), "channel": "online", "procedure": "p"} | said


def frame(*cases: dict[str, Any]) -> pl.DataFrame:
    schema = {name: CASES[name] for name in DETAILED_FROM} | {LEVEL: pl.String()}
    return pl.DataFrame([{LEVEL: None} | one for one in cases], schema=schema)


def at(day: int, hour: int) -> datetime:
    return datetime(2024, 1, day, hour, tzinfo=UTC)


def rows(cells: pl.DataFrame, **which: Any) -> list[dict[str, Any]]:
    return cells.filter(**which).to_dicts()


def test_a_case_is_new_in_one_month_and_ended_late_without_a_letter_in_the_next() -> None:
    ended = case(resolved_on=date(2024, 2, 3), outcome="late", apology="missing")
    cells = procedure_cells(frame(ended), [CALENDAR, REPORT])
    (first,) = rows(cells, calendar=CALENDAR.name, month=JANUARY)
    (second,) = rows(cells, calendar=CALENDAR.name, month=FEBRUARY)
    assert (first["new"], first["resolved"], second["new"], second["resolved"]) == (1, 0, 0, 1)
    assert (second["late"], second["letter_missing"], second["letter_late"]) == (1, 1, 0)
    (both,) = rows(cells, calendar=REPORT.name)  # 20 January and 3 February lie in one month from the 15th
    assert (both["new"], both["resolved"]) == (1, 1)


def test_receptions_are_of_the_agency_where_the_case_was_handed_in() -> None:
    due = at(20, 8)
    late = case(receiving_agency="B", entered_at=at(20, 9), reception_due_at=due)
    in_time = case(receiving_agency="B", entered_at=at(20, 8), reception_due_at=due)
    cells = procedure_cells(frame(late, in_time, case()), [CALENDAR])
    (mine,), (theirs,) = rows(cells, agency="A"), rows(cells, agency="B")
    assert (mine["new"], mine["reception_late"], mine["reception_in_time"]) == (3, 0, 0)
    assert (theirs["new"], theirs["reception_late"], theirs["reception_in_time"]) == (0, 1, 1)


def test_what_is_new_is_told_by_the_level_of_its_service_and_what_is_set_aside_is_not() -> None:
    aside = {"in_figures": False, "set_aside": "resolved-before-received"}
    cells = procedure_cells(
        frame(
            case(level="full"), case(level="full"), case(level="partial"), case(), case(level="full") | aside
        ),
        [CALENDAR],
    )
    assert cells.select("new", "full_service", "partial_service", "set_aside").rows() == [(4, 2, 1, 1)]


def test_a_case_set_aside_is_told_and_in_no_other_figure() -> None:
    aside = case(in_figures=False, set_aside="resolved-before-received", resolved_on=date(2024, 1, 3))
    (found,) = procedure_cells(frame(aside), [CALENDAR]).to_dicts()
    assert {name: found[name] for name in PROCEDURE_FIGURES if found[name]} == {"set_aside": 1}


def test_begun_hours_count_and_withdrawn_cases_are_no_work() -> None:
    ended = {"resolved_on": date(2024, 1, 31)}
    cells = hours_cells(
        frame(
            case(worked_seconds=3600, **ended),
            case(worked_seconds=3601, **ended),
            case(worked_seconds=0, **ended),
            case(worked_seconds=9, withdrawn=True, **ended),
            case(worked_seconds=None, **ended),
            case(worked_seconds=9),
        ),
        [CALENDAR],
    )
    assert sorted(cells.select("hours", "resolved").rows()) == [(0, 1), (1, 1), (2, 1)]


def procedures(*rows: tuple[str, str, str, int], **levels: list[int]) -> pl.DataFrame:
    """agency, channel, procedure, new; and per row how many of the new ones are of a level"""
    said = pl.DataFrame(rows, schema=["agency", "channel", "procedure", "new"], orient="row")
    said = said.with_columns(pl.lit(0).alias(name) for name in PROCEDURE_FIGURES if name != "new")
    return said.with_columns(pl.Series(name, of_rows) for name, of_rows in levels.items())


NO_HOURS = pl.DataFrame(schema={"agency": pl.String, "hours": pl.Int32, "resolved": pl.Int64})


def test_services_are_counted_anew_at_every_level_and_never_summed() -> None:
    said = procedures(
        ("A", "online", "p", 1), ("B", "direct", "p", 1), ("B", "online", "q", 2), ("B", "direct", "", 1)
    )
    each = measured(said, NO_HOURS, {"A": "A", "B": "B"}, ["online"])
    assert each.select("group", "services", "services_online").rows() == [("A", 1, 1), ("B", 2, 1)]
    whole = measured(said, NO_HOURS, {"A": "", "B": ""}, ["online"])
    assert whole.select("services", "services_online").rows() == [(2, 2)]  # not 3: `p` is one service


def test_a_service_without_new_cases_generated_none() -> None:
    (found,) = measured(procedures(("A", "online", "p", 0)), NO_HOURS, {}, ["online"]).to_dicts()
    assert (found["services"], found["services_online_share"], found["hours_p50"]) == (0, None, None)


def test_seed_002_share_of_services_that_generated_full_process_records() -> None:
    said = seeds()
    names = ("002-services-with-records", "002-full-services-with-records")
    of, full = (int(said[name].value) for name in names)
    rows = [("A", "direct", f"p{n}", 1) for n in range(of)]
    is_full = [int(n < full) for n in range(of)]
    counted = procedures(*rows, full_service=is_full, partial_service=[1 - one for one in is_full])
    (found,) = measured(counted, NO_HOURS, {}, ["online"]).to_dicts()
    assert (found["services_full"], found["services_partial"]) == (full, of - full)
    assert round(found["services_full_share"], 2) == float(said["002-full-services-share"].value)


def test_full_and_partial_services_are_told_apart_and_counted_anew_at_every_level() -> None:
    rows = (("A", "direct", "p", 3), ("B", "online", "p", 2), ("B", "online", "q", 1), ("B", "online", "", 4))
    said = procedures(*rows, full_service=[2, 0, 0, 4], partial_service=[0, 2, 0, 0])
    names = ("services_full", "services_partial", "records_full", "records_partial", "services_full_share")
    each = measured(said, NO_HOURS, {"A": "A", "B": "B"}, [])
    assert each.select(names).rows() == [(1, 0, 2, 0, 100.0), (0, 1, 4, 2, 0.0)]
    (whole,) = measured(said, NO_HOURS, {}, []).select(names).rows()
    assert whole == (1, 1, 6, 2, 100.0)  # `p` is of both levels and one service; of '' nobody knows which
    (unknown,) = measured(said, NO_HOURS, {}, [], levels=False).select(names).rows()
    assert set(unknown) == {None}  # counted before levels were: nothing is known, which is not 0


@tried(100)
@given(st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 40), st.integers(0, 5)), max_size=30))
def test_percentiles_are_the_nearest_rank_of_all_cases(drawn: list[tuple[str, int, int]]) -> None:
    hours = pl.DataFrame(
        drawn, schema={"group": pl.String, "hours": pl.Int32, "resolved": pl.Int64}, orient="row"
    )
    found = {row["group"]: row for row in percentiles(hours).to_dicts()}
    for group in "AB":
        cases = sorted(h for g, h, n in drawn for _ in range(n) if g == group)
        for name, share in HOURS.items():
            expected = cases[math.ceil(len(cases) * share / 100) - 1] if cases else None
            assert found.get(group, {}).get(name) == expected


def test_every_measure_of_the_data_file_is_counted_and_no_other() -> None:
    assert set(period_measures()) == set(NAMES)


@pytest.mark.parametrize("name", ["services", "no_such_measure"])
def test_only_what_can_be_better_has_a_target(name: str) -> None:
    from schemas import load
    from schemas.feed import Feed

    feed = next(iter(load().feeds.values()))
    said = feed.model_dump(by_alias=True) | {"targets": {name: 1}}
    with pytest.raises(ValueError, match=f"'{name}' cannot have a target"):
        Feed.model_validate(said)
