"""What every feed promises, of either kind: whose it is, how it speaks, where its events go."""

from __future__ import annotations

import hashlib
import json
from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from schemas.identity import Identity
from schemas.promise import Label, Name, Promise, Text, Zone

Version = Annotated[str, StringConstraints(pattern=r"^v[1-9][0-9]*$")]


class Topic(Promise):
    """Kafka's settings of the feed's topic; more partitions may be added, never fewer."""

    partitions: int = Field(ge=1, le=512)
    retention_days: int = Field(ge=1, le=3650)

    @model_validator(mode="before")
    @classmethod
    def _keeps_every_event(cls, given: Any) -> Any:
        if isinstance(given, dict) and any("compact" in f"{key} {value}" for key, value in given.items()):
            raise ValueError("compaction loses events: of a case only the last would stay; take it away")
        return given


class AnyFeed(Promise):
    """`file` and `event_schemas` are filled in by the loader."""

    feed: Name
    kind: str
    extends: Name | None = None
    example: bool = False
    label: Label
    owner: Text
    zone: Zone
    rhythm_minutes: int = Field(ge=1, description="silence longer than this is said on the screen")
    future_minutes: int = Field(5, ge=0, description="an event later than our clock by more is refused")
    topic: Topic
    events: dict[Name, tuple[Version, ...]]
    agencies: Literal["own", "known"]
    procedures: Literal["own", "known", "any"] = "any"
    file: str = Field("", exclude=True)
    event_schemas: dict[str, dict[str, Any]] = Field(default_factory=dict, exclude=True)

    @model_validator(mode="after")
    def _named_and_versioned(self) -> AnyFeed:
        if self.feed == "unknown":
            raise ValueError(
                "`unknown` names the quarantine of what no feed can be told of; take another name"
            )
        for event, versions in self.events.items():
            if not versions:
                raise ValueError(f"event {event!r} lists no version; write [v1]")
        return self

    @property
    @abstractmethod
    def words(self) -> Mapping[str, Mapping[str, Any]]:
        """Data whose values are a closed list of this file: datum -> its values."""

    @property
    @abstractmethod
    def definitions(self) -> dict[str, Any]:
        """What can change a figure: words, owner, rhythm and topic settings cannot, so they are left out."""

    @property
    def joined_by(self) -> Identity | None:
        """What joins two codes to one case; nothing does, unless the feed says so."""
        return None

    @property
    def joining(self) -> str | None:
        """The type of the event that joins two codes, if the feed has one."""
        return None if self.joined_by is None else f"{self.feed}.{self.joined_by.event}"

    def dataschema(self, event: str, version: str | None = None) -> str:
        """`<feed>/<event>.<version>`, by default of the newest."""
        return f"{self.feed}/{event}.{version or self.events[event][-1]}"

    @property
    def topics(self) -> tuple[str, str, str]:
        """Accepted, raw and quarantine topic."""
        return self.feed, f"{self.feed}.raw", f"{self.feed}.quarantine"

    @property
    def definitions_hash(self) -> str:
        """16 hex characters over `definitions`; cases carry the hash they were folded with."""
        text = json.dumps(self.definitions, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]
