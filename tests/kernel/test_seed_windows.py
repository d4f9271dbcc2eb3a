"""Seeds 002 and 003: their windows are periods of ours, and their rates come out at the printed decimals.

Records per day, the numerator of 98.23 % and the total behind 58.44 % are this test's choice.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest

from ioc.kernel.flow import FLOW_DAYS
from ioc.kernel.period_names import Period, PeriodCalendar
from ioc.kernel.periods import By, periods
from tests.kernel.slow_periods import CALENDAR, REPORT
from tests.seeds import seeds


def spread(count: int, first: date, last: date) -> list[tuple[date, int]]:
    """So many over the days, some on each, the remainder on the last."""
    days = (last - first).days + 1
    each = [(first + timedelta(days=n), count // days) for n in range(days)]
    return [*each[:-1], (last, count - sum(n for _, n in each[:-1]))]


def flows(channel: str, figure: str, days: list[tuple[date, int]]) -> pl.DataFrame:
    rows = [
        {"day": day, "credit": "resolving", "agency": "A", "channel": channel, figure: n} for day, n in days
    ]
    return pl.DataFrame(rows, schema={n: k for n, k in FLOW_DAYS.items() if n in rows[0]})


def figures(
    parts: list[pl.DataFrame], period: Period, by: By, window: tuple[date, date], calendar: PeriodCalendar
) -> list[dict[str, int]]:
    days = pl.concat([FLOW_DAYS.to_frame(), *parts], how="diagonal").with_columns(
        pl.col(pl.Int64).fill_null(0)
    )
    return periods(days.lazy(), period, by, *window, calendar).collect().to_dicts()


def test_dak_lak_nine_months_are_the_cumulative_period_of_reports() -> None:
    processed, rate = seeds()["002-processed"], seeds()["002-on-time-rate"]
    first, last = date(2022, 12, 15), date(2023, 9, 14)  # printed with both ends on a 15th (domain 3.3)
    late = 12_295
    parts = [
        flows("online", "resolved", spread(int(processed.value), first, last)),
        flows("online", "late", spread(late, first, last)),
        flows("online", "resolved", [(first - timedelta(days=1), 500), (last + timedelta(days=1), 500)]),
    ]
    (row,) = figures(parts, "9m", "none", (first, last), REPORT)
    assert (row["period"], row["from"], row["to"]) == ("2023-9M", first, last)
    assert row["resolved"] == processed.value
    assert round(100 * Decimal(row["resolved"] - row["late"]) / row["resolved"], rate.rounding) == rate.value


@pytest.mark.parametrize("total", [117_728, 117_747])
def test_phu_ninh_free_range(total: int) -> None:
    online, share = seeds()["003-online-records"], seeds()["003-online-share"]
    first, last = date(2021, 1, 1), date(2024, 10, 31)
    outside = [(first - timedelta(days=1), 99), (last + timedelta(days=1), 99)]
    parts = [
        flows("online", "new", spread(int(online.value), first, last) + outside),
        flows("direct", "new", spread(total - int(online.value), first, last) + outside),
    ]
    rows = {row["group"]: row for row in figures(parts, "range", "channel", (first, last), CALENDAR)}
    assert rows["online"]["period"] == "2021-01-01..2024-10-31"
    assert rows["online"]["new"] == online.value
    both = sum(row["new"] for row in rows.values())
    assert both == total
    assert round(100 * Decimal(rows["online"]["new"]) / both, share.rounding) == share.value
