"""A period calendar as its file promises it: on which day a month begins, and which periods are reported."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from schemas.promise import Promise, Text

Reported = Literal["day", "week", "month", "quarter", "half", "year", "6m", "9m", "ytd"]


class PeriodCalendar(Promise):
    """Months begin on `first_day` of the month `month_shift` months from the one they are named after.

    Quarters, halves and years are made of those months. `file` is the loader's.
    """

    period_calendar: Annotated[
        str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$", max_length=60)
    ]
    first_day: int = Field(ge=1, le=28)  # every month has these days
    month_shift: Literal[-1, 0]
    periods: tuple[Reported, ...] = Field(min_length=1)
    source: Text
    file: str = Field("", exclude=True)

    @field_validator("periods")
    @classmethod
    def _each_once(cls, periods: tuple[Reported, ...]) -> tuple[Reported, ...]:
        if twice := sorted({kind for kind in periods if periods.count(kind) > 1}):
            raise ValueError(f"{twice[0]} is given twice; keep one")
        return periods

    @model_validator(mode="after")
    def _named_after_a_month_it_touches(self) -> PeriodCalendar:
        if self.first_day == 1 and self.month_shift:
            raise ValueError("month_shift: a month from the 1st is named after itself; write 0")
        return self
