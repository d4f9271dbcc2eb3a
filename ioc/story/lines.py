"""One line of a case's story as data, so that a page can lay it out and a terminal print it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

# What stands on the time line; all other lines speak of the case as a whole.
TIMED = ("submitted", "received", "counted", "paused", "restart", "end", "delivered")


@dataclass(frozen=True)
class Line:
    """`since`, `until`: instants of a timed line; `lasts`: it still goes on. tone: its colour on the page."""

    kind: str
    text: str
    since: datetime | None = None
    until: datetime | None = None
    lasts: bool = False
    tone: str | None = None
