"""Periods: sums of days, stocks of their first and last day, zeros said, cut to what was asked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, get_args

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.kernel.flow import CELLS, FLOW_DAYS, FLOWS, cells, flow_days
from ioc.kernel.fold import fold
from ioc.kernel.period_names import Period, PeriodCalendar, previous, touched
from ioc.kernel.periods import PERIOD_ROWS, By, periods
from tests.effort import tried
from tests.kernel import reference
from tests.kernel.histories import Row, frame, histories, rules
from tests.kernel.slow_periods import CALENDAR, REPORT

NOTHING = pl.LazyFrame(schema=FLOW_DAYS)
FIGURES = list(PERIOD_ROWS)[4:]
TILES = ("day", "week", "month", "quarter", "half", "year")


def texts(
    period: Period, start: date, end: date, calendar: PeriodCalendar = CALENDAR
) -> list[tuple[Any, ...]]:
    rows = periods(NOTHING, period, "none", start, end, calendar).collect()
    return list(rows.select("period", "from", "to").iter_rows())


@tried(60)
@given(histories(), st.sampled_from([CALENDAR, REPORT]), st.sampled_from(get_args(By)), st.data())
def test_periods_are_what_counting_the_cases_gives(
    events: list[Row], calendar: PeriodCalendar, by: By, data: st.DataObject
) -> None:
    known = rules()
    period: Period = data.draw(st.sampled_from(calendar.kinds))
    cases = list(reference.fold(events, known).values())
    start = date(2011, 3, 20) + timedelta(days=data.draw(st.integers(0, 250)))
    end = start + timedelta(days=data.draw(st.integers(0, 40)))
    days = flow_days(cells(fold(frame(events), known), known), start, end)
    found = periods(days, period, by, start, end, calendar).collect(engine="in-memory")
    assert found.schema == PERIOD_ROWS
    place = {"agency": 1, "receiving-agency": 1, "channel": 2}.get(by)
    credit = "receiving" if by == "receiving-agency" else "resolving"
    for row in found.to_dicts():
        length = (row["to"] - row["from"]).days + 1
        by_day = [
            reference.flow_day(cases, row["from"] + timedelta(days=n), known.zone) for n in range(length)
        ]

        def total(name: str, days: list[dict[tuple[str, str, str], Row]], group: str | None) -> int:
            return sum(
                figures[name]
                for day in days
                for key, figures in day.items()
                if key[0] == credit and (place is None or key[place] == group)
            )

        for name in ("new", "resolved", "early", "on_due_date", "late", "no_due_date", "withdrawn"):
            assert row[name] == total(name, by_day, row["group"])
        assert row["carried_over"] == total("carried_over", by_day[:1], row["group"])
        assert row["open_end"] == total("open_end", by_day[-1:], row["group"])
        assert row["open_end_overdue"] == total("open_end_overdue", by_day[-1:], row["group"])
        assert row["carried_over"] + row["new"] == row["received_total"] == row["open_end"] + row["resolved"]


def test_the_words_of_a_period() -> None:
    day = date(2011, 3, 5)
    assert texts("day", day, day) == [("2011-03-05", day, day)]
    assert texts("week", day, day) == [("2011-W09", day, day)]
    assert texts("month", day, day) == [("2011-03", day, day)]
    assert texts("quarter", day, day) == [("2011-Q1", day, day)]
    assert texts("year", day, day) == [("2011", day, day)]


def test_a_week_belongs_to_the_year_of_its_thursday() -> None:
    assert [text for text, *_ in texts("week", date(2010, 12, 31), date(2011, 1, 3))] == [
        "2010-W52",
        "2011-W01",
    ]
    assert [text for text, *_ in texts("week", date(2024, 12, 30), date(2024, 12, 30))] == ["2025-W01"]


def test_periods_are_cut_to_what_was_asked() -> None:
    assert texts("month", date(2024, 1, 15), date(2024, 3, 2)) == [
        ("2024-01", date(2024, 1, 15), date(2024, 1, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-03", date(2024, 3, 1), date(2024, 3, 2)),
    ]


def test_report_months_are_cut_as_well() -> None:
    assert texts("month", date(2024, 1, 1), date(2024, 2, 20), REPORT) == [
        ("2024-01", date(2024, 1, 1), date(2024, 1, 14)),
        ("2024-02", date(2024, 1, 15), date(2024, 2, 14)),
        ("2024-03", date(2024, 2, 15), date(2024, 2, 20)),
    ]


def test_days_after_a_cumulative_period_are_not_counted() -> None:
    assert texts("6m", date(2023, 7, 1), date(2024, 12, 31)) == [
        ("2024-6M", date(2024, 1, 1), date(2024, 6, 30)),
    ]
    assert texts("9m", date(2023, 9, 15), date(2023, 12, 14), REPORT) == []


two_years = st.dates(date(2022, 12, 15), date(2024, 12, 14))


@tried(40)
@given(
    st.lists(st.tuples(st.sampled_from("AB"), two_years, st.none() | st.integers(0, 500)), max_size=12),
    st.sampled_from([CALENDAR, REPORT]),
    st.data(),
)
def test_shorter_periods_add_up_to_their_year_and_stock_passes_on(
    told: list[tuple[str, date, int | None]], calendar: PeriodCalendar, data: st.DataObject
) -> None:
    events = [{"agency": agency, "day": day, "new": 1} for agency, day, _ in told] + [
        {"agency": agency, "day": day + timedelta(days=after), "resolved": 1, "early": 1}
        for agency, day, after in told
        if after is not None
    ]
    nothing = dict.fromkeys(CELLS, 0) | {"credit": "resolving", "channel": ""}
    first, last = touched("year", date(2023, 1, 1), date(2024, 1, 1), calendar)
    happened = pl.LazyFrame([nothing | event for event in events], schema=CELLS)
    days = flow_days(happened, first.start, last.last)

    def rows(kind: Period) -> dict[tuple[str | None, str], Row]:
        found = periods(days, kind, "agency", first.start, last.last, calendar).collect()
        return {(row["group"], row["period"]): row for row in found.to_dicts()}

    years = rows("year")
    kind: Period = data.draw(st.sampled_from([kind for kind in calendar.reported if kind in TILES]))
    parts = rows(kind)
    whole = {period.name: period for period in touched(kind, first.start, last.last, calendar)}
    for (group, name), row in parts.items():
        before = parts.get((group, previous(whole[name]).name))  # none before the first
        assert before is None or row["carried_over"] == before["open_end"]
    if kind == "week":  # the one that years do not consist of
        return
    for (group, _), year in years.items():
        inside = [
            row for (of, _), row in parts.items() if of == group and year["from"] <= row["from"] <= year["to"]
        ]
        for name in FLOWS:
            assert year[name] == sum(row[name] for row in inside)
        assert (year["carried_over"], year["open_end"]) == (inside[0]["carried_over"], inside[-1]["open_end"])


def test_every_group_has_every_period_zeros_included() -> None:
    row = dict.fromkeys(FLOW_DAYS, 0) | {
        "day": date(2024, 2, 10),
        "credit": "resolving",
        "channel": "online",
        "new": 3,
        "received_total": 3,
    }
    days = pl.LazyFrame(
        [row | {"agency": "A", "open_end": 3}, row | {"agency": "B", "resolved": 3}], schema=FLOW_DAYS
    )
    found = periods(days, "month", "agency", date(2024, 1, 1), date(2024, 2, 29), CALENDAR).collect()
    assert list(found.select("period", "group", "new", "resolved", "open_end").iter_rows()) == [
        ("2024-01", "A", 0, 0, 0),
        ("2024-01", "B", 0, 0, 0),
        ("2024-02", "A", 3, 0, 0),  # the stock is that of the last day, which has no row here
        ("2024-02", "B", 3, 3, 0),
    ]
    alone = periods(days, "year", "none", date(2024, 1, 1), date(2024, 2, 10), CALENDAR).collect()
    assert list(alone.select("group", "new", "open_end").iter_rows()) == [(None, 6, 3)]


def test_without_rows_there_is_one_row_of_zeros_per_period_and_no_group() -> None:
    (row,) = (
        periods(NOTHING, "quarter", "none", date(2024, 1, 1), date(2024, 3, 31), CALENDAR)
        .collect()
        .to_dicts()
    )
    assert [row[name] for name in FIGURES] == [0] * len(FIGURES)
    assert (
        periods(NOTHING, "quarter", "agency", date(2024, 1, 1), date(2024, 3, 31), CALENDAR).collect().height
        == 0
    )


@pytest.mark.parametrize(
    ("period", "by", "named"),
    [
        ("decade", "none", "period: 'decade' cannot be used; CALENDAR has day, week"),
        ("day", "case", "by: 'case'"),
    ],
)
def test_a_period_or_group_that_does_not_exist_is_refused(period: Any, by: Any, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        periods(NOTHING, period, by, date(2024, 1, 1), date(2024, 1, 1), CALENDAR)


def test_a_period_that_a_calendar_does_not_have_is_refused() -> None:
    with pytest.raises(
        ValueError, match="period: 'week' cannot be used; REPORT_15_14 has month, quarter, half"
    ):
        periods(NOTHING, "week", "none", date(2024, 1, 1), date(2024, 1, 1), REPORT)
