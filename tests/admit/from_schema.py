"""Events out of a feed's JSON Schema: such as it allows, and such with one thing in them that it does not.

Of the keywords those that our schemas use; the package for it (hypothesis-jsonschema) ends with draft 7.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

import jsonschema_rs
from hypothesis import strategies as st

from ioc.kernel.observations import CALENDAR
from ioc.kernel.period_names import touched
from schemas import AnyFeed, ObservationFeed, Registry

Spec = Mapping[str, Any]
KEYWORDS = {
    *("type", "enum", "const", "pattern", "format", "minLength", "maxLength", "description", "x-personal"),
    *("minimum", "maximum", "exclusiveMinimum", "multipleOf"),
}
OF_OBJECTS = {
    *("$schema", "title", "type", "additionalProperties", "required", "properties", "allOf", "description"),
}
STRANGER = "no such word"
SAMPLES: dict[str, Any] = {
    "null": None,
    "boolean": True,
    "number": 0.5,
    "string": STRANGER,
    "array": [],
    "object": {},
}
# What PostgreSQL and UTF-8 can hold; NUL and lone surrogates are refused whatever a schema says.
letters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
days = st.dates(date(1900, 1, 1), date(2199, 12, 31))
zones = st.sampled_from([timezone(timedelta(hours=h)) for h in (-9, 0, 7)])


def instants(first: int, last: int) -> st.SearchStrategy[str]:
    """Instants with a zone, as texts, from the one year up to the other."""
    ends = datetime(first, 1, 2), datetime(last, 1, 1)  # noqa: DTZ001 (the zones are drawn)
    return st.datetimes(*ends, timezones=zones).map(datetime.isoformat)


@dataclass
class Asked:
    """What a schema asks of one event: its data, with what holds for the series chosen."""

    specs: dict[str, Spec]
    required: set[str]
    said: dict[str, Any] = field(default_factory=dict)


def texts(least: int = 1, most: int = 20) -> st.SearchStrategy[str]:
    """Texts in NFC, as admission stores them, of so many letters."""
    made = st.text(letters, min_size=least, max_size=min(most, 20)).map(nfc)
    return made.filter(lambda text: least <= len(text) <= most)


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


codes = texts().filter(lambda text: text == text.strip() and not re.fullmatch("0+[0-9]", text))


@st.composite
def allowed(draw: st.DrawFn, feed: AnyFeed, dataschema: str, registry: Registry) -> Asked:
    """Data that the schema and the feed's closed lists allow."""
    schema = feed.event_schemas[dataschema]
    assert schema.keys() <= OF_OBJECTS, f"{dataschema}: teach this module {schema.keys() - OF_OBJECTS}"
    asked = Asked(dict(schema["properties"]), set(schema.get("required", ())))
    if "series" in asked.specs:
        asked.said["series"] = draw(datum("series", asked, feed, registry))
    for rule in schema.get("allOf", ()):
        assert rule.keys() == {"if", "then"}, dataschema
        if jsonschema_rs.is_valid(rule["if"], asked.said):
            asked.required |= set(rule["then"].get("required", ()))
            for name, more in rule["then"].get("properties", {}).items():
                asked.specs[name] = {**asked.specs[name], **more}
    for name in asked.specs:
        if name not in asked.said and (name in asked.required or draw(st.booleans())):
            asked.said[name] = draw(datum(name, asked, feed, registry))
    return asked


def datum(name: str, asked: Asked, feed: AnyFeed, registry: Registry) -> st.SearchStrategy[Any]:
    """Values of one datum: of its closed list, of its series' kind of period, or of its own schema."""
    spec = asked.specs[name]
    assert spec.keys() <= KEYWORDS, f"{name}: teach this module {spec.keys() - KEYWORDS}"
    if "const" in spec or "enum" in spec:
        return st.sampled_from([spec["const"]] if "const" in spec else spec["enum"])
    if name in feed.words:
        return st.sampled_from(sorted(feed.words[name]))
    if name in ("agency", "receiving_agency") and feed.agencies == "known":
        return st.sampled_from(sorted(registry.agencies))
    if isinstance(feed, ObservationFeed) and name == "period":
        kind = feed.series[asked.said["series"]].period
        return days.map(lambda day: touched(kind, day, day, CALENDAR)[0].name)
    if feed.joined_by is not None and name == feed.joined_by.same_as:
        return codes
    kinds = spec["type"] if isinstance(spec["type"], list) else [spec["type"]]
    return st.one_of([of_kind(kind, spec) for kind in kinds])


