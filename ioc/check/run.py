"""All checks over all promises: one list of findings, and what was looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ioc.check import codes, deadlines, examples, labels, lifecycle, personal, stages, topics
from ioc.check.measures import OfFeed
from ioc.check.place import folder_of
from ioc.warehouse.connection import Connection
from schemas import AnyFeed, Feed, Finding, Registry, Unusable, tables
from schemas.flags import flags
from schemas.period_measures import period_measures
from schemas.registry import read
from schemas.source_files import path_of

OF_A_FEED: tuple[Callable[[AnyFeed], Iterator[Finding]], ...] = (codes.check, personal.check, topics.check)
OF_CASES: tuple[Callable[[Feed], Iterator[Finding]], ...] = (lifecycle.check, deadlines.check, stages.check)


@dataclass(frozen=True)
class Checked:
    """Every finding, and how much was looked at, by its word; `compared`: measures, in both engines."""

    findings: tuple[Finding, ...]
    counts: dict[str, int]
    compared: bool


def check(folders: Sequence[Path], now: datetime, conn: Connection | None = None) -> Checked:
    """The packaged promises and those of the folders; with a connection also measures in PostgreSQL."""
    registry, found = read(folders)
    sound = _sound(registry, found)
    measures = [OfFeed(feed) for feed in registry.feeds.values()]
    found += [one for feed in registry.every.values() for rule in OF_A_FEED for one in rule(feed)]
    found += [one for feed in registry.feeds.values() for rule in OF_CASES for one in rule(feed)]
    found += [one for source in registry.sources.values() for one in personal.check_source(source, registry)]
    found += [one for of_feed in measures for one in of_feed.check()]
    if conn is not None:
        found += [one for of_feed in measures for one in of_feed.compare(conn)]
    found += [*_labels(registry), *examples.lacking(registry)]
    admission, tried = examples.admission_of(sound), examples.every(sound)
    found += [one for example in tried for one in examples.judge(example, admission, now)]
    counts = {
        "feed": len(registry.every),
        "source": len(registry.sources),
        "form": len(registry.forms),
        "scope": len(registry.scopes),
        "table": len(tables.names()),
        "measure": sum(len(of_feed.feed.measures) for of_feed in measures),
        "example": len(tried),
    }
    return Checked(tuple({str(one): one for one in found}.values()), counts, conn is not None)


def _sound(registry: Registry, found: Sequence[Finding]) -> Registry:
    """Without the feeds and sources that something is wrong with: their examples say only that again."""
    files = {path_of(one.file) for one in found}
    if any(
        path.parent.name == "reference" for path in files
    ):  # codes would be refused for no fault of theirs
        return replace(registry, feeds={}, observations={}, sources={})
    folders = {path.parent for path in files}
    feeds = {name: feed for name, feed in registry.feeds.items() if folder_of(feed) not in folders}
    observations = {n: feed for n, feed in registry.observations.items() if folder_of(feed) not in folders}
    sources = {
        name: source
        for name, source in registry.sources.items()
        if source.feed in {*feeds, *observations} and path_of(source.file) not in files
    }
    return replace(registry, feeds=feeds, observations=observations, sources=sources)


def _labels(registry: Registry) -> list[Finding]:
    """Of every kind of promise that people read; a file that cannot be read says so itself."""
    files = {
        **{feed.file: feed for feed in registry.every.values()},
        **{source.file: source for source in registry.sources.values()},
        **{form.file: form for form in registry.forms.values()},
        **{scope.file: scope for scope in registry.scopes.values()},
        "schemas/period_measures.yaml": period_measures(),
    }
    found = [one for file, promise in files.items() for one in labels.check(file, promise)]
    for name in tables.names():
        try:
            found += labels.check(f"schemas/tables/{name}/table.yaml", tables.table(name))
        except Unusable as exc:
            found += exc.findings
    try:
        found += labels.check("schemas/flags.yaml", dict(flags()))
    except Unusable as exc:
        found += exc.findings
    return found
