"""A feed as its files promise it: events, life cycle, deadline, measures, tiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from schemas.any_feed import AnyFeed
from schemas.clocks import Clocks
from schemas.identity import Authority, Identity
from schemas.lifecycle import Lifecycle
from schemas.measure import Measure
from schemas.period_measures import period_measures
from schemas.promise import Label, Name, Promise, Snake, Text
from schemas.service_levels import ServiceLevels
from schemas.stages import TimedStage, kept, problems
from schemas.surge import Surge

ChannelKind = Literal["online", "direct", "postal"]


class Deadline(Promise):
    """How a resolved case is held against its due date: by local date or by instant."""

    compare: Literal["date", "instant"]


class Attribute(Promise):
    """A datum of the feed's events that its cases keep: the last given. Measures may name it by its key."""

    label: Label
    kind: Literal["text", "integer", "number", "boolean"] = (
        "text"  # a number is kept and shown, never measured
    )
    words: dict[Text, Label] = Field(default_factory=dict)  # what its values are called

    @property
    def values(self) -> tuple[str, ...] | None:
        """What it can be told apart by; empty: any text. None: a number is not."""
        by_kind = {"text": tuple(self.words), "boolean": ("true", "false")}
        return by_kind.get(self.kind)


class Place(Promise):
    """Where cases lie: two attributes in degrees, and the measures that the map shows and colours by."""

    lat: Snake
    lon: Snake
    shows: Snake
    late: Snake
    soon: Snake | None = None


