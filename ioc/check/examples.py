"""Every example is accepted, or refused for the reason that its name says (`reason--detail.json`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ioc.admit import REASONS, Admission, Quarantined
from ioc.check.place import folder_of
from ioc.event import Receipt
from schemas import AnyFeed, Finding, Registry, SourceMapping, near
from schemas.source_files import path_of, shown

MOST_BYTES = 262_144  # of an example; the intake's own limit unless it is set otherwise
TOKEN_KEY = b"examples are never stored"


def admission_of(registry: Registry) -> Admission:
    """The door that examples are tried at."""
    return Admission(registry, TOKEN_KEY, MOST_BYTES)


@dataclass(frozen=True)
class Example:
    """One file, and whose it is: a feed's canonical event or a source's own message."""

    path: Path
    owner: str
    native: bool

    @property
    def valid(self) -> bool:
        return self.path.parent.name == "valid"


def of_feed(feed: AnyFeed) -> list[Example]:
    """The examples beside the feed's own file."""
    return [Example(path, feed.feed, False) for path in _in(folder_of(feed) / "examples")]


def of_source(source: SourceMapping) -> list[Example]:
    """The examples beside the mapping, in `examples/<its name>`."""
    folder = path_of(source.file).parent / "examples" / source.source
    return [Example(path, source.source, True) for path in _in(folder)]


def _in(folder: Path) -> list[Path]:
    found = (path for kind in ("valid", "invalid") for path in folder.glob(f"{kind}/*"))
    return sorted(path for path in found if path.is_file() and not path.name.startswith("."))


def every(registry: Registry) -> list[Example]:
    """All examples of all feeds and sources."""
    feeds = [one for feed in registry.every.values() for one in of_feed(feed)]
    return feeds + [one for source in registry.sources.values() for one in of_source(source)]


def judge(example: Example, admission: Admission, now: datetime) -> Iterator[Finding]:
    """What keeps the example from being what its folder and name say."""
    content, receipt = example.path.read_bytes(), Receipt(now, batch="check", seq=1)
    if example.native:
        verdicts = admission.native(example.owner, content, receipt, now)
    else:
        verdicts = [admission.canonical(content, receipt, now, example.owner)]
    refused = [verdict for verdict in verdicts if isinstance(verdict, Quarantined)]
    file = shown(example.path)
    if example.valid:
        for verdict in refused:
            mend = f"it is refused as {verdict.reason}: {verdict.mend}"
            yield Finding(file, 0, verdict.field or "(the example)", verdict.value, mend)
        return
    reason = example.path.stem.partition("--")[0]
    if reason not in REASONS:
        mend = f"name the file by the reason it is refused for: {', '.join(sorted(REASONS))}"
        yield Finding(file, 0, "(its name)", reason, mend + near(reason, REASONS))
    elif [verdict.reason for verdict in refused] != [reason]:
        yield _otherwise(file, reason, refused)


def _otherwise(file: str, reason: str, refused: list[Quarantined]) -> Finding:
    if not refused:
        mend = "it is accepted; let the feed refuse it, or move it to examples/valid"
        return Finding(file, 0, "(its name)", reason, mend)
    said = "; ".join(f"{one.reason} ({one.field}: {one.value!r})" for one in refused)
    return Finding(file, 0, "(its name)", reason, f"it is refused as {said}; name it so, or mend it")


def lacking(registry: Registry) -> Iterator[Finding]:
    """A feed shows what it takes and what it refuses; one that extends another may leave that to it."""
    for feed in registry.every.values():
        held = {example.path.parent.name for example in of_feed(feed)}
        for kind in ("valid", "invalid"):
            if kind not in held and (held or feed.extends is None):
                folder = shown(folder_of(feed) / "examples" / kind)
                name = "NAME.json" if kind == "valid" else "REASON--DETAIL.json"
                yield Finding(folder, 0, "examples", kind, f"add an event as it is sent, {name}")
