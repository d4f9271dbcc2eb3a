"""The AsyncAPI document holds to AsyncAPI's own schema, and its payloads to what admission does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from ioc.feeds.asyncapi import INTAKE, as_yaml, document
from ioc.feeds.shown import Examples
from schemas import Registry, load, personal_fields
from tests.feeds.conftest import NOW, Told

# AsyncAPI's own schema, published at npm: a development dependency, since only this test asks it.
PUBLISHED = Path("node_modules/@asyncapi/specs/schemas/3.0.0-without-$id.json")
BY_SCHEMA = ("unknown-status", "unknown-word", "wrong-type")  # reasons that a payload's schema knows, too


def references(part: Any) -> Iterator[str]:
    """Every $ref of the document."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inside in part.values():
            yield from references(inside)
    elif isinstance(part, list):
        for inside in part:
            yield from references(inside)


def at(parts: dict[str, Any], reference: str) -> Any:
    found: Any = parts
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


Fits = Callable[[str, object], bool]


@pytest.fixture(scope="module")
def fits(told: Told) -> Fits:
    """Whether a message's payload takes an event, as a reader of the document would find."""
    made: dict[str, jsonschema_rs.Draft202012Validator] = {}

    def is_valid(message: str, event: object) -> bool:
        if message not in made:
            rooted = {
                "components": told[0]["components"],
                "$ref": f"#/components/messages/{message}/payload/schema",
            }
            made[message] = jsonschema_rs.Draft202012Validator(rooted, validate_formats=True)
        return made[message].is_valid(event)

    return is_valid


def test_it_is_asyncapi_3(told: Told, pytestconfig: pytest.Config) -> None:
    published = json.loads((pytestconfig.rootpath / PUBLISHED).read_text(encoding="utf-8"))
    read = yaml.safe_load(as_yaml(told[0]))
    found = [str(error) for error in jsonschema_rs.Draft7Validator(published).iter_errors(read)]
    assert found == []
    broken = {**read, "channels": {INTAKE: {"address": 1}}}
    assert not jsonschema_rs.Draft7Validator(published).is_valid(broken)


def test_the_text_says_the_same_without_anchors(told: Told) -> None:
    text = as_yaml(told[0])
    assert yaml.safe_load(text) == told[0]
    assert "&id0" not in text
    assert "thủ tục" in text


def test_every_reference_leads_somewhere(told: Told) -> None:
    found = set(references(told[0]))
    assert len(found) > 100
    for reference in found:
        assert isinstance(at(told[0], reference), dict), reference


def test_every_topic_and_version_is_there_and_no_host(told: Told, registry: Registry) -> None:
    parts = told[0]
    assert [server["host"] for server in parts["servers"].values()] == ["{host}", "{broker}"]
    assert parts["channels"][INTAKE]["address"] == "/v1/events"
    for feed in registry.every.values():
        accepted, raw, _ = feed.topics
        versions = {name.replace("/", ".") for name in feed.event_schemas}
        assert set(parts["channels"][accepted]["messages"]) == {f"{name}.stored" for name in versions}
        assert set(parts["channels"][raw]["messages"]) == {f"{name}.sent" for name in versions}
        assert {f"{name}.sent" for name in versions} <= set(parts["channels"][INTAKE]["messages"])
        assert parts["channels"][accepted]["bindings"]["kafka"]["partitions"] == feed.topic.partitions


def test_what_is_accepted_fits_its_message_as_sent_and_as_stored(told: Told, fits: Fits) -> None:
    parts, shown = told
    tried = [one for examples in shown.values() for one in examples if one.stored]
    assert len(tried) > 50
    for one in tried:
        assert one.stored is not None
        name = one.stored["dataschema"].replace("/", ".")
        assert fits(f"{name}.sent", one.sent), one.name
        assert fits(f"{name}.stored", one.stored), one.name
    given = [
        message["examples"] for message in parts["components"]["messages"].values() if "examples" in message
    ]
    assert sum(map(len, given)) == 2 * len(tried)


def test_what_is_refused_for_a_word_or_a_type_fits_no_message(told: Told, fits: Fits) -> None:
    shown = told[1]
    tried = [one for examples in shown.values() for one in examples if one.reason in BY_SCHEMA]
    assert len(tried) > 30
    for one in tried:
        sent = json.loads(one.text)
        assert not fits(f"{sent['dataschema'].replace('/', '.')}.sent", sent), one.name


def test_nothing_personal_stands_in_what_is_stored(told: Told, registry: Registry) -> None:
    parts = told[0]
    for feed in registry.every.values():
        for dataschema, schema in feed.event_schemas.items():
            message = parts["components"]["messages"][f"{dataschema.replace('/', '.')}.stored"]
            for example in message.get("examples", ()):
                for name in personal_fields(schema) & example["payload"]["data"].keys():
                    assert example["payload"]["data"][name].startswith("tok_")


def test_the_same_feeds_give_the_same_text(told: Told, registry: Registry) -> None:
    examples = Examples(registry, NOW.replace(year=2027))
    shown = {name: examples.of(feed) for name, feed in registry.every.items()}
    assert as_yaml(document(list(registry.every.values()), shown)) == as_yaml(told[0])


@pytest.mark.parametrize("kind", ["case", "observation"])
def test_two_versions_of_an_event_are_two_messages(odd: Path, kind: str) -> None:
    folder = odd / "feeds" / f"odd-{kind}"
    event = next(path.stem.partition(".")[0] for path in folder.glob("*.v1.json"))
    (folder / f"{event}.v2.json").write_text((folder / f"{event}.v1.json").read_text(encoding="utf-8"))
    text = (folder / "feed.yaml").read_text(encoding="utf-8")
    (folder / "feed.yaml").write_text(text.replace(f"{event}: [v1]", f"{event}: [v1, v2]"), encoding="utf-8")
    feed = load([odd]).every[f"odd-{kind}"]
    messages = document([feed], {})["components"]["messages"]
    assert set(messages) == {
        f"odd-{kind}.{event}.{v}.{how}" for v in ("v1", "v2") for how in ("sent", "stored")
    }
