"""From a feed's file to what the kernel's fold needs to know of it."""

from __future__ import annotations

from ioc.kernel.rules import CaseRules
from schemas import Feed


def case_rules(feed: Feed) -> CaseRules:
    """The feed's life cycle and deadline policy as the kernel takes them."""
    statuses = feed.lifecycle.statuses
    return CaseRules(
        feed=feed.feed,
        zone=feed.zone,
        phases={code: status.phase for code, status in statuses.items()},
        enters=frozenset(code for code, status in statuses.items() if status.enters),
        compare=feed.deadline.compare,
        definitions=feed.definitions_hash,
    )
