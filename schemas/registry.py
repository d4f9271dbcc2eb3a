"""Everything the promise files say, held to their models; later folders override earlier ones by name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from schemas.calendar import Calendar
from schemas.event_files import personal_fields, read_event_schemas
from schemas.extending import extended
from schemas.feed import Feed
from schemas.findings import Finding, Path_, Unusable, near, of_validation
from schemas.form import Form
from schemas.history import History
from schemas.leaning import by_sector, leaning
from schemas.period_calendar import PeriodCalendar
from schemas.procedures import ProcedureVersion
from schemas.reference import Agency, Procedure
from schemas.reference_files import ReferenceFiles
from schemas.source import EventMapping, SourceMapping, Value, template_parts
from schemas.yaml_file import YamlFile

PACKAGED = Path(__file__).parent
Named = TypeVar("Named", Calendar, PeriodCalendar, Form)


@dataclass
class Registry:
    """Feeds, sources, reference data, working and period calendars and forms by name or code."""

    feeds: dict[str, Feed] = field(default_factory=dict)
    sources: dict[str, SourceMapping] = field(default_factory=dict)
    agencies: dict[str, Agency] = field(default_factory=dict)  # of every code the newest version
    procedures: dict[str, Procedure] = field(default_factory=dict)
    calendars: dict[str, Calendar] = field(default_factory=dict)
    period_calendars: dict[str, PeriodCalendar] = field(default_factory=dict)
    history: History = field(default_factory=History)  # all versions of the agencies, and successions
    procedure_versions: dict[str, tuple[ProcedureVersion, ...]] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)

    def feed(self, name: str) -> Feed:
        """The feed, or KeyError that lists the known ones."""
        if name not in self.feeds:
            raise KeyError(f"no feed {name!r}; known: {', '.join(sorted(self.feeds))}")
        return self.feeds[name]


def load(paths: Sequence[Path] = ()) -> Registry:
    """The packaged promises and those of `paths`; Unusable carries every finding of every file."""
    registry, reference, found = Registry(), ReferenceFiles(), list[Finding]()
    raw: dict[str, YamlFile] = {}
    raw_forms: dict[str, YamlFile] = {}
    for root in (PACKAGED, *paths):
        if not root.is_dir():
            found.append(Finding(str(root), 0, "IOC_SCHEMAS_PATH", str(root), "name a folder that exists"))
            continue
        reference.read(root, shown, found)
        registry.agencies, registry.procedures = reference.agencies, reference.procedures
        _calendars(root, registry, found)
        registry.period_calendars |= dict(
            (file.path.stem, one) for file, one in _named(root, "period_calendar", PeriodCalendar, found)
        )
        _feeds(root, registry, raw, found)
        for path in sorted(root.glob("sources/*.yaml")):
            read_source(path, registry, found)
        registry.forms |= {file.path.stem: one for file, one in _named(root, "form", Form, found, raw_forms)}
    registry.history, registry.procedure_versions = reference.history, reference.procedure_versions
    found += reference.check()
    limits = [version for versions in registry.procedure_versions.values() for version in versions]
    agencies = [version for versions in registry.history.versions.values() for version in versions]
    for name, feed in registry.feeds.items():
        feed = by_sector(feed, registry.procedures)
        registry.feeds[name] = leaning(feed, registry.calendars.get(feed.calendar or ""), limits, agencies)
    if found:
        raise Unusable(found)
    return registry


def shown(path: Path) -> str:
    """`schemas/…` for packaged files, the path as it is for others."""
    return str(path.relative_to(PACKAGED.parent)) if path.is_relative_to(PACKAGED) else str(path)


def read_source(path: Path, registry: Registry, found: list[Finding]) -> SourceMapping | None:
    """One mapping file into the registry, which must know its feed already."""
    file = _yaml(path, found)
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
    feed = registry.feeds.get(source.feed)
    if feed is None:
        mend = f"name a feed{near(source.feed, registry.feeds)}"
        found.append(Finding(file.shown, file.line(("feed",)), "feed", source.feed, mend))
        return None
    found += _against_feed(file, source, feed)
    registry.sources[source.source] = source = source.model_copy(update={"file": file.shown})
    return source


def _against_feed(file: YamlFile, source: SourceMapping, feed: Feed) -> list[Finding]:
    found: list[Finding] = []
    for kind, message in source.messages.items():
        for template in (message.case, *(event.id for event in message.events)):
            for name in set(template_parts(template)[1::2]) & set(source.personal):
                mend = "take another field; ids are stored as they are, personal data only as tokens"
                found.append(_finding(file, ("messages", kind), name, mend))
        for i, event in enumerate(message.events):
            loc = ("messages", kind, "events", i)
            if event.event in feed.events:
                found += _event_against_feed(file, (*loc, "data"), source, event, feed)
            else:
                mend = f"name an event of feed {feed.feed}: {', '.join(feed.events)}"
                found.append(_finding(file, (*loc, "event"), event.event, mend))
    return found


def _event_against_feed(
    file: YamlFile, loc: Path_, source: SourceMapping, event: EventMapping, feed: Feed
) -> list[Finding]:
    dataschema = feed.dataschema(event.event)
    if dataschema not in feed.event_schemas:  # found already
        return []
    known, tokens = (
        feed.event_schemas[dataschema]["properties"],
        personal_fields(feed.event_schemas[dataschema]),
    )
    codes: dict[str, Collection[str]] = {"status": feed.lifecycle.statuses, "channel": feed.channels}
    found: list[Finding] = []
    for name, value in event.data.items():
        here = (*loc, name)
        if name not in known:
            found.append(_finding(file, here, name, f"not in {dataschema}{near(name, known)}"))
        elif value.field in source.personal and name not in tokens:
            mend = (
                f"keep it under a name that {dataschema} marks x-personal ({', '.join(tokens) or 'none yet'})"
            )
            found.append(_finding(file, here, value.field, mend))
        strange = [code for code in _codes(source, value) if code not in codes.get(name, (code,))]
        mend = f"name a {name} of {feed.file}: {', '.join(codes.get(name, ()))}"
        found += [_finding(file, here, code, mend) for code in strange]
    return found


def _finding(file: YamlFile, loc: Path_, value: object, mend: str) -> Finding:
    return Finding(file.shown, file.line(loc), ".".join(map(str, loc)), value, mend)


def _codes(source: SourceMapping, value: Value) -> list[str]:
    if value.constant is not None:
        return [value.constant]
    return sorted(set(source.words[value.words].values())) if value.words else []


def _calendars(root: Path, registry: Registry, found: list[Finding]) -> None:
    for file, calendar in _named(root, "calendar", Calendar, found):
        for i, version in enumerate(calendar.versions):
            for code in version.agencies.keys() - registry.agencies:
                mend = f"name an agency of reference/agencies.csv{near(code, registry.agencies)}"
                found.append(_finding(file, ("versions", i, "agencies", code), code, mend))
        registry.calendars[file.path.stem] = calendar


def _named(
    root: Path,
    kind: str,
    model: type[Named],
    found: list[Finding],
    raw: dict[str, YamlFile] | None = None,
) -> Iterator[tuple[YamlFile, Named]]:
    """The folder's promises of a kind, each named as its file; one that cannot be used is left out.

    With `raw`, which holds and takes up files by name, one may extend another.
    """
    for path in sorted(root.glob(f"{kind}s/*.yaml")):
        file = _yaml(path, found)
        if file is None:
            continue
        if raw is not None:
            file.content = extended(kind, file, path.stem, raw, found)
        try:
            promise = model.model_validate(file.content)
        except ValidationError as exc:
            found += of_validation(file.shown, exc, file.line, model.model_fields)
            continue
        if (name := getattr(promise, kind)) != path.stem:
            found.append(_finding(file, (kind,), name, f"name it as its file, {path.stem!r}"))
        if raw is not None:
            raw[path.stem] = file
        yield file, promise.model_copy(update={"file": file.shown})


def _feeds(root: Path, registry: Registry, raw: dict[str, YamlFile], found: list[Finding]) -> None:
    for path in sorted(root.glob("feeds/*/feed.yaml")):
        file = _yaml(path, found)
        if file is None:
            continue
        name = path.parent.name
        content = extended("feed", file, name, raw, found)
        try:
            feed = Feed.model_validate(content)
        except ValidationError as exc:
            found += of_validation(file.shown, exc, file.line, Feed.model_fields)
            continue
        if feed.feed != name:
            line = file.line(("feed",))
            found.append(Finding(file.shown, line, "feed", feed.feed, f"name it as its folder, {name!r}"))
            continue
        if feed.calendar is not None and feed.calendar not in registry.calendars:
            mend = f"name a calendar{near(feed.calendar, registry.calendars)}"
            found.append(_finding(file, ("calendar",), feed.calendar, mend))
        file.content = content
        base = registry.feeds.get(feed.extends or "")
        schemas = read_event_schemas(path.parent, feed, base, shown, found)
        registry.feeds[name] = feed.model_copy(update={"file": file.shown, "event_schemas": schemas})
        raw[name] = file


def _yaml(path: Path, found: list[Finding]) -> YamlFile | None:
    try:
        file = YamlFile(path, shown(path))
    except Unusable as exc:
        found += exc.findings
        return None
    return file
