"""Calendars for the tests: the packaged one, a made one with everything in it, one of a zone that shifts."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

import polars as pl
from hypothesis import strategies as st

from ioc.calendars import worktime
from ioc.kernel.events import INSTANT
from ioc.kernel.worktime import Worktime
from schemas import Calendar, load
from tests.kernel.slow_calendar import SlowCalendar

MORNING = "07:00-11:30"
SOURCE = {"source": "made"}
OFFICE = {"valid_from": "2024-01-01", "sessions": [MORNING, "13:30-17:00"], "hand_over_until": "15:00"}
SUMMER = {"valid_from": "2025-05-01", "sessions": ["06:30-11:00", "13:00-16:30"], "hand_over_until": "14:30"}
SHORT = {"valid_from": "2025-03-03", "sessions": ["08:00-12:00"], "hand_over_until": "11:00"}
OPENS = {"weekdays": ["sat"], "sessions": [MORNING], "valid_from": "2025-02-01", **SOURCE}
MADE: dict[str, Any] = {
    "calendar": "made",
    "zone": "Asia/Ho_Chi_Minh",
    "country": "VN",
    "weekend": ["sat", "sun"],
    "years": [2024, 2026],
    "versions": [
        {
            "version": "first",
            "known_on": "2024-01-01",
            "source": "made",
            "hours": [OFFICE],
            "agencies": {
                "A": {"opens": [OPENS | {"counts": True}]},
                "B": {"opens": [OPENS | {"counts": False, "valid_to": "2025-11-30"}], "hours": [SHORT]},
            },
        },
        {
            "version": "second",
            "known_on": "2025-03-01",
            "source": "made",
            "hours": [OFFICE, SUMMER],
            "overrides": [
                {"day": "2025-03-08", "kind": "worked", **SOURCE},
                {"day": "2025-03-07", "kind": "off", **SOURCE},
            ],
            "agencies": {"C": {"closes": [{"valid_from": "2025-04-21", "valid_to": "2025-05-09", **SOURCE}]}},
        },
        {
            "version": "third",
            "known_on": "2025-12-25",
            "source": "made",
            "overrides": [
                {"day": "2026-01-02", "kind": "off", **SOURCE},
                {"day": "2026-01-10", "kind": "worked", **SOURCE},
                {"day": "2025-03-08", "kind": "off", **SOURCE},
            ],
            "agencies": {"A": {"opens": [OPENS | {"counts": False}]}},
        },
    ],
}
SHIFTING: dict[str, Any] = {
    **MADE,
    "zone": "Europe/Amsterdam",
    "country": "NL",
    "versions": [MADE["versions"][0] | {"agencies": {}}],
}
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime.fromisoformat("1970-01-01T00:00Z")
AGENCIES = ("", "A", "B", "C")


@cache
def calendar(name: str) -> tuple[Calendar, Worktime]:
    """vietnam, made or shifting, and what the kernel makes of it."""
    if name == "vietnam":
        found = load().calendars[name]
    else:
        found = Calendar.model_validate({"made": MADE, "shifting": SHIFTING}[name])
    return found, worktime(found)


@cache
def slow(name: str, version: str, agency: str = "") -> SlowCalendar:
    return SlowCalendar(calendar(name)[0], version, agency)


def us(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND


def instants(expr: pl.Expr, **columns: Any) -> list[datetime | None]:
    """What an expression over instants gives for some rows: instants, UTC."""
    return pl.DataFrame(columns).select(at=expr.cast(INSTANT))["at"].to_list()


def at(text: str, zone: str = "+07:00") -> datetime:
    return datetime.fromisoformat(text + zone)


# Around Tết, worked Saturdays, changes of hours and of versions, clock changes, year's ends.
BUSY = ("2024-04-25", "2025-01-24", "2025-03-04", "2025-04-24", "2025-12-24", "2026-02-12", "2026-08-20")
EDGES = ("07:00", "11:30", "13:30", "15:00", "16:30", "17:00", "00:00", "23:59")


@st.composite
def moments(draw: st.DrawFn, years: tuple[int, int] = (2024, 2026)) -> datetime:
    """Any instant of the years, half of them near what is special, on or beside an edge of the day."""
    if draw(st.booleans()):
        span = st.datetimes(datetime(years[0], 1, 1), datetime(years[1], 12, 31))  # noqa: DTZ001
        return at(draw(span).isoformat())
    day = at(f"{draw(st.sampled_from(BUSY))}T{draw(st.sampled_from(EDGES))}")
    return (
        day + draw(st.integers(0, 16)) * timedelta(days=1) + draw(st.sampled_from([-1, 0, 1])) * MICROSECOND
    )
