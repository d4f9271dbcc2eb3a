"""AsyncAPI 3.0 of the feeds: channels, messages by event and version, and where they are sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any

import yaml

from ioc.feeds.events import envelope, needs_subject, sent_data, stored_data, stored_envelope
from ioc.feeds.shown import Shown
from schemas import AnyFeed, personal_fields

Part = dict[str, Any]
FORMAT = "application/schema+json;version=draft-2020-12"
CLOUDEVENT = "application/cloudevents+json"
SENT, STORED = "sent", "stored"
INTAKE = "intake.http"  # no feed has a dot in its name
DAY_MS = 86_400_000


def document(feeds: Sequence[AnyFeed], examples: Mapping[str, Sequence[Shown]]) -> Part:
    """The whole document as plain data; `examples` by feed."""
    messages = {name: part for feed in feeds for name, part in _messages(feed, examples.get(feed.feed, ()))}
    schemas = {"envelope": _schema(envelope()), "stored-envelope": _schema(stored_envelope())}
    schemas |= {name: _schema(part) for feed in feeds for name, part in _data(feed)}
    return {
        "asyncapi": "3.0.0",
        "info": _info(feeds),
        "defaultContentType": CLOUDEVENT,
        "servers": _servers(),
        "channels": {INTAKE: _intake(feeds), **{k: v for feed in feeds for k, v in _topics(feed)}},
        "operations": {INTAKE: _take(), **{k: v for feed in feeds for k, v in _operations(feed)}},
        "components": {"messages": messages, "schemas": schemas},
    }


class _Plain(yaml.SafeDumper):
    """Writes everything out: not every reader knows YAML's anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def as_yaml(parts: Part) -> str:
    """The document as text; the same feeds give the same text."""
    return yaml.dump(parts, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=110)


def _ref(*path: str) -> Part:
    return {"$ref": "#/" + "/".join(path)}


def _schema(schema: Part) -> Part:
    return {"schemaFormat": FORMAT, "schema": schema}


def _info(feeds: Iterable[AnyFeed]) -> Part:
    said = hashlib.sha256(repr([(feed.feed, feed.event_schemas) for feed in feeds]).encode()).hexdigest()[:12]
    return {
        "title": "IOC feeds",
        "version": f"{version('ioc-pipeline')}+{said}",
        "description": "What every feed promises: events in CloudEvents 1.0, JSON, one or a list of them. "
        "What is refused is kept with the reason, and the answer tells the mend.",
    }


def _servers() -> Part:
    return {
        "intake": {
            "host": "{host}",
            "protocol": "http",
            "description": "the intake of a deployment; `ioc status` shows its address",
            "variables": {"host": {"description": "name and port of the intake"}},
        },
        "broker": {
            "host": "{broker}",
            "protocol": "kafka",
            "description": "the Kafka of a deployment, for bridges that write to it and for readers",
            "variables": {"broker": {"description": "name and port of a broker"}},
        },
    }


def _keys(feed: AnyFeed, kind: str) -> list[tuple[str, str]]:
    """Dataschema and the name of its message, of every event and version."""
    return [(name, f"{name.replace('/', '.')}.{kind}") for name in feed.event_schemas]


def _intake(feeds: Iterable[AnyFeed]) -> Part:
    names = [name for feed in feeds for _, name in _keys(feed, SENT)]
    return {
        "address": "/v1/events",
        "title": "Intake",
        "description": "One event, or a list of them. `?feed=NAME` refuses events of other feeds. The answer "
        "gives a verdict for each: accepted, duplicate, or quarantined with reason, field, value and mend; "
        "503: send the same again.",
        "servers": [_ref("servers", "intake")],
        "messages": {name: _ref("components", "messages", name) for name in names},
    }


def _take() -> Part:
    return {
        "action": "receive",
        "channel": _ref("channels", INTAKE),
        "title": "Take events by HTTP",
        "bindings": {"http": {"method": "POST", "bindingVersion": "0.3.0"}},
    }


def _topics(feed: AnyFeed) -> Iterator[tuple[str, Part]]:
    accepted, raw, _ = feed.topics
    told = {accepted: (STORED, "accepted events, personal data as tokens; only admission writes here")}
    told[raw] = (
        SENT,
        "what bridges write; a header `ioc-source` names the mapping of a system's own messages",
    )
    for topic, (kind, what) in told.items():
        yield (
            topic,
            {
                "address": topic,
                "title": feed.label.en,
                "summary": what,
                "description": f"{feed.label.vi} · {feed.label.en}. {feed.owner}.",
                "servers": [_ref("servers", "broker")],
                "messages": {name: _ref("components", "messages", name) for _, name in _keys(feed, kind)},
                "tags": [{"name": feed.kind}],
                "bindings": {"kafka": _topic(feed, topic)},
            },
        )


def _topic(feed: AnyFeed, topic: str) -> Part:
    kept = {"cleanup.policy": ["delete"], "retention.ms": feed.topic.retention_days * DAY_MS}
    return {
        "topic": topic,
        "partitions": feed.topic.partitions,
        "topicConfiguration": kept,
        "bindingVersion": "0.5.0",
    }


def _operations(feed: AnyFeed) -> Iterator[tuple[str, Part]]:
    accepted, raw, _ = feed.topics
    yield f"{feed.feed}.publish", {"action": "send", "channel": _ref("channels", accepted)}
    yield f"{feed.feed}.bridge", {"action": "receive", "channel": _ref("channels", raw)}


def _data(feed: AnyFeed) -> Iterator[tuple[str, Part]]:
    for dataschema in feed.event_schemas:
        yield _data_name(feed, dataschema, STORED), stored_data(feed, dataschema)
        yield _data_name(feed, dataschema, SENT), sent_data(feed, dataschema)


def _data_name(feed: AnyFeed, dataschema: str, kind: str) -> str:
    """Where nothing is personal, what is stored is what was sent."""
    name = dataschema.replace("/", ".")
    return f"{name}.{kind}" if kind == SENT and personal_fields(feed.event_schemas[dataschema]) else name


def _messages(feed: AnyFeed, examples: Sequence[Shown]) -> Iterator[tuple[str, Part]]:
    for kind in (SENT, STORED):
        for dataschema, name in _keys(feed, kind):
            told = [(one.name, one.sent if kind == SENT else one.stored) for one in examples if one.stored]
            mine = [(of, said) for of, said in told if said and said["dataschema"] == dataschema]
            yield (
                name,
                {
                    "name": _type(dataschema),
                    "title": feed.event_schemas[dataschema].get("title", dataschema),
                    "contentType": CLOUDEVENT,
                    "payload": _schema(_event(feed, dataschema, kind)),
                    "bindings": {"kafka": {"key": {"type": "string"}, "bindingVersion": "0.5.0"}},
                    **({"examples": [{"name": of, "payload": said} for of, said in mine]} if mine else {}),
                },
            )


def _type(dataschema: str) -> str:
    return dataschema.rsplit(".", 1)[0].replace("/", ".")


def _event(feed: AnyFeed, dataschema: str, kind: str) -> Part:
    parts = ["envelope"] if kind == SENT else ["envelope", "stored-envelope"]
    said = {
        "allOf": [_ref("components", "schemas", part, "schema") for part in parts],
        "properties": {
            "type": {"const": _type(dataschema)},
            "dataschema": {"const": dataschema},
            "data": _ref("components", "schemas", _data_name(feed, dataschema, kind), "schema"),
        },
    }
    return {**said, "required": ["subject"]} if needs_subject(feed) else said
