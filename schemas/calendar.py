"""A working calendar as its file promises it: days off, worked days and office hours, in versions."""

from __future__ import annotations

import re
from datetime import date, time
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from schemas.promise import Name, Promise, Text, Zone
from schemas.reference import Code

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")  # as date.weekday() counts them
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _clock(text: object) -> time:
    """A time of day `HH:MM`; nothing finer is ever decreed."""
    if not (isinstance(text, str) and re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text)):
        raise ValueError("write it as HH:MM, such as 15:00, up to 23:59")
    return time.fromisoformat(text)


def _session(text: object) -> tuple[time, time]:
    parts = text.split("-") if isinstance(text, str) else []
    if len(parts) != 2:
        raise ValueError("write it as HH:MM-HH:MM, such as 07:00-11:30")
    start, end = (_clock(part.strip()) for part in parts)
    if end <= start:
        raise ValueError("it ends before it starts; write it within one day, from-to")
    return start, end


def _apart(sessions: tuple[tuple[time, time], ...]) -> tuple[tuple[time, time], ...]:
    for (_, end), (start, _) in pairwise(sessions):
        if start < end:
            raise ValueError(f"the session from {start:%H:%M} begins before the one to {end:%H:%M} ends")
    return sessions


Clock = Annotated[time, BeforeValidator(_clock)]
Session = Annotated[tuple[time, time], BeforeValidator(_session)]
Sessions = Annotated[tuple[Session, ...], Field(min_length=1), AfterValidator(_apart)]


class Hours(Promise):
    """Office hours of an ordinary working day from a date on."""

    valid_from: date
    sessions: Sessions
    hand_over_until: Clock  # received later is handed over when the next working day opens

    @model_validator(mode="after")
    def _within(self) -> Hours:
        if not self.sessions[0][0] <= self.hand_over_until <= self.sessions[-1][1]:
            raise ValueError("hand_over_until lies outside office hours")
        return self


def _ascending(given: tuple[Hours, ...]) -> tuple[Hours, ...]:
    for earlier, later in pairwise(given):
        if later.valid_from <= earlier.valid_from:
            raise ValueError(f"valid_from {later.valid_from} stands after {earlier.valid_from}; list by date")
    return given


HoursList = Annotated[tuple[Hours, ...], AfterValidator(_ascending)]


class Override(Promise):
    """One day that is otherwise than the country's weeks and holidays say."""

    day: date
    kind: Literal["off", "worked"]
    source: Text


class _Spell(Promise):
    valid_from: date
    valid_to: date | None = None  # inclusive; without it: until another version says so
    source: Text

    @model_validator(mode="after")
    def _forwards(self) -> _Spell:
        if self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to lies before valid_from")
        return self

    def holds(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Opening(_Spell):
    """An agency is open on a weekly day off, holidays excepted. Its hours are worked either way."""

    weekdays: tuple[Weekday, ...] = Field(min_length=1)
    sessions: Sessions
    counts: bool  # whether such a day is one of the n working days of a limit, and may be a due date


class Closure(_Spell):
    """An agency is closed, whatever else is said of these days."""


class AgencyCalendar(Promise):
    """Where one agency differs. Its hours go before everybody's from their valid_from on."""

    hours: HoursList = ()
    opens: tuple[Opening, ...] = ()
    closes: tuple[Closure, ...] = ()
    made: bool = False  # invented for the demonstration


class Version(Promise):
    """What became known on a date; see schemas/calendars/vietnam.yaml for what it adds and replaces."""

    version: Text
    known_on: date
    source: Text
    hours: HoursList = ()
    overrides: tuple[Override, ...] = ()
    agencies: dict[Code, AgencyCalendar] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _each_day_once(self) -> Version:
        days = [override.day for override in self.overrides]
        if twice := sorted({str(day) for day in days if days.count(day) > 1}):
            raise ValueError(f"overrides: {twice[0]} is given twice; keep one")
        return self


class Calendar(Promise):
    """A country's working days with local overrides, for the years first..last. `file` is the loader's."""

    calendar: Name
    zone: Zone
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]  # as `holidays` names it
    weekend: tuple[Weekday, ...]
    years: tuple[int, int]
    versions: tuple[Version, ...] = Field(min_length=1)
    file: str = Field("", exclude=True)

    @field_validator("years")
    @classmethod
    def _years_in_order(cls, years: tuple[int, int]) -> tuple[int, int]:
        if not 1970 <= years[0] <= years[1] <= 2099:
            raise ValueError("write [first, last] within 1970..2099")
        return years

    @field_validator("versions")
    @classmethod
    def _versions_in_order(cls, versions: tuple[Version, ...], info: ValidationInfo) -> tuple[Version, ...]:
        if "years" not in info.data or "weekend" not in info.data:  # found already
            return versions
        first, last = info.data["years"]
        _begun(versions, date(first, 1, 1))
        for earlier, later in pairwise(versions):
            if later.known_on <= earlier.known_on:
                raise ValueError(f"version {later.version!r} is not known later than the one before it")
        if len({version.version for version in versions}) < len(versions):
            raise ValueError("two versions bear one name; past results name their version")
        for version in versions:
            _within(version, first, last, info.data["weekend"])
        return versions


def _begun(versions: tuple[Version, ...], start: date) -> None:
    """Every instant of the years has a version, and every version has hours for each day."""
    if versions[0].known_on > start:
        raise ValueError(f"the first version must be known on {start}, or earlier instants have none")
    if not versions[0].hours:
        raise ValueError("the first version must give `hours`")
    for version in versions:
        if version.hours and version.hours[0].valid_from > start:
            raise ValueError(f"the hours of {version.version!r} hold for all days; begin them on {start}")


def _within(version: Version, first: int, last: int, weekend: tuple[Weekday, ...]) -> None:
    for override in version.overrides:
        if not first <= override.day.year <= last:
            raise ValueError(f"{override.day} of version {version.version!r} lies outside the years")
    for code, agency in version.agencies.items():
        if strange := {day for opening in agency.opens for day in opening.weekdays} - {*weekend}:
            raise ValueError(f"{code} opens on {min(strange)}, no weekly day off; give its `hours` instead")
