"""A feed in one line: what it is called, its events and whether each version is published, who sends it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from ioc.check.place import folder_of
from schemas import AnyFeed, Feed, ObservationFeed, Registry
from schemas.frozen import FOLDER, published

State = Literal["published", "draft", "added"]
SHOWN: dict[State, str] = {"published": "", "draft": " (draft)", "added": " (added to)"}


@dataclass(frozen=True)
class Listed:
    """`events`: each event's versions, such as `v1`, `v2 (draft)`, `v1 (added to)`."""

    feed: str
    kind: str
    label: str
    owner: str
    events: dict[str, list[str]]
    figures: int
    sources: list[str]
    file: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def listed(registry: Registry, feed: AnyFeed) -> Listed:
    """The line of one feed."""
    events = {
        event: [version + SHOWN[state(feed, f"{event}.{version}")] for version in versions]
        for event, versions in feed.events.items()
    }
    figures = len(feed.measures) if isinstance(feed, Feed) else 0
    figures += len(feed.series) if isinstance(feed, ObservationFeed) else 0
    sources = sorted(name for name, source in registry.sources.items() if source.feed == feed.feed)
    said = (feed.feed, feed.kind, feed.label.en, feed.owner)
    return Listed(*said, events, figures, sources, feed.file)


def state(feed: AnyFeed, name: str) -> State:
    """Of `<event>.<version>`: published, a draft, or added to since it was published."""
    copy = published(folder_of(feed) / FOLDER / f"{name}.json")
    if copy is None:
        return "draft"
    return "published" if copy == feed.event_schemas.get(f"{feed.feed}/{name}") else "added"
