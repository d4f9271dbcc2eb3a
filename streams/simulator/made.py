"""Made cases of one feed and their events: a pure function of settings, reference data, seed and day."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.random import Generator

from schemas import Course, Feed, Registry, Simulated, Step
from schemas.simulated import Span, properties

OPEN, CLOSE = 7.5, 17.0  # office hours, local
SHORTEST = timedelta(minutes=1)  # between two events of a case
CASTS: dict[str, Any] = {"integer": int, "number": float, "boolean": lambda word: word == "true"}


class Told(NamedTuple):
    """A message and the instant at which it is sent."""

    at: datetime
    text: str


@dataclass
class Case:
    """One case on its way: when it was received, until when it may take, when its last event was."""

    code: str
    agency: str
    channel: str
    begun: datetime
    at: datetime
    received: datetime | None = None
    due: datetime | None = None


class Made:
    """The made cases of one feed."""

    def __init__(self, feed: Feed, simulated: Simulated, registry: Registry) -> None:
        self.feed, self.simulated = feed, simulated
        self.zone = ZoneInfo(feed.zone)
        self.lasts: timedelta | None = None  # a case may go on for as long as its courses have it
        self._history = registry.history
        self._known = {event: properties(feed, event) for event in feed.events}
        agencies = sorted((a for a in registry.agencies.values() if a.simulated), key=lambda row: row.code)
        self._agencies = _skewed(simulated, [(row.code, row.level) for row in agencies])

    def day(self, day: date, past: bool = False) -> list[Told]:
        """Every message of the cases that begin on the day, also those of later days; past or not."""
        rng = np.random.default_rng(
            [self.simulated.seed, day.toordinal(), zlib.crc32(self.feed.feed.encode())]
        )
        begun = self._begun(day, rng)
        return sorted(told for number, at in enumerate(begun, 1) for told in self._case(number, at, rng))

    def _begun(self, day: date, rng: Generator) -> list[datetime]:
        simulated, surge = self.simulated, self.simulated.surge
        hours = np.array(simulated.hours) / sum(simulated.hours)
        if surge is not None and rng.random() < 1 / surge.every_days:
            hours[slice(*surge.hours)] *= surge.times
        counts = rng.poisson(simulated.cases_a_day * simulated.weekdays[day.weekday()] * hours)
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        seconds = np.repeat(np.arange(24) * 3_600, counts) + rng.integers(0, 3_600, int(counts.sum()))
        return [midnight + timedelta(seconds=int(second)) for second in np.sort(seconds)]

    def _case(self, number: int, at: datetime, rng: Generator) -> list[Told]:
        simulated = self.simulated
        course = simulated.courses[_index([course.share for course in simulated.courses], rng)]
        code = f"{simulated.code}-{at:%y%m%d}-{number:04}"
        case = Case(code, _drawn(self._agencies, rng), _drawn(simulated.channels, rng), at, at)
        return [self._event(case, i, step, course, rng) for i, step in enumerate(course.steps)]

    def _event(self, case: Case, i: int, step: Step, course: Course, rng: Generator) -> Told:
        known, says = self._known[step.event], dict(step.says)
        if i == 0:
            says = {**self.simulated.says, **course.says, **says}
        else:
            case.at = max(self._when(case, step, rng), case.at + SHORTEST)
        data: dict[str, Any] = {"status": step.status, **self._deadline(case, step, course, rng)}
        if "agency" in known:
            data["agency"] = self._responsible(case)
        if i == 0 and "channel" in known:
            data["channel"] = case.channel
        if step.minutes:
            data[step.minutes] = (case.at - case.begun) // timedelta(minutes=1)
        data |= {name: _said(spec, known[name].get("type", ""), case.at, rng) for name, spec in says.items()}
        return Told(case.at, self._message(case, i, step, data))

    def _when(self, case: Case, step: Step, rng: Generator) -> datetime:
        if step.of_due is not None and case.received and case.due:
            at = case.received + (case.due - case.received) * rng.uniform(*step.of_due)
        else:
            at = case.at + timedelta(hours=rng.uniform(*(step.hours or (0.0, 1.0))))
        return (
            _in_office(at.replace(microsecond=0), rng) if self.simulated.office else at.replace(microsecond=0)
        )

    def _deadline(self, case: Case, step: Step, course: Course, rng: Generator) -> dict[str, Any]:
        """What the event says of the due date: first when the case is received, later one that is later."""
        if self.feed.lifecycle.statuses[step.status].enters and case.received is None:
            hours = course.due_hours or self.simulated.due_hours
            case.received, case.due = case.at, _due(case.at, float(_drawn(hours, rng)))
        elif step.extend_hours and case.due:
            case.due = _due(case.due, step.extend_hours)
            return {"due_at": case.due.isoformat(), "extended": True}
        else:
            return {}
        return {"due_at": case.due.isoformat()}

    def _responsible(self, case: Case) -> str:
        """The case's agency, or who took over from it by now."""
        found = self._history.responsible(case.agency, case.at.date())
        return found.code if found else case.agency

    def _message(self, case: Case, i: int, step: Step, data: dict[str, Any]) -> str:
        event = {
            "specversion": "1.0",
            "id": str(i),
            "source": self.simulated.source,
            "type": f"{self.feed.feed}.{step.event}",
            "subject": case.code,
            "time": case.at.isoformat(),
            "dataschema": self.feed.dataschema(step.event),
            "datacontenttype": "application/json",
            "data": data,
        }
        return json.dumps(event, ensure_ascii=False)


def _skewed(simulated: Simulated, agencies: Sequence[tuple[str, str]]) -> dict[str, float]:
    weights: dict[str, float] = {}
    for level, share in simulated.levels.items():
        codes = [code for code, of in agencies if of == level]
        skew = [(n + 1) ** -simulated.skew for n in range(len(codes))]
        weights |= {code: share * weight / sum(skew) for code, weight in zip(codes, skew, strict=True)}
    return weights


def _index(weights: Sequence[float], rng: Generator) -> int:
    along = np.cumsum(weights)
    return int(np.searchsorted(along, rng.random() * along[-1], side="right"))


def _drawn(weights: Mapping[Any, float], rng: Generator) -> Any:
    return list(weights)[_index(list(weights.values()), rng)]


def _said(spec: dict[str, float] | Span, kind: str, at: datetime, rng: Generator) -> Any:
    """A number between two, or a word by its weight; `%Y` and the like in it are of the event's time."""
    if isinstance(spec, tuple):
        return (
            round(rng.uniform(*spec), 5)
            if kind == "number"
            else int(rng.integers(int(spec[0]), int(spec[1]), endpoint=True))
        )
    word = str(_drawn(spec, rng))
    return CASTS[kind](word) if kind in CASTS else at.strftime(word) if "%" in word else word


def _due(begin: datetime, hours: float) -> datetime:
    """Of a day and longer: at the end of an office day."""
    at = begin + timedelta(hours=hours)
    return at if hours < 24 else _no_weekend(at).replace(hour=int(CLOSE), minute=0, second=0)


def _no_weekend(at: datetime) -> datetime:
    return at + timedelta(days=7 - at.weekday() if at.weekday() > 4 else 0)


def _in_office(at: datetime, rng: Generator) -> datetime:
    """The instant, or one in the first hours of the next office day."""
    hour = at.hour + at.minute / 60
    if at.weekday() < 5 and OPEN <= hour < CLOSE:
        return at
    day = _no_weekend(at if hour < OPEN else at + timedelta(days=1))
    return day.replace(hour=7, minute=30, second=0) + timedelta(seconds=int(rng.integers(0, 7_200)))
