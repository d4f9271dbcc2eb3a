"""Which systems are believed at which stage of a case, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

ANY_OTHER = "*"


@dataclass(frozen=True)
class Stage:
    """phases: of rules.PHASES. sources: the most believed first; `*` is any not listed, by default last."""

    phases: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def ranks(self) -> dict[str, int]:
        """Source -> place in the list, 0 the most believed."""
        return {source: i for i, source in enumerate(self.sources) if source != ANY_OTHER}

    @property
    def rank_of_others(self) -> int:
        return self.sources.index(ANY_OTHER) if ANY_OTHER in self.sources else len(self.sources)


@dataclass(frozen=True)
class Authority:
    """tolerance: microseconds by which the first instants of one phase may differ between systems."""

    stages: tuple[Stage, ...]
    tolerance: int
