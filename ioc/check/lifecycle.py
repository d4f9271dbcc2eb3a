"""A life cycle comes to an end from everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ioc.check.place import finding
from schemas import Feed, Finding, Status


def check(feed: Feed) -> Iterator[Finding]:
    """Findings about the feed's statuses; that each can be reached is the model's to say."""
    statuses = feed.lifecycle.statuses
    ending = ending_from(statuses)
    for code, status in statuses.items():
        if status.phase != "note" and code not in ending:
            ends = ", ".join(code for code, one in statuses.items() if one.ends)
            mend = f"no way leads from it to an end ({ends}); name what follows it, or mark it `ends: true`"
            yield finding(feed.file, ("lifecycle", "statuses", code, "next"), list(status.next or ()), mend)


def ending_from(statuses: Mapping[str, Status]) -> set[str]:
    """The statuses from which one with `ends` can be reached; without `next` anything may follow."""
    speaking = {code: one for code, one in statuses.items() if one.phase != "note"}
    ending = {code for code, status in statuses.items() if status.ends}
    while True:
        more = {
            code
            for code, status in speaking.items()
            if code not in ending and ending & set(speaking if status.next is None else status.next)
        }
        if not more:
            return ending
        ending |= more
