"""A life cycle comes to an end from everywhere, and events and statuses know each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ioc.check.place import complete, event_file, finding
from schemas import Feed, Finding, Status, near


def check(feed: Feed) -> Iterator[Finding]:
    """Findings about the feed's statuses; that each can be reached is the model's to say."""
    statuses = feed.lifecycle.statuses
    ending = ending_from(statuses)
    for code, status in statuses.items():
        if status.phase != "note" and code not in ending:
            ends = ", ".join(code for code, one in statuses.items() if one.ends)
            mend = f"no way leads from it to an end ({ends}); name what follows it, or mark it `ends: true`"
            yield finding(feed.file, ("lifecycle", "statuses", code, "next"), list(status.next or ()), mend)
    yield from _said(feed)


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


def _said(feed: Feed) -> Iterator[Finding]:
    """Each status is said by an event's schema, and no schema lists another."""
    statuses, said = feed.lifecycle.statuses, set[str]()
    for dataschema, schema in feed.event_schemas.items():
        listed = _listed(schema["properties"].get("status"))
        said |= set(statuses) if listed is None else set(listed)
        for code in listed or ():
            if code not in statuses:
                mend = f"add it under lifecycle.statuses of {feed.file}, or take it out{near(code, statuses)}"
                yield finding(event_file(feed, dataschema), ("properties", "status"), code, mend)
    for code in statuses if complete(feed) else ():
        if code not in said:
            mend = "no event's schema lets `status` say it; list it in one, or take the status away"
            yield finding(feed.file, ("lifecycle", "statuses", code), code, mend)


def _listed(spec: Mapping[str, Any] | None) -> list[str] | None:
    """The statuses that a schema lists; None where it takes any, none where it has no status."""
    if spec is None:
        return []
    if "const" in spec:
        return [str(spec["const"])]
    return [str(code) for code in spec["enum"]] if "enum" in spec else None
