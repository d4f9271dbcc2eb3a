"""Promise files on their way into the registry: where they lie, and source mappings held to their feed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from schemas.any_feed import AnyFeed
from schemas.event_files import personal_fields
from schemas.findings import Finding, Path_, Unusable, near, of_validation
from schemas.source import EventMapping, SourceMapping, Value, template_parts
from schemas.yaml_file import YamlFile

PACKAGED = Path(__file__).parent


class Known(Protocol):
    """What a source mapping is held to, and where it goes."""

    sources: dict[str, SourceMapping]

    @property
    def every(self) -> dict[str, AnyFeed]: ...


def shown(path: Path) -> str:
    """`schemas/…` for packaged files, the path as it is for others."""
    return str(path.relative_to(PACKAGED.parent)) if path.is_relative_to(PACKAGED) else str(path)


def path_of(file: str) -> Path:
    """The file that `shown` shows."""
    return Path(file) if Path(file).is_absolute() else PACKAGED.parent / file


def yaml_of(path: Path, found: list[Finding]) -> YamlFile | None:
    """The file read, or None with what is wrong in `found`."""
    try:
        file = YamlFile(path, shown(path))
    except Unusable as exc:
        found += exc.findings
        return None
    return file


def finding(file: YamlFile, loc: Path_, value: object, mend: str) -> Finding:
    """About the value at `loc` of the file."""
    return Finding(file.shown, file.line(loc), ".".join(map(str, loc)), value, mend)


def read_source(path: Path, registry: Known, found: list[Finding]) -> SourceMapping | None:
    """One mapping file into the registry, which must know its feed already."""
    file = yaml_of(path, found)
    if file is None:
        return None
    try:
        source = SourceMapping.model_validate(file.content)
    except ValidationError as exc:
        found += of_validation(file.shown, exc, file.line, SourceMapping.model_fields)
        return None
    if source.source != path.stem:
        line = file.line(("source",))
        found.append(
            Finding(file.shown, line, "source", source.source, f"name it as its file, {path.stem!r}")
        )
    feed = registry.every.get(source.feed)
    if feed is None:
        if not any(one.file.endswith(f"feeds/{source.feed}/feed.yaml") for one in found):  # else it is known
            mend = f"name a feed{near(source.feed, registry.every)}"
            found.append(Finding(file.shown, file.line(("feed",)), "feed", source.feed, mend))
        return None
    found += _against_feed(file, source, feed)
    registry.sources[source.source] = source = source.model_copy(update={"file": file.shown})
    return source


def _against_feed(file: YamlFile, source: SourceMapping, feed: AnyFeed) -> list[Finding]:
    found: list[Finding] = []
    for kind, message in source.messages.items():
        for template in (message.case, *(event.id for event in message.events)):
            for name in set(template_parts(template)[1::2]) & set(source.personal):
                mend = "take another field; ids are stored as they are, personal data only as tokens"
                found.append(finding(file, ("messages", kind), name, mend))
        for i, event in enumerate(message.events):
            loc = ("messages", kind, "events", i)
            if event.event not in feed.events:
                mend = f"name an event of feed {feed.feed}: {', '.join(feed.events)}"
                found.append(finding(file, (*loc, "event"), event.event, mend))
            elif event.version not in (None, *feed.events[event.event]):
                mend = f"name a version of {event.event}: {', '.join(feed.events[event.event])}"
                found.append(finding(file, (*loc, "version"), event.version, mend))
            else:
                found += _event_against_feed(file, (*loc, "data"), source, event, feed)
    return found


def _event_against_feed(
    file: YamlFile, loc: Path_, source: SourceMapping, event: EventMapping, feed: AnyFeed
) -> list[Finding]:
    dataschema = feed.dataschema(event.event, event.version)
    if dataschema not in feed.event_schemas:  # found already
        return []
    schema = feed.event_schemas[dataschema]
    known, tokens = schema["properties"], personal_fields(schema)
    codes: Mapping[str, Collection[str]] = feed.words
    mend = f"{dataschema} requires it: map it, or name an older `version` of {event.event} that does not"
    found = [finding(file, loc, name, mend) for name in schema.get("required", ()) if name not in event.data]
    for name, value in event.data.items():
        here = (*loc, name)
        if name not in known:
            found.append(finding(file, here, name, f"not in {dataschema}{near(name, known)}"))
        elif value.field in source.personal and name not in tokens:
            mend = (
                f"keep it under a name that {dataschema} marks x-personal ({', '.join(tokens) or 'none yet'})"
            )
            found.append(finding(file, here, value.field, mend))
        strange = [code for code in _codes(source, value) if code not in codes.get(name, (code,))]
        mend = f"name a {name} of {feed.file}: {', '.join(codes.get(name, ()))}"
        found += [finding(file, here, code, mend) for code in strange]
    return found


def _codes(source: SourceMapping, value: Value) -> list[str]:
    if value.constant is not None:
        return [value.constant]
    held = source.words[value.words] if value.words else ()
    return sorted({code for one in held for code in one.words.values()})
