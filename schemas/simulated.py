"""How a case feed is simulated (`feeds/<feed>/simulation.yaml`): made cases, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import Field, ValidationError, model_validator

from schemas.any_feed import AnyFeed
from schemas.feed import Feed
from schemas.findings import Finding, Path_, Unusable, near, of_validation
from schemas.promise import Name, Promise, Snake, Text
from schemas.yaml_file import YamlFile

Settings = TypeVar("Settings", bound=Promise)
Weight = Annotated[float, Field(ge=0)]
Weights = Annotated[dict[Text, Weight], Field(min_length=1)]
Span = tuple[float, float]
Says = dict[Snake, Weights | Span]  # a datum: its values by weight, or a number between two


class Surge(Promise):
    """Once in so many days, `times` as many cases from one hour to another."""

    every_days: float = Field(ge=1)
    times: float = Field(gt=0)
    hours: tuple[int, int]


class Step(Promise):
    """An event: hours after the one before, or at parts of the time allowed since the case was received."""

    event: Name
    status: Text
    hours: Span | None = None
    of_due: Span | None = None
    extend_hours: float | None = Field(None, gt=0)  # tells a due date later by so much
    minutes: Snake | None = None  # the datum that says how many minutes ago the case began
    says: Says = Field(default_factory=dict)

    @model_validator(mode="after")
    def _when(self) -> Step:
        if (self.hours is None) == (self.of_due is None):
            raise ValueError("say when: give either `hours` after the step before or `of_due`")
        for low, high in (span for span in (self.hours, self.of_due) if span):
            if not 0 <= low <= high:
                raise ValueError(f"{low}, {high}: give the shorter first, none below 0")
        return self


class Course(Promise):
    share: float = Field(gt=0)  # of all courses' shares
    says: Says = Field(default_factory=dict)  # with the first event, over what all courses say
    due_hours: dict[float, Weight] = Field(default_factory=dict)  # in place of the feed's
    steps: tuple[Step, ...] = Field(min_length=1)


class Simulated(Promise):
    """All figures are made up but those whose source a comment names."""

    source: Text  # of the CloudEvents
    code: Text  # begins the codes of cases
    seed: int = Field(1, ge=0)
    history_days: int = Field(30, ge=1, le=400)  # told when a demo starts
    cases_a_day: float = Field(gt=0, le=100_000)  # mean of a day of weight 1
    weekdays: tuple[Weight, Weight, Weight, Weight, Weight, Weight, Weight]
    hours: Annotated[tuple[Weight, ...], Field(min_length=24, max_length=24)]
    surge: Surge | None = None
    office: bool = True  # what happens later falls into office hours
    levels: Weights  # of the agencies
    skew: float = Field(0.7, ge=0)  # the n-th agency of a level gets n^-skew
    channels: Weights
    due_hours: Annotated[dict[float, Weight], Field(min_length=1)]
    says: Says = Field(default_factory=dict)
    courses: tuple[Course, ...] = Field(min_length=1)


def read_settings(
    path: Path,
    shown: str,
    found: list[Finding],
    model: type[Settings],
    strange: Callable[[Settings], Iterator[tuple[Path_, str, str]]],
) -> Settings | None:
    """A feed's simulation, None where there is no such file or it cannot be used."""
    if not path.exists():
        return None
    try:
        file = YamlFile(path, shown)
        settings = model.model_validate(file.content)
    except Unusable as exc:
        found += exc.findings
        return None
    except ValidationError as exc:
        found += of_validation(shown, exc, file.line, model.model_fields)
        return None
    wrong = [
        Finding(shown, file.line(loc), ".".join(map(str, loc)), word, mend)
        for loc, word, mend in strange(settings)
    ]
    found += wrong
    return None if wrong else settings


def strays(simulated: Simulated, feed: Feed) -> Iterator[tuple[Path_, str, str]]:
    """Words that the feed does not know and times that no case has, where they stand, and the mend."""
    for channel in simulated.channels.keys() - feed.channels.keys():
        yield ("channels",), channel, f"name one of this feed{near(channel, feed.channels)}"
    for i, course in enumerate(simulated.courses):
        first, received = {**simulated.says, **course.says}, False
        for j, step in enumerate(course.steps):
            loc: Path_ = ("courses", i, "steps", j)
            if not _known(feed, step):
                yield (
                    loc,
                    f"{step.event}: {step.status}",
                    "name an event of this feed, and a status that it says",
                )
                continue
            says = {*step.says, *([step.minutes] if step.minutes else []), *(() if j else first)}
            known = properties(feed, step.event)
            for name in sorted(says - known.keys()):
                yield (*loc, "says"), name, f"name a datum of {step.event}{near(name, known)}"
            if (step.of_due or step.extend_hours) and not received:
                yield loc, step.status, "no time is allowed before a status that enters: say `hours`"
            received |= feed.lifecycle.statuses[step.status].enters


def _known(feed: Feed, step: Step) -> bool:
    if step.event not in feed.events:
        return False
    said = properties(feed, step.event).get("status", {})
    return step.status in said.get("enum", [said.get("const")])


def properties(feed: AnyFeed, event: str) -> dict[str, Any]:
    """What the newest version of an event may say, by name."""
    known: dict[str, Any] = feed.event_schemas.get(feed.dataschema(event), {}).get("properties", {})
    return known
