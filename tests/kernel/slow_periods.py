"""Periods told day by day, as a person with a wall calendar would; and the packaged calendars."""

from __future__ import annotations

from datetime import date, timedelta

from ioc.kernel.period_names import PeriodCalendar
from ioc.period_calendars import period_calendar
from schemas import load

_REGISTRY = load()
CALENDAR = period_calendar(_REGISTRY, "CALENDAR")
REPORT = period_calendar(_REGISTRY, "REPORT_15_14")


def month_of(day: date, calendar: PeriodCalendar) -> tuple[int, int]:
    """Year and number of the month that a day belongs to."""
    year, month = day.year, day.month
    begun = day.day >= calendar.first_day
    if calendar.month_shift == -1 and begun:  # the next month's has begun
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    if calendar.month_shift == 0 and not begun:  # still that of the month before
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return year, month


def week_of(day: date) -> str:
    thursday = day + timedelta(days=3 - day.weekday())
    number = 1
    while (thursday - timedelta(days=7 * number)).year == thursday.year:
        number += 1
    return f"{thursday.year}-W{number:02}"


def word(day: date, kind: str, calendar: PeriodCalendar) -> str | None:
    """The text of the day's period, year-to-date without its end; None where it has none."""
    year, month = month_of(day, calendar)
    if kind == "half":
        return f"{year}-H1" if month <= 6 else f"{year}-H2"
    if kind == "quarter":
        return f"{year}-Q{[1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4][month - 1]}"
    if kind in ("6m", "9m"):
        return f"{year}-{kind.upper()}" if month <= int(kind[0]) else None
    if kind == "week":
        return week_of(day)
    return {"day": f"{day}", "month": f"{year}-{month:02}", "year": f"{year}", "ytd": f"{year}-YTD"}[kind]


def days_by_period(kind: str, start: date, end: date, calendar: PeriodCalendar) -> dict[str, list[date]]:
    """Of each period its days within start..end, in order."""
    found: dict[str, list[date]] = {}
    day = start
    while day <= end:
        text = f"{start}..{end}" if kind == "range" else word(day, kind, calendar)
        if text is not None:
            found.setdefault(text, []).append(day)
        day += timedelta(days=1)
    if kind == "ytd":
        return {f"{text}..{days[-1]}": days for text, days in found.items()}
    return found
