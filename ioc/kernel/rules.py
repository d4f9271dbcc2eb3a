"""What the fold needs to know of a feed, as plain values; others build it from the feed's file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ioc.kernel.clocks import ClockRules
from ioc.kernel.identity import Identity
from ioc.kernel.stages import Authority

PHASES = ("before-reception", "open", "paused", "resolved", "delivered", "refused", "withdrawn", "note")
GOING = ("open", "paused")  # the clock may run; after an end, one of these re-opens the case
ENDS = ("resolved", "delivered", "withdrawn")


@dataclass(frozen=True)
class CaseRules:
    """The lifecycle and deadline policy of one case feed.

    zone: IANA name; every local date and the early/on-the-day/late comparison is cut in it.
    phases: status code -> one of PHASES. enters: the codes that receive a case (usually one, of phase open).
    compare: which outcome is the feed's own. definitions: hash stamped on every case folded with these rules;
    it covers `clocks` too. Without `clocks` a case has none.
    """

    feed: str
    zone: str
    phases: dict[str, str]
    enters: frozenset[str]
    compare: Literal["date", "instant"]
    definitions: str
    clocks: ClockRules | None = None
    identity: Identity | None = None  # what joins codes to one case; the fold takes events that are joined
    authority: Authority | None = None  # whose word counts where several systems tell of one case

    def __post_init__(self) -> None:
        for status, phase in self.phases.items():
            if phase not in PHASES:
                raise ValueError(f"phases.{status}: {phase!r} is no phase; take one of {', '.join(PHASES)}")
        if strangers := sorted(self.enters - self.phases.keys()):
            raise ValueError(f"enters: {strangers} are no statuses of {self.feed}; add them to phases")
        told = [phase for stage in self.authority.stages for phase in stage.phases] if self.authority else []
        if strangers := sorted(set(told) - set(PHASES)) or sorted({p for p in told if told.count(p) > 1}):
            raise ValueError(f"authority: {strangers} are no phases, or stand in two stages")
        if self.compare not in ("date", "instant"):
            raise ValueError(f"compare: {self.compare!r} cannot be used; take 'date' or 'instant'")

    def __hash__(self) -> int:
        said = (self.feed, self.zone, tuple(self.phases.items()), self.enters, self.compare, self.definitions)
        return hash((*said, self.clocks, self.identity, self.authority))
