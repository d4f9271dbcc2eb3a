"""Months equal a count by definition: whole events tell who was open, events before the end how it stood."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from ioc.kernel.flow import cells, flow_days
from ioc.kernel.fold import fold_now
from ioc.kernel.months import MONTH_FIGURES, NEEDED, Months, added, month_cells
from ioc.kernel.period_names import PeriodCalendar, touched
from ioc.kernel.rules import CaseRules
from tests.effort import tried
from tests.kernel import reference
from tests.kernel.histories import ZONES, Row, event, frame, histories, rules
from tests.kernel.slow_periods import CALENDAR, REPORT

some_rules = st.builds(rules, st.sampled_from(ZONES), st.sampled_from(("date", "instant")))
PAUSES = {"5": "supplement", "6": "fee"}
SECTORS = {"1.000001": "Đất đai"}
# Just after, at and before midnight at the ends of months of both calendars, local to each zone or not.
ENDS = tuple(
    datetime(2024, month, day, 17, tzinfo=UTC) + timedelta(minutes=minutes)
    for month, day in ((2, 14), (2, 29), (3, 14), (3, 31))
    for minutes in (-1440, -1, 0, 90)
)
MANNERS = (("4",), ("4", "9"), ("4", "5", "6", "8", "9", "7"))
STARTS = (date(2024, 1, 1), date(2024, 1, 15), date(2024, 2, 2))


@st.composite
def courses(draw: st.DrawFn) -> list[Row]:
    """A few cases received around the ends of two months of each calendar, told in any order and twice."""
    events = list[Row]()
    for case in draw(st.lists(st.sampled_from("abcd"), min_size=1, max_size=3, unique=True)):
        at = draw(st.sampled_from(ENDS)) - timedelta(days=draw(st.integers(0, 8)))
        said: dict[str, Any] = {"agency": "H1", "channel": "online", "procedure": "1.000001"}
        for n, status in enumerate(
            ("2", *draw(st.lists(st.sampled_from(draw(st.sampled_from(MANNERS))), max_size=5)))
        ):
            due = draw(st.none() | st.sampled_from(ENDS)) if n else draw(st.sampled_from((None, *ENDS)))
            events.append(event(case, f"{case}{n}", at, status, due_at=due, **said))
            at += timedelta(hours=draw(st.sampled_from((0, 1, 24, 24, 120, 240))))
            said = {}
    return draw(st.permutations(events + draw(st.lists(st.sampled_from(events), max_size=3))))


def counted(events: list[Row], by: CaseRules, months: Months) -> pl.DataFrame:
    known = frame(events).collect(engine="in-memory")
    return month_cells(added(known, fold_now(known, by).select(NEEDED), by, months))


def slowly(events: list[Row], by: CaseRules, months: Months) -> dict[tuple[Any, ...], Counter[str]]:
    """Each case at each month, one by one."""
    found: dict[tuple[Any, ...], Counter[str]] = {}
    for case in reference.fold(events, by).values():
        mine = [e for e in events if e["case_id"] == case["case_id"]]
        for calendar in months.calendars:
            for month in touched("month", months.first, months.last, calendar):
                if month.start < months.first or month.last > months.last or not case["in_figures"]:
                    continue
                figures = of_month(case, mine, by, month.start, month.last)
                if figures:
                    number = 12 * int(month.name[:4]) + int(month.name[5:]) - 1
                    sector = SECTORS.get(case["procedure"] or "", "")
                    key = (calendar.name, number, case["agency"] or "", case["channel"] or "", sector)
                    found.setdefault(key, Counter()).update(figures)
    return found


def of_month(case: Row, events: list[Row], by: CaseRules, first: date, last: date) -> Counter[str]:
    came, went = case["entered_on"], case["resolved_on"]
    if came > last or (went is not None and went < first):
        return Counter()
    figures = Counter(["new" if came >= first else "carried_over"])
    if went is not None and went <= last:
        figures.update(["resolved", case["outcome"], *(["withdrawn"] if case["withdrawn"] else [])])
        return figures
    before = [e for e in events if reference.local(e["occurred_at"], by.zone) <= last]
    then = reference.fold(before, by)[case["case_id"]]
    if then["phase"] == "paused":
        figures.update(["open_in_time", f"paused_{PAUSES.get(then['status'], 'stop')}"])
    elif then["due_on"] is not None and then["due_on"] <= last:
        figures.update(["open_overdue"])
    else:
        near = then["due_on"] == last + timedelta(days=1)
        figures.update(["open_in_time", *(["about_to_breach"] if near else [])])
    return figures


def of(calendars: tuple[PeriodCalendar, ...], first: date, last: date) -> Months:
    return Months(calendars, first, last, SECTORS, PAUSES)


@tried(200)
@given(histories() | courses(), some_rules, st.sampled_from(STARTS), st.integers(60, 500))
def test_months_are_what_counting_the_cases_gives(
    events: list[Row], by: CaseRules, first: date, days: int
) -> None:
    months = of((CALENDAR, REPORT), first, first + timedelta(days=days))
    found = {
        row[:5]: {name: n for name, n in zip(MONTH_FIGURES, row[5:], strict=True) if n}
        for row in counted(events, by, months).rows()
    }
    assert found == {key: dict(figures) for key, figures in slowly(events, by, months).items()}


@tried(100)
@given(histories(), some_rules)
def test_months_of_the_calendar_are_the_sums_of_their_days(events: list[Row], by: CaseRules) -> None:
    first, last = date(2011, 1, 1), date(2012, 12, 31)
    cases = fold_now(frame(events).collect(engine="in-memory"), by)
    days = (
        flow_days(cells(cases.lazy(), by), first, last).filter(credit="resolving").collect(engine="in-memory")
    )
    months = counted(events, by, of((CALENDAR,), first, last))
    for name in ("new", "resolved", "early", "on_due_date", "late", "no_due_date", "withdrawn"):
        assert days[name].sum() == months[name].sum()
    end = days.filter(day=last)["open_end"].sum()
    at_end = months.filter(month=12 * 2012 + 11).select(
        pl.sum_horizontal("open_in_time", "open_overdue").sum()
    )
    assert at_end.item() == end


def test_a_later_pause_and_a_later_due_date_change_no_month_that_is_over() -> None:
    at = [f"2024-{month}-10T02:00:00+00:00" for month in ("01", "02", "03")]
    received, paused, resumed = (datetime.fromisoformat(one) for one in at)
    due, later = (
        datetime(2024, 1, 31, 10, tzinfo=received.tzinfo),
        datetime(2024, 3, 31, 10, tzinfo=received.tzinfo),
    )
    events = [
        event("A", "1", received, "2", due_at=due, agency="H1", channel="online", procedure="1.000001"),
        event("A", "2", paused, "5"),
        event("A", "3", resumed, "4", due_at=later),
    ]
    found = counted(events, rules(), of((CALENDAR,), date(2024, 1, 1), date(2024, 3, 31)))
    stocks = (
        found.sort("month")
        .select("month", "open_in_time", "open_overdue", "paused_supplement", "sector")
        .rows()
    )
    january = 12 * 2024
    assert stocks == [
        (january, 0, 1, 0, "Đất đai"),
        (january + 1, 1, 0, 1, "Đất đai"),
        (january + 2, 0, 1, 0, "Đất đai"),
    ]


def test_a_due_date_given_after_the_month_makes_nothing_overdue_in_it() -> None:
    received = datetime(2024, 1, 10, 2, tzinfo=UTC)
    events = [
        event("A", "1", received, "2", agency="H1"),
        event("A", "2", received + timedelta(days=31), "4", due_at=received + timedelta(days=10)),
    ]
    found = counted(events, rules(), of((CALENDAR,), date(2024, 1, 1), date(2024, 2, 29)))
    assert found.sort("month").select("open_in_time", "open_overdue").rows() == [(1, 0), (0, 1)]
