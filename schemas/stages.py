"""The stages of a feed's cases that have limits of their own, as dated data: by kind, unit, law and day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from schemas.procedures import Unit
from schemas.promise import Label, Promise, Snake, Text

# What a case keeps of a stage, beside the stage's own name, which says how it went.
KEPT: Mapping[str, str] = {"": "text", "_due_at": "instant", "_due_on": "date"}


def _several(given: object) -> object:
    """One word or a list of them; a yes or no is the text that an event's data shows."""
    words = given if isinstance(given, list | tuple) else (given,)
    return tuple(str(word).lower() if isinstance(word, bool) else word for word in words)


_Said = Text | bool
Words = Annotated[
    tuple[Text, ...],
    Field(min_length=1),
    BeforeValidator(_several, json_schema_input_type=_Said | tuple[_Said, ...]),
]


class StageLimit(Promise):
    """What held for stages begun from valid_from to valid_to, of cases whose attributes are any of `when`.

    Without limit and unit the law, or what could be read of it, gives none: said, and never taken for others.
    """

    when: dict[Snake, Words]
    limit: Annotated[int | None, Field(ge=0, le=10_000)] = None
    unit: Unit | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    source: Text
    confidence: Literal["A", "B", "C", "?"]  # as domain facts are tagged
    to_check: Text | None = None  # what was not seen, or is assumed

    @model_validator(mode="after")
    def _whole(self) -> StageLimit:
        if self.unit == "same_day" and self.limit is not None:
            raise ValueError("same_day takes no limit; leave `limit` out")
        if self.unit != "same_day" and (self.limit is None) != (self.unit is None):
            raise ValueError("`limit` and `unit` go together; leave both out where the law gives none")
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"ends on {self.valid_to}, before it begins on {self.valid_from}")
        return self

    def meets(self, other: StageLimit) -> bool:
        """Whether some case on some day would be under both."""
        alike = all(set(words) & set(other.when.get(name, words)) for name, words in self.when.items())
        spans = [(one.valid_from or date.min, one.valid_to or date.max) for one in (self, other)]
        return alike and max(first for first, _ in spans) <= min(last for _, last in spans)


class TimedStage(Promise):
    """From the first event with a status of `from` to the first one of `to` at or after it."""

    label: Label
    from_: tuple[Text, ...] = Field(alias="from", min_length=1)
    to: tuple[Text, ...] = Field(min_length=1)
    optional: bool = False  # a step that need not be: in time or late once it is done, never overdue
    stops: bool = False  # its clock stands still while the case is paused
    limits: tuple[StageLimit, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_limit_a_day(self) -> TimedStage:
        if both := sorted(set(self.from_) & set(self.to)):
            raise ValueError(f"{both[0]!r} stands in `from` and `to`; a stage ends with another status")
        for (i, one), (j, other) in combinations(enumerate(self.limits), 2):
            if one.meets(other):
                raise ValueError(
                    f"limits {i + 1} and {j + 1} overlap: {_shown(one)} and {_shown(other)};"
                    " end the earlier one the day before, or tell their kinds apart"
                )
        return self

    @property
    def definition(self) -> dict[str, Any]:
        """What can change a figure: words, sources and tags cannot."""
        words = {"source", "confidence", "to_check"}
        return {
            "from": sorted(self.from_),
            "to": sorted(self.to),
            "optional": self.optional,
            "stops": self.stops,
            "limits": [one.model_dump(mode="json", exclude=words) for one in self.limits],
        }


def _shown(one: StageLimit) -> str:
    kinds = ", ".join(f"{name} {' or '.join(words)}" for name, words in one.when.items())
    return f"{kinds or 'any'} from {one.valid_from or '…'} to {one.valid_to or '…'}"


def kept(stages: Mapping[str, TimedStage]) -> dict[str, str]:
    """What measures may name of the stages: name -> kind."""
    return {f"{stage}{ending}": kind for stage in stages for ending, kind in KEPT.items()}


def problems(
    stages: Mapping[str, TimedStage], statuses: Mapping[str, object], words: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    """What is wrong between stages and the rest of the feed; words: attribute -> its values, none: any."""
    for name in kept(stages):
        if name in words:
            yield f"stages: a case keeps {name!r} of a stage already; name the attribute or stage otherwise"
    for name, stage in stages.items():
        for role, codes in (("from", stage.from_), ("to", stage.to)):
            for code in (code for code in codes if code not in statuses):
                yield f"stages.{name}.{role}: {code!r} is no status; name some of {', '.join(statuses)}"
        for i, limit in enumerate(stage.limits):
            yield from _kinds(f"stages.{name}.limits.{i}.when", limit, words)


def _kinds(at: str, limit: StageLimit, words: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for attribute, values in limit.when.items():
        if attribute not in words:
            yield f"{at}.{attribute}: no attribute of text or truth; name some of {', '.join(words)}"
        elif strange := set(values) - set(words[attribute] or values):
            yield f"{at}.{attribute}: {min(strange)!r} is none of {', '.join(words[attribute])}"
