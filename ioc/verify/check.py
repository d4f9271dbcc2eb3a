"""What a check found, with its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Check:
    """One comparison of one feed: whether its sides agree, their figures, and what differs."""

    feed: str
    name: str
    ok: bool
    figures: Mapping[str, int | str]
    differs: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        return {
            "feed": self.feed,
            "check": self.name,
            "ok": self.ok,
            "figures": dict(self.figures),
            "differs": self.differs,
        }


SHOWN = 5  # examples of what differs
