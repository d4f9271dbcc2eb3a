"""From a period calendar's file to the one the kernel counts by; what a person names wrongly is BadInput."""

from __future__ import annotations

from ioc.errors import BadInput
from ioc.kernel.period_names import NamedPeriod, NoSuchPeriod, PeriodCalendar, named
from ioc.named import one_of
from schemas import Registry


def period_calendar(registry: Registry, name: str) -> PeriodCalendar:
    """The calendar of that name; BadInput lists those there are."""
    found = one_of(dict(sorted(registry.period_calendars.items())), name, "calendar")
    return PeriodCalendar(name, found.first_day, found.month_shift, found.periods)


def period_named(text: str, calendar: PeriodCalendar, field: str = "period") -> NamedPeriod:
    """`ioc.kernel.period_names.named`; BadInput names the field where it is no period of the calendar."""
    try:
        return named(text, calendar)
    except NoSuchPeriod as exc:
        raise BadInput(field, exc.value, exc.mend) from exc
