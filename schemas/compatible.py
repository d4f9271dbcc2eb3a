"""Whether a changed JSON Schema still takes all that the published one took; if not, by which rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Node = Mapping[str, Any]
Loc = tuple[str, ...]
LOWEST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
HIGHEST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
# Words for people: they refuse nothing.
WORDS = {"$schema", "$id", "$comment", "title", "description", "default", "examples", "deprecated"}
OF_ITS_OWN = {
    "type",
    "enum",
    "const",
    "required",
    "properties",
    "additionalProperties",
    "items",
    "allOf",
    "x-personal",
}
TYPES = {"string", "number", "integer", "boolean", "object", "array", "null"}


@dataclass(frozen=True)
class Break:
    """Where the changed schema refuses what the published one takes: the value now, and the rule broken."""

    loc: Loc
    value: object
    rule: str


def breaks(old: Any, new: Any, loc: Loc = ()) -> Iterator[Break]:
    """Every rule that `new` breaks against `old`; none: what was valid stays valid, and private."""
    if not (isinstance(old, dict) and isinstance(new, dict)):  # true takes all, false nothing
        if old not in (new, False) and new is not True:
            yield Break(loc, new, "changed in a way that cannot be compared")
        return
    yield from _types(old, new, loc)
    yield from _values(old, new, loc)
    yield from _required(old, new, loc)
    yield from _properties(old, new, loc)
    yield from _items(old, new, loc)
    yield from _conditions(old.get("allOf", []), new.get("allOf", []), (*loc, "allOf"))
    for key in sorted((old.keys() | new.keys()) - WORDS - OF_ITS_OWN):
        if not key.startswith("x-") and old.get(key) != new.get(key):
            yield from _keyword(key, old.get(key), new.get(key), (*loc, key))
    if old.get("x-personal") is True and new.get("x-personal") is not True:
        yield Break(
            (*loc, "x-personal"), new.get("x-personal"), "a personal property laid open: it was a token"
        )


def _types(old: Node, new: Node, loc: Loc) -> Iterator[Break]:
    took, takes = _taken(old), _taken(new)
    if lost := took - takes:
        rule = f"a type narrowed or changed: {' or '.join(sorted(lost))} was taken"
        yield Break((*loc, "type"), new.get("type"), rule)


def _taken(node: Node) -> set[str]:
    """The types a schema takes; a number may be whole."""
    said = node.get("type", sorted(TYPES))
    types = {said} if isinstance(said, str) else set(said)
    return types | {"integer"} if "number" in types else types


def _values(old: Node, new: Node, loc: Loc) -> Iterator[Break]:
    listed = _listed(new)
    if listed is None:
        return
    was, key = _listed(old), "const" if "const" in new else "enum"
    if was is None:
        yield Break((*loc, key), new[key], "an enum narrowed: any value was taken")
    elif lost := [one for one in was if not any(_same(one, other) for other in listed)]:
        yield Break((*loc, key), new[key], f"an enum narrowed: {lost[0]!r} was taken")


def _listed(node: Node) -> list[Any] | None:
    if "const" in node:
        return [node["const"]]
    return list(node["enum"]) if "enum" in node else None


def _same(one: object, other: object) -> bool:
    """JSON's equality: true is not 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _required(old: Node, new: Node, loc: Loc) -> Iterator[Break]:
    for name in new.get("required", []):
        if name not in old.get("required", []):
            yield Break((*loc, "required"), name, "a new required property: events without it were taken")


def _properties(old: Node, new: Node, loc: Loc) -> Iterator[Break]:
    was, now = old.get("properties", {}), new.get("properties", {})
    further, more = old.get("additionalProperties", True), new.get("additionalProperties", True)
    if more is False and further is not False:
        yield Break((*loc, "additionalProperties"), more, "closed: further properties were taken")
    elif further != more and further is not False and more is not True:
        yield Break((*loc, "additionalProperties"), more, "changed in a way that cannot be compared")
    for name, spec in was.items():
        if name not in now:
            yield Break((*loc, "properties", name), name, "a property taken away")
        else:
            yield from breaks(spec, now[name], (*loc, "properties", name))
    for name in sorted(now.keys() - was.keys()) if further is not False else ():
        if now[name] is False or (isinstance(now[name], dict) and now[name].keys() - WORDS):
            yield Break((*loc, "properties", name), name, "a property constrained that took anything")


def _items(old: Node, new: Node, loc: Loc) -> Iterator[Break]:
    if "items" in new:
        yield from breaks(old.get("items", {}), new["items"], (*loc, "items"))


def _conditions(old: Any, new: Any, loc: Loc) -> Iterator[Break]:
    """Rules of `if` and `then`: each new one must be an old one that asks no more; old ones may go."""
    if old == new:
        return
    if not all(isinstance(rule, dict) and rule.keys() == {"if", "then"} for rule in (*old, *new)):
        yield Break(loc, new, "changed in a way that cannot be compared")
        return
    for i, rule in enumerate(new):
        asked = [one["then"] for one in old if one["if"] == rule["if"]]
        if not asked:
            yield Break((*loc, str(i), "if"), rule["if"], "a rule added: what it asks was not asked")
        elif not any(not list(breaks(then, rule["then"])) for then in asked):
            yield from breaks(asked[0], rule["then"], (*loc, str(i), "then"))


def _keyword(key: str, was: Any, now: Any, loc: Loc) -> Iterator[Break]:
    if now is None:  # a rule taken away refuses less
        if key in LOWEST or key in HIGHEST or key in ("pattern", "format", "multipleOf", "uniqueItems"):
            return
        yield Break(loc, now, "changed in a way that cannot be compared")
    elif key in LOWEST:
        if was is None or now > was:
            yield Break(loc, now, f"a bound tightened: {'any' if was is None else was} was taken")
    elif key in HIGHEST:
        if was is None or now < was:
            yield Break(loc, now, f"a bound tightened: {'any' if was is None else was} was taken")
    else:
        yield Break(loc, now, f"a rule added or changed: it was {was!r}")
