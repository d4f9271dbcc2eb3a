"""A feed's `place` held to its attributes, measures and event schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.feed import Feed
from schemas.findings import near

FARTHEST = {"lat": 90, "lon": 180}  # degrees to either side
NUMBERS = ("number", "integer")
Problem = tuple[str, object, str]  # field, value, mend


def misplaced(feed: Feed, schemas: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """What keeps the feed's map from being drawn truly."""
    if feed.place is None:
        return
    if feed.hide_below is not None:
        mend = "a feed that hides small numbers has no map, since each point is one case; take it away"
        yield "place", feed.place.model_dump(exclude_none=True), mend
    for key in FARTHEST:
        yield from _coordinate(feed, key, schemas)
    yield from _halved(feed, schemas)
    for key in ("shows", "late", "soon"):
        yield from _counted(feed, key)


def _coordinate(feed: Feed, key: str, schemas: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """An attribute that is a number, within the bounds of degrees in every event that says it."""
    name, most = getattr(feed.place, key), FARTHEST[key]
    attribute = feed.attributes.get(name)
    if attribute is None:
        yield f"place.{key}", name, f"name an attribute of kind number{near(name, feed.attributes)}"
    elif attribute.kind not in NUMBERS:
        yield f"place.{key}", name, f"name an attribute of kind number; this one is of kind {attribute.kind}"
    else:
        for dataschema, schema in schemas.items():
            spec = schema["properties"].get(name)
            if (
                spec is not None
                and not -most <= spec.get("minimum", -most - 1) <= spec.get("maximum", most + 1) <= most
            ):
                said = {bound: spec.get(bound) for bound in ("minimum", "maximum")}
                yield (
                    f"place.{key}",
                    said,
                    f"give `{name}` of {dataschema} a minimum and maximum within {-most} and {most}",
                )


def _halved(feed: Feed, schemas: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """An event that said one coordinate alone would move a case to where nothing is."""
    assert feed.place is not None
    lat, lon = feed.place.lat, feed.place.lon
    if lat == lon:
        yield "place.lon", lon, "name another attribute than `lat` does"
    for dataschema, schema in schemas.items():
        if (lat in schema["properties"]) is not (lon in schema["properties"]):
            yield "place", dataschema, f"let its schema list `{lat}` and `{lon}` both, or neither"


def _counted(feed: Feed, key: str) -> Iterator[Problem]:
    """A count; what the map shows is also a tile, so that the two can be held against each other."""
    name = getattr(feed.place, key)
    if name is None:
        return
    known = {
        n for n, one in feed.measures.items() if one.kind == "count" and (key != "shows" or n in feed.tiles)
    }
    if name not in known:
        what = "a tile that is a count" if key == "shows" else "a measure that is a count"
        yield f"place.{key}", name, f"name {what}: {', '.join(sorted(known))}"
