"""A feed's topic keeps every event until it is archived for sure."""

from __future__ import annotations

from collections.abc import Iterator

from ioc.check.place import finding
from schemas import AnyFeed, Finding

SHORTEST = 14  # days, assumed: nine days off at Tết, and some to mend an archive that stopped before them


def check(feed: AnyFeed) -> Iterator[Finding]:
    """Compaction has no key here and is refused by the model."""
    days = feed.topic.retention_days
    if days < SHORTEST:
        mend = (
            f"keep events {SHORTEST} days or longer: Kafka deletes them whether they are archived or not, "
            "and an archive may stand still over a holiday"
        )
        yield finding(feed.file, ("topic", "retention_days"), days, mend)
