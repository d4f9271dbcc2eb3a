"""Laws of the clocks: time adds up, a period's end judges by itself, and no later day moves a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.calendars import worktime
from ioc.kernel.deadline import open_at
from ioc.kernel.fold import fold_now, intervals
from ioc.kernel.rules import CaseRules
from schemas import Calendar
from tests.effort import tried
from tests.kernel import reference
from tests.kernel.calendars import MADE, MICROSECOND, moments, us
from tests.kernel.histories import Row, event, frame
from tests.kernel.slow_calendar import SlowCalendar
from tests.kernel.slow_clocks import Clocks, calendar_at
from tests.kernel.test_clocks import CLOCKS, PLAIN, RULES, clocked_histories, folded

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def off_hours(cal: SlowCalendar, a: datetime, b: datetime) -> timedelta:
    """What lies between the sessions from a to b, gap by gap."""
    off, last = timedelta(0), a
    for day in cal.days(a):
        for start, end in cal.day(day)[0]:
            if end > a and start < b:
                off += max(start - last, timedelta(0))
                last = min(end, b)
    return off + (b - last)


@tried(20)
@given(clocked_histories(), moments())
def test_counted_paused_and_off_hours_are_what_passed(events: list[Row], at: datetime) -> None:
    row = folded(events)["case"]
    spans = intervals(frame(events).collect(), RULES, at)
    cal = calendar_at(row["entered_at"], row["agency"], RULES.zone) if row["entered_at"] else None
    for span in spans.filter(pl.col("part") != "end").iter_rows(named=True):
        a = EPOCH + span["at"] * MICROSECOND
        b = max(a, at) if span["until"] is None else EPOCH + span["until"] * MICROSECOND
        if cal and cal.knows(a) and cal.knows(b):
            assert span["work"] * MICROSECOND + off_hours(cal, a, b) == b - a
    counted = spans.filter((pl.col("part") == "counted") & ~pl.col("voided"))["work"]
    if row["worked_seconds"] is not None and counted.null_count() == 0:
        assert row["worked_seconds"] == counted.sum() // 1_000_000


@tried(20)
@given(clocked_histories(), moments(), moments())
def test_hours_so_far_add_up_over_a_cut(events: list[Row], one: datetime, other: datetime) -> None:
    """What is worked up to a later look is what was up to the earlier one and between the two."""
    first, second = sorted((one, other))
    rows = frame(events).collect()
    before, after = intervals(rows, RULES, first), intervals(rows, RULES, second)
    if not before.height or before["until"][-1] is not None or before["part"][-1] == "end":
        return
    start, key = EPOCH + before["at"][-1] * MICROSECOND, before["key"][-1]
    between = CLOCKS.worktime.between(
        pl.lit(us(max(first, start))), pl.lit(us(max(second, start))), pl.lit(key)
    )
    assert pl.select(before["work"][-1] + between).item() == after["work"][-1]


@tried(25)
@given(clocked_histories(), moments())
def test_an_open_case_at_a_periods_end_is_what_the_reference_says(events: list[Row], end: datetime) -> None:
    cases = fold_now(frame(events).collect(), RULES)
    found = open_at(cases.lazy(), end, RULES.zone).collect(engine="in-memory").to_dicts()
    case = reference.fold(events, RULES)["case"]
    expected = Clocks(case, reference.effective(events)[0], RULES, PLAIN).standing(end)
    assert [(row["standing"], row["standing_766"]) for row in found] == ([expected] if expected else [])


def test_an_end_without_a_zone_is_refused() -> None:
    cases = fold_now(frame([event("case", "0", EPOCH, "2")]).collect(), RULES)
    with pytest.raises(ValueError, match="has no zone"):
        open_at(cases.lazy(), datetime(2025, 4, 24), RULES.zone)  # noqa: DTZ001


OFF = ("2025-03-10", "2025-04-28", "2025-05-05", "2025-05-06", "2026-01-05", "2026-02-12")
LATER = {
    "version": "fourth",
    "known_on": "2026-12-01",
    "source": "made",
    "overrides": [{"day": day, "kind": "off", "source": "made"} for day in OFF],
}


@cache
def with_a_later_version() -> CaseRules:
    later = Calendar.model_validate({**MADE, "versions": [*MADE["versions"], LATER]})
    return replace(RULES, clocks=replace(CLOCKS, worktime=worktime(later)))


@tried(20)
@given(clocked_histories())
def test_a_calendar_known_after_the_reception_moves_only_the_check(events: list[Row]) -> None:
    later = fold_now(frame(events).collect(), with_a_later_version()).to_dicts()[0]
    row = folded(events)["case"]
    received = row["entered_at"] or row["submitted_at"]
    if received and received >= datetime(2026, 11, 30, 17, tzinfo=UTC):
        return
    check, before = later.pop("due_check"), row.pop("due_check")
    assert later == row
    assert check == before or {check, before} & {"later-calendar"}


@tried(8)
@given(clocked_histories(), st.integers(0, 3000))
def test_the_day_of_the_computation_moves_nothing(events: list[Row], days: int) -> None:
    """Folded when the last event came, or much later among other cases: the same row."""
    others = [event("other", "x", EPOCH + timedelta(days=20_000 + days), "2", procedure="days")]
    assert folded([*events, *others])["case"] == folded(events)["case"]
