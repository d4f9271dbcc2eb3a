"""The JSON Schemas (2020-12) of a feed's events, one file per event and version."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs

from schemas.any_feed import AnyFeed
from schemas.feed import Feed
from schemas.findings import Finding
from schemas.observation_feed import ENTERED_BY, ObservationFeed
from schemas.placed import misplaced
from schemas.yaml_file import line_in

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MOST = 2**31 - 1
STANDARD = ("status", "due_at", "agency", "receiving_agency", "channel", "procedure")  # what the kernel reads


def read_event_schemas(
    folder: Path, feed: AnyFeed, base: AnyFeed | None, shown: Callable[[Path], str], found: list[Finding]
) -> dict[str, dict[str, Any]]:
    """By `<feed>/<event>.<version>`; a file that is not there is taken from the feed this one extends."""
    schemas: dict[str, dict[str, Any]] = {}
    for event, versions in feed.events.items():
        for version in versions:
            path = folder / f"{event}.{version}.json"
            inherited = base.event_schemas.get(f"{base.feed}/{event}.{version}") if base else None
            if not path.exists() and inherited is not None:
                schemas[f"{feed.feed}/{event}.{version}"] = inherited
                continue
            schema = _read(path, shown(path), found)
            if schema is not None:
                schemas[f"{feed.feed}/{event}.{version}"] = schema
    problems = list(_joining(feed, schemas))
    if isinstance(feed, Feed):
        problems += [*_attributes(feed, schemas), *misplaced(feed, schemas)]
    if isinstance(feed, ObservationFeed):
        problems += _observed(feed, schemas)
    file = folder / "feed.yaml"
    found += [Finding(shown(file), line_in(file, tuple(one[0].split("."))), *one) for one in problems]
    return schemas


def _joining(feed: AnyFeed, schemas: dict[str, dict[str, Any]]) -> list[tuple[str, object, str]]:
    """The event that joins codes must always say the other one, as a text."""
    if feed.joined_by is None:
        return []
    event, name = feed.joined_by.event, feed.joined_by.same_as
    mend = f"{event}'s schema must require `{name}` as a string"
    return [
        ("identity.same_as", name, mend)
        for dataschema, schema in schemas.items()
        if dataschema.startswith(f"{feed.feed}/{event}.")
        and (
            schema["properties"].get(name, {}).get("type") != "string"
            or name not in schema.get("required", [])
        )
    ]


def _attributes(feed: Feed, schemas: dict[str, dict[str, Any]]) -> Iterator[tuple[str, object, str]]:
    """Each attribute is a datum of an event, of its kind, not personal, and no column that all cases have."""
    whole = len(schemas) == sum(map(len, feed.events.values()))  # of what could not be read nothing is said
    for name, attribute in feed.attributes.items():
        said = [one["properties"][name] for one in schemas.values() if name in one["properties"]]
        kind = "string" if attribute.kind == "text" else attribute.kind
        if name in STANDARD:
            yield f"attributes.{name}", name, "every case has it; take it away"
        elif not said and whole:
            yield f"attributes.{name}", name, "let an event's schema list a property of this name"
        for spec in said:
            if spec.get("type") != kind:
                yield f"attributes.{name}.kind", attribute.kind, f"its property has type {spec.get('type')!r}"
            elif kind == "integer" and not _fits(spec):
                yield f"attributes.{name}", name, f"give its property minimum and maximum within {MOST}"
            if spec.get("x-personal"):
                yield (
                    f"attributes.{name}",
                    name,
                    "personal data is in no measure and on no screen; take it away",
                )


def _observed(feed: ObservationFeed, schemas: dict[str, dict[str, Any]]) -> Iterator[tuple[str, object, str]]:
    """Every event of observations says series, period and value; dimensions are texts."""
    asked = {"series": "string", "period": "string", "value": ["number", "null"]}
    for dataschema, schema in schemas.items():
        known, required = schema["properties"], schema.get("required", [])
        for name, kind in asked.items():
            if name not in required or known.get(name, {}).get("type") != kind:
                yield "events", dataschema, f"its schema must require `{name}` of type {kind}"
        for name in feed.dimensions:
            if known.get(name, {}).get("type") != "string":
                yield f"dimensions.{name}", name, f"{dataschema} must have it as a string"
        who = known.get(ENTERED_BY, {})
        if feed.manual and (who.get("type") != "string" or who.get("x-personal") is not True):
            mend = f"{dataschema} must have `{ENTERED_BY}` as a string with `x-personal: true`"
            yield "manual", feed.manual, mend


def _fits(spec: dict[str, Any]) -> bool:
    """Whether a column of 32 bits takes every such number."""
    low, high = spec.get("minimum"), spec.get("maximum")
    return low is not None and high is not None and -MOST <= low <= high <= MOST


def personal_fields(schema: dict[str, Any]) -> frozenset[str]:
    """The properties marked `x-personal`: stored only as tokens."""
    return frozenset(name for name, spec in schema["properties"].items() if spec.get("x-personal"))


def _read(path: Path, shown: str, found: list[Finding]) -> dict[str, Any] | None:
    try:
        schema: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        line = exc.lineno if isinstance(exc, json.JSONDecodeError) else 0
        found.append(Finding(shown, line, "(the file)", str(exc), "write the event's JSON Schema there"))
        return None
    problems = list(_problems(schema))
    for field, value, mend in problems:
        found.append(Finding(shown, line_in(path, tuple(field.split("."))), field, value, mend))
    return None if problems else schema


def _problems(schema: Any) -> list[tuple[str, object, str]]:
    if not isinstance(schema, dict) or schema.get("$schema") != DIALECT:
        return [("$schema", schema.get("$schema") if isinstance(schema, dict) else schema, f"give {DIALECT}")]
    try:
        jsonschema_rs.meta.validate(schema)
        jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    except (ValueError, jsonschema_rs.ValidationError) as exc:
        return [("(the schema)", str(exc).splitlines()[0], "make it valid JSON Schema 2020-12")]
    if schema.get("type") != "object" or not isinstance(schema.get("properties"), dict):
        return [("type", schema.get("type"), "an event's data is an object with `properties`")]
    if schema.get("additionalProperties") is not False:
        return [
            (
                "additionalProperties",
                schema.get("additionalProperties"),
                "false: only listed fields are stored",
            )
        ]
    wrong = [
        n for n in STANDARD if n in schema["properties"] and schema["properties"][n].get("type") != "string"
    ]
    return [
        (f"properties.{n}.type", schema["properties"][n].get("type"), "the kernel reads text: string")
        for n in wrong
    ]
