"""Due dates are complete: told by an event as instants, with every pause and letter judged by some rule."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ioc.check.place import complete, event_file, finding
from schemas import Feed, Finding

LEANING = re.compile(r"\b(due_\w+|outcome\w*|breach_at)\b")  # columns that only a due date fills


def check(feed: Feed) -> Iterator[Finding]:
    yield from _told(feed)
    yield from _pauses(feed)
    yield from _notes(feed)


def _told(feed: Feed) -> Iterator[Finding]:
    specs = {name: schema["properties"].get("due_at") for name, schema in feed.event_schemas.items()}
    for dataschema, spec in specs.items():
        if spec is not None and spec.get("format") != "date-time":
            mend = 'a due date is an instant: "format": "date-time"'
            yield finding(event_file(feed, dataschema), ("properties", "due_at"), spec.get("format"), mend)
    if any(specs.values()) or not complete(feed):
        return
    for name, measure in feed.measures.items():
        for role, text in measure.expressions().items():
            if asked := LEANING.search(text):
                mend = (
                    "no event of this feed tells `due_at`, so it never counts; let a schema list it, or take"
                )
                yield finding(feed.file, ("measures", name, role), asked[0], f"{mend} the measure away")


def _pauses(feed: Feed) -> Iterator[Finding]:
    if feed.clocks is None:
        return
    for code, status in feed.lifecycle.statuses.items():
        loc = ("lifecycle", "statuses", code)
        if status.phase == "paused" and status.pause is None:
            mend = "say whom the case waits for, or its clock runs on: `pause: supplement`, `fee` or `stop`"
            yield finding(feed.file, loc, None, mend)
        elif status.pause and status.pause not in feed.clocks.pauses:
            mend = (
                f"say under clocks.pauses what `{status.pause}` does where the procedure says nothing: "
                "resume, restart or none"
            )
            yield finding(feed.file, loc, status.pause, mend)


def _notes(feed: Feed) -> Iterator[Finding]:
    statuses = feed.lifecycle.statuses
    if feed.clocks is not None and not feed.clocks.apology:
        for code, status in statuses.items():
            if status.apology:
                mend = "no letter is judged without a rule under clocks.apology: until when is one in time?"
                yield finding(feed.file, ("lifecycle", "statuses", code), code, mend)
    said = {status.consultation: code for code, status in statuses.items() if status.consultation}
    for one, other in (("asked", "answered"), ("answered", "asked")):
        if one in said and other not in said:
            mend = f"a consultation needs a status for its other half too: `consultation: {other}`"
            yield finding(feed.file, ("lifecycle", "statuses", said[one]), one, mend)