def of_kind(kind: str, spec: Spec) -> st.SearchStrategy[Any]:
    if kind in ("number", "integer"):
        return numbers(kind, spec)
    if kind == "string":
        return strings(spec)
    return {"null": st.none(), "boolean": st.booleans()}[kind]


def numbers(kind: str, spec: Spec) -> st.SearchStrategy[Any]:
    low, high = spec.get("minimum", spec.get("exclusiveMinimum")), spec.get("maximum")
    whole = st.integers(-(2**53) if low is None else low, 2**53 if high is None else int(high))
    if kind == "number" and "multipleOf" not in spec:
        broken = st.floats(low, high, allow_nan=False, allow_infinity=False)
        whole = st.one_of(whole, broken)
    return whole.filter(lambda n: "exclusiveMinimum" not in spec or n > spec["exclusiveMinimum"])


def strings(spec: Spec) -> st.SearchStrategy[str]:
    if spec.get("format") == "date-time":
        return instants(1901, 2199)
    if "pattern" in spec and not spec.get("x-personal"):  # personal data are sent as they are
        found = st.from_regex(spec["pattern"], fullmatch=True)
        return found.filter(lambda text: len(text) <= spec.get("maxLength", len(text)))
    return texts(spec.get("minLength", 0), spec.get("maxLength", 20))


@st.composite
def spoilt(draw: st.DrawFn, feed: AnyFeed, dataschema: str, registry: Registry) -> dict[str, Any]:
    """Data with one thing in them that the schema or a closed list of the feed does not allow."""
    asked = draw(allowed(feed, dataschema, registry))
    return draw(st.sampled_from(list(ways(asked, feed))))


def ways(asked: Asked, feed: AnyFeed) -> Iterator[dict[str, Any]]:
    """Each way to spoil the data once."""
    yield asked.said | {"unlisted_datum": 1}
    for name in asked.required:
        yield {key: value for key, value in asked.said.items() if key != name}
    for name, spec in asked.specs.items():
        for value in not_allowed(spec):
            yield asked.said | {name: value}
        if name in feed.words or (name == "agency" and feed.agencies == "known"):
            yield asked.said | {name: STRANGER}
    if isinstance(feed, ObservationFeed):
        for period in ("", "2024-13", "2024-11-31", "2024-W54", "2023-9M", "last year"):
            yield asked.said | {"period": period}


def not_allowed(spec: Spec) -> Iterator[Any]:
    """Values that break one keyword of the schema of a datum each."""
    kinds = spec.get("type", [])
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    if spec.get("x-personal"):  # any number is a text to tokenise
        yield from ([], {}, None)
        return
    if "integer" in kinds:
        yield 0.5
    taken = kinds | {"number"} if "integer" in kinds else kinds
    yield from (value for kind, value in SAMPLES.items() if taken and kind not in taken)
    yield from ([STRANGER] if {"enum", "const", "format", "pattern"} & spec.keys() else [])
    yield from ([spec["minimum"] - 1] if "minimum" in spec else [])
    yield from ([spec["maximum"] + 1] if "maximum" in spec else [])
    yield from ([spec["exclusiveMinimum"]] if "exclusiveMinimum" in spec else [])
    yield from ([spec["multipleOf"] / 2] if "multipleOf" in spec else [])
    yield from (["x" * (spec["maxLength"] + 1)] if "maxLength" in spec else [])
    yield from ([""] if spec.get("minLength", 0) > 0 else [])
