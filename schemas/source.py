"""A source mapping: how one system's columns or fields become canonical events of one feed."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from schemas.any_feed import Version
from schemas.promise import Label, Name, Promise, Snake
from schemas.reference import Spell
from schemas.times import check_pattern, check_zone

Text = Annotated[str, StringConstraints(min_length=1)]
Kind = Literal["text", "time", "integer", "number", "boolean"]
MOST_EVENTS = 16  # of one message; receipts number them seq * 16 + i


def template_parts(text: str) -> list[str]:
    """Literal, field, literal, field, … of `2/{MaHoSo}/{NgayTiepNhan}`."""
    return re.split(r"\{([^{}]+)\}", text)


def _template(text: str) -> str:
    if any("{" in literal or "}" in literal for literal in template_parts(text)[::2]):
        raise ValueError("write fields as {Field}")  # noqa: RUF027 (meant literally)
    return text


def _regex(text: str) -> str:
    try:
        groups = re.compile(text).groups
    except re.error as exc:
        raise ValueError(f"not a regular expression: {exc}") from exc
    if groups != 1:
        raise ValueError("mark the part to take with exactly one group ( )")
    return text


Template = Annotated[Text, AfterValidator(_template)]


class Vocabulary(Spell):
    """This source's words, left, and the feed's codes, right, for events of these days."""

    words: dict[str, str]

    @property
    def always(self) -> bool:
        return self.valid_from is None and self.valid_to is None

    @property
    def shown(self) -> str:
        """Nothing, or the days of which it is true."""
        told = (("from", self.valid_from), ("to", self.valid_to))
        return "".join(f" {word} {day}" for word, day in told if day)


def _always(given: Any) -> Any:
    return [{"words": given}] if isinstance(given, dict) else given


def _one_a_day(given: tuple[Vocabulary, ...]) -> tuple[Vocabulary, ...]:
    by_day = sorted(given, key=lambda one: one.valid_from or date.min)
    for earlier, later in pairwise(by_day):
        begin = later.valid_from or date.min
        if not earlier.ended(begin):
            raise ValueError(f"two vocabularies hold on {begin}: end the earlier one the day before")
    return tuple(by_day)


Vocabularies = Annotated[
    tuple[Vocabulary, ...], Field(min_length=1), BeforeValidator(_always), AfterValidator(_one_a_day)
]


class When(Promise):
    """A shape: fields that must be there, must not, or must say a word. Empty: always."""

    present: tuple[Text, ...] = ()
    absent: tuple[Text, ...] = ()
    equals: dict[Text, str] = Field(default_factory=dict)


class Value(Promise):
    """Where a datum comes from: a field (`a.b` reaches inside), or a constant; then pattern, then words."""

    field: Text | None = None
    constant: str | None = None
    pattern: Annotated[str, AfterValidator(_regex)] | None = None
    unmatched: Literal["refuse", "missing"] = "refuse"  # where the pattern does not match
    words: Text | None = None
    missing: tuple[str, ...] = ()  # further texts that mean nothing was said
    kind: Kind | None = None  # default: time for due_at, text otherwise
    required: bool = False

    @model_validator(mode="after")
    def _one_origin(self) -> Value:
        if (self.field is None) == (self.constant is None):
            raise ValueError("give either `field` or `constant`")
        if self.constant is not None and (self.pattern or self.words or self.missing):
            raise ValueError("a constant takes no pattern, words or missing")
        return self


def _short(given: Any) -> Any:
    return {"field": given} if isinstance(given, str) else given


class EventMapping(Promise):
    """One event that a message can yield."""

    event: Name
    version: Version | None = Field(
        None, description="which version of the event it writes; without it the newest"
    )
    when: When = When()
    id: Template = Field(description="unique within the case; from fields, so that a repeat is a duplicate")
    time: Text = Field(description="the field with the instant it occurred")
    data: dict[Snake, Annotated[Value, BeforeValidator(_short)]]


class MessageMapping(Promise):
    """One kind of message or row, chosen by its shape; the first that fits is taken."""

    shape: When = When()
    case: Template
    events: tuple[EventMapping, ...] = Field(min_length=1, max_length=MOST_EVENTS)


class SourceMapping(Promise):
    """`file` is filled in by the loader; errors at run time name it, for that is where the mend goes."""

    source: Name
    feed: Name
    label: Label
    system: Annotated[str, StringConstraints(pattern=r"^\S{1,200}$")]
    zone: Annotated[str, AfterValidator(check_zone)]
    times: tuple[Annotated[str, AfterValidator(check_pattern)], ...] = Field(min_length=1)
    missing: tuple[str, ...] = Field(
        (), description="texts that mean nothing was said; the empty text always does"
    )
    agencies: Literal["own", "known"]
    procedures: Literal["own", "known", "any"] = "any"
    personal: tuple[Text, ...] = Field((), description="kept only as tokens, masked in everything else")
    words: dict[Text, Vocabularies] = Field(default_factory=dict)
    messages: dict[Text, MessageMapping] = Field(min_length=1)
    file: str = Field("", exclude=True)

    def words_of(self, table: str) -> dict[str, str]:
        """The words of all days; of a word that changed, the latest code."""
        return {word: code for one in self.words[table] for word, code in one.words.items()}

    @model_validator(mode="after")
    def _words_exist(self) -> SourceMapping:
        for kind, message in self.messages.items():
            for event in message.events:
                for name, value in event.data.items():
                    if value.words is not None and value.words not in self.words:
                        raise ValueError(
                            f"messages.{kind}.{event.event}.{name}: no table {value.words!r} under `words`"
                        )
        return self
