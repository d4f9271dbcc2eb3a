"""What a case keeps of a stage is no column that every case has, or a measure would mean either."""

from __future__ import annotations

from collections.abc import Iterator

from ioc.check.place import finding
from ioc.kernel.cases import CASES
from schemas import Feed, Finding
from schemas.stages import kept


def check(feed: Feed) -> Iterator[Finding]:
    for stage, one in feed.stages.items():
        for name in kept({stage: one}):
            if name in CASES:
                mend = f"every case has a column {name!r}; give the stage another name"
                yield finding(feed.file, ("stages", stage), stage, mend)
