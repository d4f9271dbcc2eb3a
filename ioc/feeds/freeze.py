"""Publishing a feed's events: a copy of each version, which holds from then on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from ioc.check.place import folder_of
from schemas import AnyFeed
from schemas.frozen import FOLDER, published


def freeze(feed: AnyFeed) -> Iterator[tuple[Path, str]]:
    """Writes `frozen/<event>.<version>.json` of every version; the file and what became of it.

    The feed must have been loaded without findings: then an older copy is held to, and at most added to.
    """
    folder = folder_of(feed) / FOLDER
    for event, versions in feed.events.items():
        for version in versions:
            path = folder / f"{event}.{version}.json"
            schema = feed.event_schemas[f"{feed.feed}/{event}.{version}"]
            before = published(path)
            if before == schema:
                yield path, "published already"
                continue
            path.parent.mkdir(exist_ok=True)
            path.write_text(_text(folder.parent / path.name, schema), encoding="utf-8")
            yield path, "published" if before is None else "published with its additions"


def _text(source: Path, schema: dict[str, object]) -> str:
    """As it is written in the feed's folder; of a schema taken from another feed, its content."""
    if source.is_file():
        return source.read_text(encoding="utf-8")
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
