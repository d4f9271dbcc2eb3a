"""Where a finding stands: a promise file and the line of each of its values, read only when asked for."""

from __future__ import annotations

import functools
from pathlib import Path

from schemas import AnyFeed, Finding, Unusable
from schemas.findings import Path_
from schemas.source_files import PACKAGED, shown
from schemas.yaml_file import YamlFile


def path_of(shown: str) -> Path:
    """The file that a promise names as its own."""
    return Path(shown) if Path(shown).is_absolute() else PACKAGED.parent / shown


def folder_of(feed: AnyFeed) -> Path:
    """Where the feed's events and examples lie."""
    return path_of(feed.file).parent


@functools.cache
def _read(path: Path, _: int) -> YamlFile | None:
    try:
        return YamlFile(path, str(path))
    except (OSError, Unusable):
        return None


def line(file: str, loc: Path_) -> int:
    """The line of the value at `loc` in a YAML or JSON file; 0 where the file cannot be read so."""
    path = path_of(file)
    if not path.is_file():
        return 0
    read = _read(path, path.stat().st_mtime_ns)
    return read.line(loc) if read else 0


def finding(file: str, loc: Path_, value: object, mend: str) -> Finding:
    """A finding about the value at `loc`."""
    return Finding(file, line(file, loc), ".".join(map(str, loc)) or "(the file)", value, mend)


def event_file(feed: AnyFeed, dataschema: str) -> str:
    """The file of one of the feed's event schemas; the feed's own where it is taken from another feed."""
    path = folder_of(feed) / f"{dataschema.partition('/')[2]}.json"
    return shown(path) if path.is_file() else feed.file


def complete(feed: AnyFeed) -> bool:
    """Whether the schema of every event could be read; of what is missing nothing can be said."""
    return len(feed.event_schemas) == sum(len(versions) for versions in feed.events.values())
