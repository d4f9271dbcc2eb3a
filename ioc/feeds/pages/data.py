"""What events say: every datum with its type, its meaning and whether it is about a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ioc.entry.words import standard
from ioc.feeds.pages.markup import Inside, Markup, code, codes, el, folded, joined, pair, section, table
from ioc.feeds.pages.words import heads, known, word
from schemas import AnyFeed, Feed, ObservationFeed
from schemas.promise import Label

LIMITS = {
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "exclusiveMaximum": "< {}",
    "multipleOf": "× {}",
    "minLength": "≥ {} ch.",
    "maxLength": "≤ {} ch.",
    "pattern": "/{}/",
    "const": "= {}",
}
PLAIN_LENGTH = 1  # at least one character: of every text, so not said


def fields(feed: AnyFeed) -> Markup | None:
    """One row per datum and way of saying it, whichever events have it."""
    rows = [_row(feed, name, spec, of) for name, spec, of in _data(feed)]
    schemas = [
        folded(joined((pair(word("say", "schema")), " ", code(name))), _json(schema))
        for name, schema in feed.event_schemas.items()
    ]
    listed = table(heads("field", "type", "events", "needed", "meaning", "personal"), rows)
    return section(word("title", "fields"), listed, *schemas)


def _data(feed: AnyFeed) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
    """Name, spec and the versions that have it so."""
    found: dict[tuple[str, str], tuple[dict[str, Any], list[str]]] = {}
    for dataschema, schema in feed.event_schemas.items():
        for name, spec in schema["properties"].items():
            key = name, json.dumps(spec, sort_keys=True)
            found.setdefault(key, (spec, []))[1].append(dataschema.partition("/")[2])
    names = list(dict.fromkeys(name for name, _ in found))
    for (name, _), (spec, of) in sorted(found.items(), key=lambda one: names.index(one[0][0])):
        yield name, spec, of


def _row(feed: AnyFeed, name: str, spec: dict[str, Any], of: list[str]) -> tuple[Inside, ...]:
    needing = [one for one in of if name in feed.event_schemas[f"{feed.feed}/{one}"].get("required", ())]
    personal = pair(word("say", "personal")) if spec.get("x-personal") else ""
    return code(name), kind_of(spec), codes(of), codes(needing), _meaning(feed, name, spec), personal


def kind_of(spec: dict[str, Any]) -> Markup:
    """Type, format and limits in one line; a closed list as its words."""
    given = spec.get("type", "" if {"enum", "const"} & spec.keys() else "any")
    kind = " | ".join(given) if isinstance(given, list) else str(given)
    if form := spec.get("format"):
        kind += f" ({form})"
    held = [
        text.format(json.dumps(spec[name]) if name == "const" else spec[name])
        for name, text in LIMITS.items()
        if name in spec and not (name == "minLength" and spec[name] == PLAIN_LENGTH)
    ]
    words = codes(map(str, spec["enum"])) if "enum" in spec else None
    return joined((kind, el("small", ", ".join(held)) if held else None, el("div", words) if words else None))


def _meaning(feed: AnyFeed, name: str, spec: dict[str, Any]) -> Markup:
    label = _label(feed, name)
    said = str(spec.get("description", ""))
    return joined(
        (pair(label) if label else None, el("div", said, lang="en", class_="note") if said else None)
    )


def _label(feed: AnyFeed, name: str) -> Label | None:
    if isinstance(feed, Feed):
        return feed.attributes[name].label if name in feed.attributes else known("field", name)
    if isinstance(feed, ObservationFeed) and name in feed.dimensions:
        return feed.dimensions[name]
    told = standard(name)
    return told[0] if told else None


def _json(schema: dict[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2)
