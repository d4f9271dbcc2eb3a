"""What the fold needs to know of a feed, as plain values; others build it from the feed's file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ioc.kernel.clocks import ClockRules
from ioc.kernel.identity import Identity
from ioc.kernel.levels import Levels
from ioc.kernel.stage_rules import StageRules
from ioc.kernel.stages import Authority

PHASES = ("before-reception", "open", "paused", "resolved", "delivered", "refused", "withdrawn", "note")
GOING = ("open", "paused")  # the clock may run; after an end, one of these re-opens the case
CONSULTS = ("asked", "answered")
ENDS = ("resolved", "delivered", "withdrawn")


@dataclass(frozen=True)
class CaseRules:
    """The lifecycle and deadline policy of one case feed.

    zone: IANA name; every local date and the early/on-the-day/late comparison is cut in it.
    phases: status code -> one of PHASES. enters: the codes that receive a case (usually one, of phase open).
    compare: which outcome is the feed's own. definitions: hash stamped on every case folded with these rules;
    it covers `clocks` and `following` too. Without `clocks` a case has none. consults: statuses of phase
    note, where another agency was `asked` or has `answered`: what such an event says of agency and due date
    is not the case's. following: status -> what may come after it; after one not named anything may.
    """

    feed: str
    zone: str
    phases: dict[str, str]
    enters: frozenset[str]
    compare: Literal["date", "instant"]
    definitions: str
    clocks: ClockRules | None = None
    consults: Mapping[str, str] = field(default_factory=dict)
    following: Mapping[str, frozenset[str]] = field(default_factory=dict)
    identity: Identity | None = None  # what joins codes to one case; the fold takes events that are joined
    authority: Authority | None = None  # whose word counts where several systems tell of one case
    attributes: tuple[str, ...] = ()  # what a case keeps of its events' data; in no figure of a period
    levels: Levels | None = None  # the one attribute that months by procedure count by
    timed: StageRules | None = None  # stages with limits by kind; told among the attributes

    def __post_init__(self) -> None:
        for status, phase in self.phases.items():
            if phase not in PHASES:
                raise ValueError(f"phases.{status}: {phase!r} is no phase; take one of {', '.join(PHASES)}")
        following = {*self.following, *(one for after in self.following.values() for one in after)}
        for name, statuses in {"enters": self.enters, "following": following}.items():
            if strangers := sorted(statuses - self.phases.keys()):
                raise ValueError(f"{name}: {strangers} are no statuses of {self.feed}; add them to phases")
        told = [phase for stage in self.authority.stages for phase in stage.phases] if self.authority else []
        if strangers := sorted(set(told) - set(PHASES)) or sorted({p for p in told if told.count(p) > 1}):
            raise ValueError(f"authority: {strangers} are no phases, or stand in two stages")
        if self.compare not in ("date", "instant"):
            raise ValueError(f"compare: {self.compare!r} cannot be used; take 'date' or 'instant'")
        self._consults_are_notes()

    def _consults_are_notes(self) -> None:
        for status, said in self.consults.items():
            if said not in CONSULTS:
                raise ValueError(f"consults.{status}: {said!r} cannot be used; take 'asked' or 'answered'")
        if strangers := sorted(s for s in self.consults if self.phases.get(s) != "note"):
            raise ValueError(f"consults: {strangers} must be of phase note: a consultation stops no clock")

    def __hash__(self) -> int:
        phases, consults = tuple(self.phases.items()), tuple(self.consults.items())
        said = (self.feed, self.zone, phases, self.enters, self.compare, self.definitions, consults)
        return hash((*said, self.clocks, self.identity, self.authority))
