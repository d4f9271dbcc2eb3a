"""What a person names: a calendar and a period of it, or an error that names field, value and mend."""

from __future__ import annotations

from datetime import date

import pytest

from ioc.errors import BadInput
from ioc.kernel.period_names import PeriodCalendar
from ioc.period_calendars import period_calendar, period_named
from schemas import Registry, load


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


def test_the_kernel_counts_by_the_file(registry: Registry) -> None:
    found = period_calendar(registry, "REPORT_15_14")
    kinds = registry.period_calendars["REPORT_15_14"].periods
    assert found == PeriodCalendar("REPORT_15_14", 15, -1, kinds)
    assert period_named("2024", found).start == date(2023, 12, 15)


def test_a_calendar_that_is_none_is_refused_with_those_there_are(registry: Registry) -> None:
    with pytest.raises(
        BadInput, match="calendar: 'REPORT_15-14' cannot be used; name one of CALENDAR, REPORT_15_14; near: "
    ):
        period_calendar(registry, "REPORT_15-14")


def test_a_period_that_is_none_is_refused_under_the_field_it_was_given_as(registry: Registry) -> None:
    with pytest.raises(
        BadInput, match="from: '2024-13' cannot be used; CALENDAR has no such month"
    ) as refused:
        period_named("2024-13", period_calendar(registry, "CALENDAR"), "from")
    assert (refused.value.field, refused.value.value) == ("from", "2024-13")
