"""Where a finding stands: which file of a feed, and the line of the value."""

from __future__ import annotations

from pathlib import Path

from schemas import AnyFeed, Finding
from schemas.findings import Path_
from schemas.source_files import path_of, shown
from schemas.yaml_file import line_in


def folder_of(feed: AnyFeed) -> Path:
    """Where the feed's events and examples lie."""
    return path_of(feed.file).parent


def finding(file: str, loc: Path_, value: object, mend: str) -> Finding:
    """A finding about the value at `loc`."""
    return Finding(file, line_in(path_of(file), loc), ".".join(map(str, loc)) or "(the file)", value, mend)


def event_file(feed: AnyFeed, dataschema: str) -> str:
    """The file of one of the feed's event schemas; the feed's own where it is taken from another feed."""
    path = folder_of(feed) / f"{dataschema.partition('/')[2]}.json"
    return shown(path) if path.is_file() else feed.file


def complete(feed: AnyFeed) -> bool:
    """Whether the schema of every event could be read; of what is missing nothing can be said."""
    return len(feed.event_schemas) == sum(len(versions) for versions in feed.events.values())
