"""The sheet's columns: one per datum of the feed's newest event, the lists of what may stand in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ioc.entry.words import standard
from ioc.errors import BadInput
from schemas import ObservationFeed, Registry, near
from schemas.observation_feed import ENTERED_BY
from schemas.promise import Label

__all__ = ["ENTERED_BY", "SEPARATOR", "Column", "columns", "dataschema", "manual_feed"]

SEPARATOR = " · "  # between a code and its name
MARK = "#"  # the first column, of no datum
AGENCIES = ("agency", "receiving_agency")
Kind = Literal["text", "number", "integer", "boolean", "date", "period"]


@dataclass(frozen=True)
class Column:
    """`choices`: code -> name; empty where anything of the kind may stand."""

    name: str
    label: Label
    explain: Label
    kind: Kind
    required: bool
    nullable: bool
    choices: dict[str, Label] = field(default_factory=dict)


def manual_feed(registry: Registry, name: str) -> ObservationFeed:
    """The feed, if people enter it; BadInput with those that are."""
    manual = {n: feed for n, feed in registry.observations.items() if feed.manual}
    if name not in manual:
        mend = f"name a feed that is entered by hand: {', '.join(manual) or 'there is none'}"
        raise BadInput("NAME", name, mend + near(name, manual))
    return manual[name]


def dataschema(feed: ObservationFeed) -> str:
    """The newest version of the feed's first event: what a row of a sheet becomes."""
    return feed.dataschema(next(iter(feed.events)))


def columns(feed: ObservationFeed, registry: Registry) -> tuple[Column, ...]:
    """In the schema's order; who entered it is not asked in the sheet."""
    schema = feed.event_schemas[dataschema(feed)]
    required = schema.get("required", [])
    return tuple(
        _column(feed, registry, name, spec, name in required)
        for name, spec in schema["properties"].items()
        if name != ENTERED_BY
    )


def _column(
    feed: ObservationFeed, registry: Registry, name: str, spec: dict[str, Any], required: bool
) -> Column:
    said = spec.get("description") or name
    label, explain = standard(name) or (
        feed.dimensions.get(name) or Label(vi=name, en=name),
        Label(vi=said, en=said),
    )
    types = spec.get("type", "string")
    types = [types] if isinstance(types, str) else types
    choices = _choices(feed, registry, name, spec)
    return Column(name, label, explain, _kind(name, types, spec), required, "null" in types, choices)


def _kind(name: str, types: list[str], spec: dict[str, Any]) -> Kind:
    if name == "period":
        return "period"
    if spec.get("format") == "date":
        return "date"
    kinds: tuple[Kind, ...] = ("number", "integer", "boolean")
    return next((kind for kind in kinds if kind in types), "text")


def _choices(feed: ObservationFeed, registry: Registry, name: str, spec: dict[str, Any]) -> dict[str, Label]:
    if name in feed.words:
        return {code: one.label for code, one in feed.words[name].items()}
    if name in AGENCIES and feed.agencies == "known":
        return {code: Label(vi=one.name, en=one.name) for code, one in registry.agencies.items()}
    texts = [str(code) for code in spec.get("enum", []) if isinstance(code, str)]
    named = feed.dimensions[name].values if name in feed.dimensions else {}
    return {code: named.get(code) or Label(vi=code, en=code) for code in texts}
