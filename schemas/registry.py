"""Everything the promise files say, held to their models; later folders override earlier ones by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from schemas.any_feed import AnyFeed
from schemas.calendar import Calendar
from schemas.event_files import read_event_schemas
from schemas.extending import extended
from schemas.feed import Feed
from schemas.findings import Finding, Unusable, near, of_validation
from schemas.form import Form
from schemas.frozen import check_frozen
from schemas.history import History
from schemas.leaning import by_sector, leaning
from schemas.observation_feed import ObservationFeed
from schemas.outlines import Outlines
from schemas.period_calendar import PeriodCalendar
from schemas.procedures import ProcedureVersion
from schemas.reference import Agency, Procedure
from schemas.reference_files import ReferenceFiles
from schemas.scope import Scope, unknown
from schemas.simulated import Simulated, read_settings, strays
from schemas.simulated_series import SimulatedSeries, strays_of_series
from schemas.source import SourceMapping
from schemas.source_files import PACKAGED, finding, read_source, shown, yaml_of
from schemas.yaml_file import YamlFile

Named = TypeVar("Named", Calendar, PeriodCalendar, Form, Scope)


@dataclass
class Registry:
    """Feeds, sources, reference data, working and period calendars, forms and scopes by name or code."""

    feeds: dict[str, Feed] = field(default_factory=dict)  # of cases
    sources: dict[str, SourceMapping] = field(default_factory=dict)
    agencies: dict[str, Agency] = field(default_factory=dict)  # of every code the newest version
    procedures: dict[str, Procedure] = field(default_factory=dict)
    calendars: dict[str, Calendar] = field(default_factory=dict)
    period_calendars: dict[str, PeriodCalendar] = field(default_factory=dict)
    history: History = field(default_factory=History)  # all versions of the agencies, and successions
    procedure_versions: dict[str, tuple[ProcedureVersion, ...]] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    scopes: dict[str, Scope] = field(default_factory=dict)
    observations: dict[str, ObservationFeed] = field(default_factory=dict)  # feeds of the other kind
    simulated: dict[str, Simulated] = field(default_factory=dict)  # by case feed
    simulated_series: dict[str, SimulatedSeries] = field(default_factory=dict)  # by feed of observations
    outlines: Outlines | None = None  # what maps are drawn on

    @property
    def every(self) -> dict[str, AnyFeed]:
        """The feeds of both kinds: what is true of all events does not ask which."""
        return {**self.feeds, **self.observations}

    def feed(self, name: str) -> Feed:
        """The feed, or KeyError that lists the known ones."""
        if name not in self.feeds:
            raise KeyError(f"no feed {name!r}; known: {', '.join(sorted(self.feeds))}")
        return self.feeds[name]


def load(paths: Sequence[Path] = ()) -> Registry:
    """The packaged promises and those of `paths`; Unusable carries every finding of every file."""
    registry, found = read(paths)
    if found:
        raise Unusable(found)
    return registry


def read(paths: Sequence[Path] = ()) -> tuple[Registry, list[Finding]]:
    """What can be used of those promises, and everything that is wrong with the rest."""
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
        for file, scope in _named(root, "scope", Scope, found):
            found += unknown(file, scope, registry.agencies)
            registry.scopes[file.path.stem] = scope
    registry.history, registry.procedure_versions = reference.history, reference.procedure_versions
    registry.outlines = reference.outlines
    found += reference.check()
    for feed in registry.every.values():
        found += check_frozen(feed, (PACKAGED, *paths))
    limits = [version for versions in registry.procedure_versions.values() for version in versions]
    agencies = [version for versions in registry.history.versions.values() for version in versions]
    for name, feed in registry.feeds.items():
        feed = by_sector(feed, registry.procedures)
        registry.feeds[name] = leaning(feed, registry.calendars.get(feed.calendar or ""), limits, agencies)
    return registry, found


def _calendars(root: Path, registry: Registry, found: list[Finding]) -> None:
    for file, calendar in _named(root, "calendar", Calendar, found):
        for i, version in enumerate(calendar.versions):
            for code in version.agencies.keys() - registry.agencies:
                mend = f"name an agency of reference/agencies.csv{near(code, registry.agencies)}"
                found.append(finding(file, ("versions", i, "agencies", code), code, mend))
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
        file = yaml_of(path, found)
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
            found.append(finding(file, (kind,), name, f"name it as its file, {path.stem!r}"))
        if raw is not None:
            raw[path.stem] = file
        yield file, promise.model_copy(update={"file": file.shown})


def _feeds(root: Path, registry: Registry, raw: dict[str, YamlFile], found: list[Finding]) -> None:
    for path in (*sorted(root.glob("feeds/*/feed.yaml")), *root.glob("feed.yaml")):  # or it is a feed's own
        file = yaml_of(path, found)
        if file is None:
            continue
        name = path.parent.name
        content = extended("feed", file, name, raw, found)
        kind = content.get("kind") if isinstance(content, dict) else None
        model = ObservationFeed if kind == "observation" else Feed
        try:
            feed = model.model_validate(content)
        except ValidationError as exc:
            found += of_validation(file.shown, exc, file.line, model.model_fields)
            continue
        if feed.feed != name:
            line = file.line(("feed",))
            found.append(Finding(file.shown, line, "feed", feed.feed, f"name it as its folder, {name!r}"))
            continue
        file.content, raw[name] = content, file
        base = registry.every.get(feed.extends or "")
        said = {
            "file": file.shown,
            "event_schemas": read_event_schemas(path.parent, feed, base, shown, found),
        }
        if isinstance(feed, ObservationFeed):
            registry.observations[name] = feed.model_copy(update=said)
            _simulated_series(path.with_name("simulation.yaml"), registry, name, found)
            continue
        if feed.calendar is not None and feed.calendar not in registry.calendars:
            mend = f"name a calendar{near(feed.calendar, registry.calendars)}"
            found.append(finding(file, ("calendar",), feed.calendar, mend))
        registry.feeds[name] = feed.model_copy(update=said)
        _simulated(path.with_name("simulation.yaml"), registry, name, found)


def _simulated(path: Path, registry: Registry, name: str, found: list[Finding]) -> None:
    feed = registry.feeds[name]
    read = read_settings(path, shown(path), found, Simulated, lambda one: strays(one, feed))
    registry.simulated.pop(name, None)  # of a feed that this one overrides
    registry.simulated |= {name: read} if read else {}


def _simulated_series(path: Path, registry: Registry, name: str, found: list[Finding]) -> None:
    feed = registry.observations[name]
    read = read_settings(path, shown(path), found, SimulatedSeries, lambda one: strays_of_series(one, feed))
    registry.simulated_series.pop(name, None)
    registry.simulated_series |= {name: read} if read else {}
