"""A field that looks like a person's is marked `x-personal`, or said not to be one: `x-personal: false`."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

from ioc.check.place import event_file, finding
from schemas import AnyFeed, Finding, Registry, SourceMapping

WORDS = Path(__file__).with_name("words.yaml")
MARK = "x-personal"
A_TOKEN = "tok_" + "0" * 24


@functools.cache
def _personal() -> tuple[str, ...]:
    listed = yaml.safe_load(WORDS.read_text(encoding="utf-8"))["personal"]
    return tuple(f" {word} " for word in listed)


def looks_personal(name: str) -> str | None:
    """The word of a field's name that points to a person: `soDienThoai`, `applicant_phone`, `Địa chỉ`."""
    plain = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", plain)
    cut = f" {' '.join(parts).lower()} "
    return next((word.strip() for word in _personal() if word in cut), None)


def check(feed: AnyFeed) -> Iterator[Finding]:
    """Findings about the properties of the feed's event schemas."""
    for dataschema, schema in feed.event_schemas.items():
        file = event_file(feed, dataschema)
        for name, spec in schema["properties"].items():
            yield from _property(file, ("properties", name), name, spec)
            for loc, inner, its_spec in _inside(spec, ("properties", name)):
                if its_spec.get(MARK) is not False and (its_spec.get(MARK) or looks_personal(inner)):
                    mend = "only whole properties become tokens: make it a property of its own"
                    yield finding(file, loc, inner, f"{mend}, or say `{MARK}: false`")


def _property(file: str, loc: tuple[str, ...], name: str, spec: Mapping[str, Any]) -> Iterator[Finding]:
    marked = spec.get(MARK)
    if MARK not in spec:
        if word := looks_personal(name):
            mend = f'"{word}" points to a person: mark it `"{MARK}": true` (then only a token is stored), '
            yield finding(file, loc, name, f'{mend}or say `"{MARK}": false`')
    elif not isinstance(marked, bool):
        yield finding(file, (*loc, MARK), marked, "say true or false")
    elif marked and not jsonschema_rs.is_valid({k: v for k, v in spec.items() if k != MARK}, A_TOKEN):
        mend = (
            'stored is a token, which its schema refuses; "type": "string", "pattern": "^tok_[0-9a-f]{24}$"'
        )
        yield finding(file, loc, name, mend)


def _inside(
    spec: Mapping[str, Any], loc: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str, Mapping[str, Any]]]:
    """Named properties of objects and lists within a property."""
    for name, inner in spec.get("properties", {}).items():
        yield (*loc, "properties", name), name, inner
        yield from _inside(inner, (*loc, "properties", name))
    if isinstance(items := spec.get("items"), dict):
        yield from _inside(items, (*loc, "items"))


def check_source(source: SourceMapping, registry: Registry) -> Iterator[Finding]:
    """A sender's personal field is listed under `personal`, or lands where the schema says it is none."""
    feed = registry.every[source.feed]
    for kind, message in source.messages.items():
        for i, event in enumerate(message.events):
            dataschema = feed.dataschema(event.event, event.version)
            properties = feed.event_schemas.get(dataschema, {}).get("properties", {})
            for name, value in event.data.items():
                word = looks_personal(value.field or "")
                if word and value.field not in source.personal and MARK not in properties.get(name, {}):
                    mend = f'"{word}" points to a person: list it under `personal`, or say `"{MARK}": false`'
                    loc = ("messages", kind, "events", i, "data", name)
                    yield finding(source.file, loc, value.field, f"{mend} at `{name}` of the event's schema")
