"""A published schema may be widened and not narrowed: by table, and of any change by what it then refuses."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schemas.compatible import breaks
from tests.effort import tried

Schema = dict[str, Any]
TEXT: Schema = {"type": "string", "maxLength": 20}
MORE: Schema = {"type": "object", "properties": {"x": {"type": "number"}}}


def rule(status: str, **n: Any) -> Schema:
    return {"if": {"properties": {"status": {"const": status}}}, "then": {"properties": {"n": n}}}


OLD: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["status"],
    "properties": {
        "status": {"enum": ["a", "b"], "type": "string"},
        "text": TEXT,
        "n": {"type": "integer", "minimum": 0, "maximum": 9},
        "any": {},
        "token": {"type": "string", "x-personal": True},
        "list": {"type": "array", "items": {"type": ["string", "null"]}},
        "more": MORE,
    },
    "allOf": [rule("a", maximum=5), rule("b", minimum=2)],
}


def changed(**properties: Any) -> Schema:
    """OLD with other properties; None takes one away."""
    laid = {**OLD["properties"], **properties}
    return {**OLD, "properties": {name: spec for name, spec in laid.items() if spec is not None}}


BROKEN = [
    (changed(text=None), "properties.text", "a property taken away"),
    (changed(text={**TEXT, "type": "integer"}), "properties.text.type", "a type narrowed"),
    (changed(any={"type": "string"}), "properties.any.type", "a type narrowed"),
    (changed(list={"type": "array", "items": {"type": "string"}}), "list.items.type", "null was taken"),
    (changed(more={"properties": {"x": {"type": "integer"}}, "type": "object"}), "x.type", "narrowed"),
    ({**OLD, "required": ["status", "text"]}, "required", "a new required property"),
    (changed(status={"enum": ["a"], "type": "string"}), "properties.status.enum", "'b' was taken"),
    (changed(status={"const": "b", "type": "string"}), "properties.status.const", "'a' was taken"),
    (changed(text={**TEXT, "enum": ["a"]}), "properties.text.enum", "any value was taken"),
    (changed(text={"type": "string", "maxLength": 19}), "properties.text.maxLength", "20 was taken"),
    (changed(text={**TEXT, "minLength": 1}), "properties.text.minLength", "a bound tightened"),
    (changed(n={"type": "integer", "minimum": 1, "maximum": 9}), "properties.n.minimum", "0 was taken"),
    (changed(text={**TEXT, "pattern": "^a"}), "properties.text.pattern", "a rule added"),
    (changed(text={**TEXT, "format": "date-time"}), "properties.text.format", "a rule added"),
    (changed(text={**TEXT, "not": {"const": ""}}), "properties.text.not", "a rule added"),
    (changed(token={"type": "string"}), "properties.token.x-personal", "laid open"),
    (changed(token={"type": "string", "x-personal": False}), "properties.token.x-personal", "laid open"),
    (changed(more={**MORE, "additionalProperties": False}), "additionalProperties", "closed"),
    (
        changed(more={"type": "object", "properties": {"x": {"type": "number"}, "y": {"type": "string"}}}),
        "properties.more.properties.y",
        "took anything",
    ),
    ({**OLD, "allOf": [rule("a", maximum=4)]}, "allOf.0.then.properties.n.maximum", "5 was taken"),
    ({**OLD, "allOf": [rule("a", maximum=5, multipleOf=2)]}, "n.multipleOf", "a rule added"),
    ({**OLD, "allOf": [*OLD["allOf"], rule("c", minimum=2)]}, "allOf.2.if", "was not asked"),
    ({**OLD, "allOf": [{"required": ["text"]}]}, "allOf", "cannot be compared"),
]  # fmt: skip


@pytest.mark.parametrize(("new", "where", "rule"), BROKEN, ids=range(len(BROKEN)))
def test_a_narrower_schema_is_told_by_its_rule(new: Schema, where: str, rule: str) -> None:
    (found,) = breaks(OLD, new)
    assert ".".join(found.loc).endswith(where)
    assert rule in found.rule


WIDER = [
    OLD,
    changed(further={"type": "string"}),
    changed(status={"enum": ["a", "b", "c"], "type": "string"}),
    changed(status={"type": "string"}),
    changed(text={"type": ["string", "integer"], "maxLength": 21, "description": "words"}),
    changed(text={}),
    changed(text=True),
    changed(n={"type": "number"}),
    changed(any={"x-unit": "m", "title": "Anything"}),
    {**OLD, "required": [], "title": "An event"},
    {**OLD, "additionalProperties": True},
    {**OLD, "allOf": [rule("b", minimum=1), rule("a", maximum=6)]},
    {**OLD, "allOf": [rule("b")]},
    {key: value for key, value in OLD.items() if key != "allOf"},
]


@pytest.mark.parametrize("new", WIDER, ids=range(len(WIDER)))
def test_a_wider_schema_is_taken(new: Schema) -> None:
    assert list(breaks(OLD, new)) == []


values = st.none() | st.booleans() | st.integers(-3, 12) | st.sampled_from(["", "a", "b", "long text", 1.5])
rules = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "integer", "number", "boolean", ["string", "null"], "object"]),
        "enum": st.lists(values, min_size=1, max_size=4),
        "const": values,
        "minimum": st.integers(-2, 3),
        "maximum": st.integers(4, 12),
        "minLength": st.integers(0, 2),
        "maxLength": st.integers(1, 9),
        "pattern": st.sampled_from(["^a", "b"]),
    },
)
names = st.sampled_from(["p", "q"])
conditions = st.builds(
    lambda name, value, then: {"if": {"properties": {name: {"const": value}}}, "then": then},
    *(names, st.sampled_from(["a", 1])),
    st.fixed_dictionaries({}, optional={"properties": st.dictionaries(names, rules, max_size=1)}),
)
schemas = st.fixed_dictionaries(
    {"properties": st.dictionaries(names, rules, max_size=2)},
    optional={
        "type": st.just("object"),
        "allOf": st.lists(conditions, min_size=1, max_size=2),
        "required": st.lists(names, unique=True, max_size=2),
        "additionalProperties": st.booleans() | rules,
    },
)
instances = st.dictionaries(st.sampled_from(["p", "q", "r"]), values, max_size=3)


@st.composite
def changes(draw: st.DrawFn) -> tuple[Schema, Schema]:
    """A schema, and the same with a few keys drawn anew: most pairs are wholly different otherwise."""
    old, other = draw(schemas), draw(schemas)
    new = {key: draw(st.sampled_from([old, other])).get(key) for key in {**old, **other}}
    for name, spec in old["properties"].items():
        if name in new["properties"] and draw(st.booleans()):
            fewer = {key: value for key, value in spec.items() if draw(st.booleans())}
            new["properties"] = {**new["properties"], name: fewer}
    if "allOf" in old and draw(st.booleans()):
        then = draw(st.sampled_from([{}, draw(conditions)["then"]]))
        new["allOf"] = [
            {"if": one["if"], "then": draw(st.sampled_from([one["then"], then]))} for one in old["allOf"]
        ]
    return old, {key: value for key, value in new.items() if value is not None}


@tried(400)
@given(pair=changes(), some=st.lists(instances, min_size=5, max_size=20))
def test_what_was_valid_stays_valid_unless_a_rule_is_said_to_break(
    pair: tuple[Schema, Schema], some: list[dict[str, Any]]
) -> None:
    old, new = pair
    assume(not list(breaks(old, new)))
    before, after = (jsonschema_rs.Draft202012Validator(schema) for schema in pair)
    assert [one for one in some if before.is_valid(one) and not after.is_valid(one)] == []


@tried(100)
@given(schema=schemas)
def test_no_schema_breaks_itself(schema: Schema) -> None:
    assert list(breaks(schema, schema)) == []