class Feed(AnyFeed):
    """A case feed."""

    kind: Literal["case"]
    calendar: Name | None = None  # of working time; without it only printed due dates count
    lifecycle: Lifecycle
    deadline: Deadline
    clocks: Clocks | None = None
    stages: dict[Snake, TimedStage] = Field(default_factory=dict)
    identity: Identity | None = None
    authority: Authority | None = None
    channels: dict[Text, Label]
    # Where official forms count what came by a channel; '' is a case of which none was said. None: no forms.
    channel_kinds: dict[str, ChannelKind] = Field(default_factory=dict)
    attributes: dict[Snake, Attribute] = Field(default_factory=dict)
    service_levels: ServiceLevels | None = None
    place: Place | None = None
    measures: dict[Snake, Measure]
    tiles: tuple[Snake, ...]
    rates: tuple[Snake, ...] = ()  # beside the tiles, which are at most a board's twelve
    targets: dict[Snake, float] = Field(default_factory=dict)  # of measures of a period, in their own unit
    hide_below: int | None = Field(None, ge=2)  # per agency; without it every number is told
    surge: Surge | None = None
    leans_on: dict[str, str] = Field(default_factory=dict, exclude=True)  # hashes of calendar and limits
    sectors: dict[str, str] = Field(default_factory=dict, exclude=True)  # procedure -> its field

    @field_validator("targets")
    @classmethod
    def _of_measures_that_can_be_better(cls, targets: dict[str, float]) -> dict[str, float]:
        known = period_measures()
        for name in targets:
            if name not in known or known[name].better is None:
                aimed = ", ".join(n for n, measure in known.items() if measure.better)
                raise ValueError(f"{name!r} cannot have a target; set it for any of {aimed}")
        return targets

    @model_validator(mode="after")
    def _whole(self) -> Feed:
        if self.clocks is not None and self.calendar is None:
            raise ValueError("clocks need the `calendar` that they count by; name one of schemas/calendars")
        if self.clocks and (strange := set(self.clocks.reception_channels) - self.channels.keys()):
            raise ValueError(f"clocks.reception_channels: {min(strange)!r} is no channel of this feed")
        for tile in self.tiles:
            if tile not in self.measures:
                raise ValueError(f"tile {tile!r} shows no measure of this feed ({', '.join(self.measures)})")
        return self

    @model_validator(mode="after")
    def _stages_know_the_feed(self) -> Feed:
        if self.stages and self.calendar is None:
            raise ValueError("stages need the `calendar` that they count by; name one of schemas/calendars")
        statuses = self.lifecycle.statuses
        words = {name: one.values for name, one in self.attributes.items() if one.values is not None}
        if found := list(problems(self.stages, statuses, words)):
            raise ValueError("; ".join(found))
        return self

    @model_validator(mode="after")
    def _levels_are_words_of_a_text(self) -> Feed:
        if self.service_levels is not None:
            texts = {name: set(one.words) for name, one in self.attributes.items() if one.kind == "text"}
            self.service_levels.check(texts)
        return self

    @model_validator(mode="after")
    def _shows_rates_once(self) -> Feed:
        rates = [name for name, measure in self.measures.items() if measure.kind == "rate"]
        for name in self.rates:
            if name not in rates:
                raise ValueError(f"rates: {name!r} is no rate of this feed; name one of {', '.join(rates)}")
            if name in self.tiles or self.rates.count(name) > 1:
                raise ValueError(f"rates: {name!r} is shown already; name each rate once, here or in `tiles`")
        return self

    @model_validator(mode="after")
    def _every_channel_has_a_kind(self) -> Feed:
        if not self.channel_kinds:
            return self
        if strange := set(self.channel_kinds) - {*self.channels, ""}:
            raise ValueError(f"channel_kinds: {min(strange)!r} is no channel of this feed")
        if missing := {*self.channels, ""} - set(self.channel_kinds):
            raise ValueError(f"channel_kinds: give {min(missing)!r} a kind too ('' where none was said)")
        return self

    @model_validator(mode="after")
    def _surges_by_what_its_cases_keep(self) -> Feed:
        surge = self.surge
        if surge is None:
            return self
        if self.hide_below is not None and surge.at_least < self.hide_below:
            small = f"surge.at_least: {surge.at_least} is below `hide_below`"
            raise ValueError(f"{small}; set it to {self.hide_below} or more")
        if surge.by is None:
            return self
        if self.hide_below is not None:
            raise ValueError(
                "surge.by: this feed hides small numbers, and such a split tells them; leave it out"
            )
        if surge.by not in self.measurable:
            known = ", ".join(self.measurable) or "it has none"
            raise ValueError(f"surge.by: {surge.by!r} is no attribute that can be counted by ({known})")
        return self

    @model_validator(mode="after")
    def _joins_by_an_event_of_its_own(self) -> Feed:
        if self.identity and self.identity.event not in self.events:
            raise ValueError(f"identity.event: {self.identity.event!r} is no event of this feed")
        return self

    @property
    def words(self) -> Mapping[str, Mapping[str, Any]]:
        return {"status": self.lifecycle.statuses, "channel": self.channels}

    @property
    def joined_by(self) -> Identity | None:
        return self.identity

    @property
    def definitions(self) -> dict[str, Any]:
        """What can change a figure: words, owner, rhythm and topic settings cannot, so they are left out.

        Nor can `channel_kinds`: a form reads them when it is filled, and keeps what it was signed with. Nor
        `hide_below`: it hides what was counted, after the counting. Nor `surge`, counted on the
        spot, nor `place`, which shows the same cases.
        """
        return {
            "feed": self.feed,
            "zone": self.zone,
            "statuses": {c: [s.phase, s.enters] for c, s in sorted(self.lifecycle.statuses.items())},
            "compare": self.deadline.compare,
            **self._next_definitions(),
            **self._consultations(),
            **self._clock_definitions(),
            **self._identity_definitions(),
            **({"sectors": self.sectors} if self.sectors else {}),
            **({"attributes": self._own_kinds()} if self.attributes else {}),
            **self._stage_definitions(),
            **({"service_levels": self.service_levels.definition()} if self.service_levels else {}),
            "measures": {n: m.definition() for n, m in sorted(self.measures.items())},
        }

    @property
    def attribute_kinds(self) -> dict[str, str]:
        """Name -> kind of all that a case keeps, as measures are parsed with."""
        return self._own_kinds() | kept(self.stages)

    def _own_kinds(self) -> dict[str, str]:
        return {name: attribute.kind for name, attribute in self.attributes.items()}

    def _stage_definitions(self) -> dict[str, Any]:
        said = {name: stage.definition for name, stage in sorted(self.stages.items())}
        return {"stages": said, "leans_on": self.leans_on} if said else {}

    @property
    def measurable(self) -> dict[str, str]:
        """Of the attributes' kinds those that may be compared, and counted by."""
        return {name: kind for name, kind in self._own_kinds().items() if kind != "number"}

    def _next_definitions(self) -> dict[str, Any]:
        statuses = sorted(self.lifecycle.statuses.items())
        said = {code: sorted(status.next) for code, status in statuses if status.next is not None}
        return {"next": said} if said else {}

    def _consultations(self) -> dict[str, Any]:
        said = {c: s.consultation for c, s in sorted(self.lifecycle.statuses.items()) if s.consultation}
        return {"consultations": said} if said else {}

    def _clock_definitions(self) -> dict[str, Any]:
        statuses = sorted(self.lifecycle.statuses.items())
        said = {c: [s.pause, s.apology] for c, s in statuses}
        if self.clocks is None:
            return {"pauses": said} if any(s.pause for _, s in statuses) else {}
        return {"clocks": self.clocks.model_dump(mode="json"), "pauses": said, "leans_on": self.leans_on}

    def _identity_definitions(self) -> dict[str, Any]:
        said: dict[str, Any] = {}
        if self.identity is not None:
            how = self.identity.model_dump(mode="json", include={"same_as", "codes"})
            said["identity"] = {"type": self.joining, **how}
        if self.authority is not None:
            said["authority"] = self.authority.definitions
        return said
