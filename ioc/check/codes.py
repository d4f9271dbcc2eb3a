"""Events and the feed's closed lists know each other: statuses, channels, series, values of dimensions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ioc.check.place import complete, event_file, finding
from schemas import AnyFeed, Finding, ObservationFeed, near

STANDS = {
    "status": ("lifecycle", "statuses"),
    "series": ("series",),
}  # lists of which each code must be sayable


def check(feed: AnyFeed) -> Iterator[Finding]:
    """Each status or series is said by an event's schema, and no schema lists what the feed does not know."""
    yield from _unsayable(feed)
    for datum, known in feed.words.items():
        said = set[str]()
        for dataschema, schema in feed.event_schemas.items():
            listed = _listed(schema["properties"].get(datum))
            said |= set(known) if listed is None else set(listed)
            for code in listed or ():
                if code not in known:
                    mend = f"add it to {feed.file}, or take it out{near(code, known)}"
                    yield finding(event_file(feed, dataschema), ("properties", datum), code, mend)
        for code in known if complete(feed) and datum in STANDS else ():
            if code not in said:
                mend = f"no event's schema lets `{datum}` say it; list it in one, or take it away"
                yield finding(feed.file, (*STANDS[datum], code), code, mend)


def _unsayable(feed: AnyFeed) -> Iterator[Finding]:
    """Of dimensions the values that have words, and no event's schema lets say them."""
    for name, one in feed.dimensions.items() if isinstance(feed, ObservationFeed) else ():
        lists = [_listed(schema["properties"].get(name)) for schema in feed.event_schemas.values()]
        sayable = {code for listed in lists for code in listed or ()}
        for code in one.values if None not in lists else ():
            if code not in sayable:
                mend = f"no event's schema lets `{name}` say it; take it away{near(code, sayable)}"
                yield finding(feed.file, ("dimensions", name, "values", code), code, mend)


def _listed(spec: Mapping[str, Any] | None) -> list[str] | None:
    """The codes that a schema lists; None where it takes any, none where it has no such datum."""
    if spec is None:
        return []
    if "const" in spec:
        return [str(spec["const"])]
    return [str(code) for code in spec["enum"]] if "enum" in spec else None
