"""Published event versions: `frozen/<event>.<version>.json` is a copy of what was promised, and it holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from schemas.any_feed import AnyFeed
from schemas.compatible import Break, breaks
from schemas.findings import Finding
from schemas.source_files import path_of, shown
from schemas.yaml_file import line_in

FOLDER = "frozen"


def check_frozen(feed: AnyFeed, folders: Sequence[Path]) -> Iterator[Finding]:
    """What breaks a promise published in any of the folders, which hold one feed or many."""
    for root in folders:
        own = (
            root if (root / "feed.yaml").is_file() and root.name == feed.feed else root / "feeds" / feed.feed
        )
        for path in sorted((own / FOLDER).glob("*.json")):
            yield from _against(feed, path)


def _against(feed: AnyFeed, path: Path) -> Iterator[Finding]:
    event, _, version = path.stem.rpartition(".")
    old = published(path)
    if old is None:
        yield Finding(
            shown(path), 0, "(the file)", path.name, "it is no JSON object; restore it as published"
        )
    elif version not in feed.events.get(event, ()):
        mend = f"{version} of {event} is published: stored events need it; list it under `events` again"
        yield Finding(feed.file, line_in(path_of(feed.file), ("events",)), f"events.{event}", version, mend)
    elif new := feed.event_schemas.get(f"{feed.feed}/{path.stem}"):
        for one in breaks(old, new):
            yield _finding(feed, event, version, one)


def _finding(feed: AnyFeed, event: str, version: str, one: Break) -> Finding:
    name = f"{event}.{version}.json"
    file = feed.file.removesuffix("feed.yaml") + name
    versions = feed.events[event]
    following = f"v{max(int(known[1:]) for known in versions) + 1}"
    mend = (
        f"{version} is published, and this breaks it ({one.rule}); undo it, or make {following}: keep this as"
        f" {event}.{following}.json, bring {FOLDER}/{name} back as {name}, and list"
        f" {event}: [{', '.join([*versions, following])}] under `events`"
    )
    return Finding(file, line_in(path_of(file), one.loc), ".".join(one.loc), one.value, mend)


def published(path: Path) -> dict[str, Any] | None:
    """A frozen copy; None where it is none."""
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
