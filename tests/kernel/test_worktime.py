"""Working time: the vectors of practice, and whatever a slow calendar in plain Python counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.kernel.working import HOUR
from tests.effort import tried
from tests.kernel.calendars import AGENCIES, MICROSECOND, at, calendar, instants, moments, slow

LIBRARY, OVERRIDE = "library", "2025-12-25"
T, N, KEY = pl.col("t"), pl.col("n"), pl.col("key")
VECTORS = {  # received, working days, due with the override, due by the library alone
    "a Saturday worked for 2 May": ("2025-04-24", 5, "2025-05-05", "2025-05-05"),
    "a Saturday worked after the holiday": ("2024-04-26", 5, "2024-05-07", "2024-05-07"),
    "a day off the library does not know": ("2025-12-31", 5, "2026-01-09", "2026-01-08"),
    "a worked Saturday it does not know": ("2026-01-05", 5, "2026-01-10", "2026-01-12"),
    "due on a worked Saturday": ("2026-08-21", 1, "2026-08-22", "2026-08-22"),
    "three days off for National Day": ("2026-08-27", 3, "2026-09-04", "2026-09-04"),
    "across Tết": ("2026-02-13", 3, "2026-02-25", "2026-02-25"),
}


@pytest.mark.parametrize("name", VECTORS)
@pytest.mark.parametrize("version", [LIBRARY, OVERRIDE])
def test_the_vectors_of_practice(name: str, version: str) -> None:
    received, n, by_override, by_library = VECTORS[name]
    due = by_override if version == OVERRIDE else by_library
    work = calendar("vietnam")[1]
    close = work.nth_close(T, N, work.key(version))
    for clock in ("00:00", "09:00", "17:00"):
        assert instants(close, t=[at(f"{received}T{clock}")], n=[n]) == [at(f"{due}T17:00")]


@tried(150)
@given(
    st.sampled_from(["made", "made", "shifting", "vietnam"]),
    st.lists(
        st.tuples(
            moments(),
            moments(),
            st.integers(-1, 60),
            st.sampled_from(AGENCIES),
            st.integers(0, 2),
            st.integers(),
        ),
        min_size=1,
        max_size=12,
    ),
)
def test_every_operation_counts_as_the_slow_calendar_does(name: str, given_: list[Any]) -> None:
    known, work = calendar(name)
    rows = []
    for a, b, n, agency, version, spread in given_:
        of = known.versions[min(version, len(known.versions) - 1)].version
        worked = timedelta(microseconds=spread % (n + 2) * HOUR // 3 + spread % 7)
        rows.append({"t": a, "b": b, "n": n, "agency": agency, "version": of, "work": worked // MICROSECOND})
    frame = pl.DataFrame(rows).with_columns(
        key=pl.Series([work.key(row["version"], row["agency"]) for row in rows])
    )
    found = frame.select(
        between=work.between(T, pl.col("b"), KEY),
        after_hours=work.after_hours(T, pl.col("work"), KEY),
        nth_close=work.nth_close(T, N, KEY),
        after_days=work.after_days(T, N, KEY),
        after_months=work.after_months(T, N, KEY),
        hand_over=work.hand_over(T, KEY),
        same_day=work.same_day(T, KEY),
    )
    instant = pl.exclude("between").cast(pl.Datetime("us", "UTC"))
    for row, said in zip(rows, found.with_columns(instant).to_dicts(), strict=True):
        plain = slow(name, row["version"], row["agency"])
        between = plain.between(row["t"], row["b"])
        assert said == {
            "between": None if between is None else between // MICROSECOND,
            "after_hours": plain.after_hours(row["t"], row["work"] * MICROSECOND),
            "nth_close": plain.nth_close(row["t"], row["n"]),
            "after_days": plain.after_days(row["t"], row["n"]),
            "after_months": plain.after_months(row["t"], row["n"]),
            "hand_over": plain.hand_over(row["t"]),
            "same_day": plain.same_day(row["t"]),
        }, row


@tried(80)
@given(moments(), moments(), moments(), st.integers(0, 400 * HOUR), st.integers(0, 11))
def test_working_time_adds_up_and_after_hours_turns_it_round(
    a: datetime, b: datetime, c: datetime, work_: int, key: int
) -> None:
    work = calendar("made")[1]
    frame = pl.DataFrame({"a": [a], "b": [b], "c": [c], "work": [work_]})
    a_, b_, c_ = (pl.col(name) for name in "abc")
    cut = work.between(a_, b_, key) + work.between(b_, c_, key)
    (sums,) = frame.select(whole=work.between(a_, c_, key), cut=cut).rows()
    assert sums[0] == sums[1]
    reached = frame.with_columns(t=work.after_hours(a_, pl.col("work"), key))
    (found,) = reached.select("t", back=work.between(a_, T, key), less=work.between(a_, T - 1, key)).rows()
    if found[0] is not None:
        assert found[1] == work_
        assert found[2] == work_ - 1 or work_ == 0  # a moment earlier it had not been worked


@tried(60)
@given(st.lists(moments(), min_size=2, max_size=20), st.integers(0, 30), st.integers(0, 11))
def test_who_comes_later_is_never_due_earlier(times: list[datetime], n: int, key: int) -> None:
    work = calendar("made")[1]
    frame = pl.DataFrame({"t": sorted(times)})
    count = pl.lit(n)
    found = frame.select(
        work.after_hours(T, count * HOUR, key).alias("hours"),
        work.nth_close(T, count, key).alias("close"),
        work.after_days(T, count, key).alias("days"),
        work.after_months(T, count, key).alias("months"),
        work.hand_over(T, key).alias("hand_over"),
        work.same_day(T, key).alias("same_day"),
    )
    for column in found:
        given_ = column.drop_nulls()
        assert given_.is_sorted(), column.name
        assert column.null_count() == 0 or column.head(given_.len()).null_count() == 0  # nulls come last


def test_receipt_after_close_or_on_a_day_off_counts_from_the_next_working_day() -> None:
    work = calendar("vietnam")[1]
    times = ["2025-04-25T17:00", "2025-04-25T17:00:00.000001", "2025-04-27T09:00", "2025-05-02T09:00"]
    found = instants(work.nth_close(T, pl.lit(1), 0), t=[at(text) for text in times])
    days = ["2025-04-26", "2025-04-28", "2025-04-29", "2025-05-06"]
    assert found == [at(f"{day}T17:00") for day in days]


def test_calendar_days_and_months_roll_off_days_off_alone() -> None:
    work = calendar("vietnam")[1]
    days = instants(work.after_days(T, N, 1), t=[at("2025-04-20T20:00")] * 3, n=[1, 5, 10])
    assert days == [at(f"{day}T17:00") for day in ("2025-04-21", "2025-04-25", "2025-05-05")]
    starts = [at(f"{day}T08:00") for day in ("2024-01-31", "2025-01-30", "2024-10-31", "2025-12-02")]
    months = instants(work.after_months(T, N, 1), t=starts, n=[1, 1, 4, 1])
    assert months == [at(f"{d}T17:00") for d in ("2024-02-29", "2025-02-28", "2025-02-28", "2026-01-05")]


def test_three_o_clock_decides_hand_over_and_same_day_but_no_due_date() -> None:
    work = calendar("vietnam")[1]
    times = [at(f"2025-06-05T{clock}") for clock in ("15:00", "15:00:00.000001", "18:00")]
    opens, closes = at("2025-06-06T07:00"), [at("2025-06-05T17:00"), at("2025-06-06T17:00")]
    assert instants(work.hand_over(T, 1), t=times) == [closes[0], opens, opens]
    assert instants(work.same_day(T, 1), t=times) == [closes[0], closes[1], closes[1]]
    assert instants(work.nth_close(T, pl.lit(0), 1), t=times) == [closes[0], closes[0], closes[1]]


def test_hours_end_at_close_and_begin_at_opening() -> None:
    work = calendar("vietnam")[1]
    start = [at("2025-06-05T17:00")] * 3
    found = instants(work.after_hours(T, N, 1), t=start, n=[0, 1, 8 * HOUR])
    assert found == [start[0], at("2025-06-06T07:00:00.000001"), at("2025-06-06T17:00")]
