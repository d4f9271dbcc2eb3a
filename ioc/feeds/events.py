"""JSON Schemas of whole events: the CloudEvents envelope, as sent and as stored, and the data in it."""

from __future__ import annotations

from typing import Any

from ioc.admit.promised import LONGEST
from schemas import AnyFeed, ObservationFeed, personal_fields

Schema = dict[str, Any]
INSTANT: Schema = {"type": "string", "format": "date-time", "description": "an instant with its zone"}
SENT_PERSONAL: Schema = {"type": ["string", "number", "boolean"]}  # whatever it is, a token of it is kept


def _text(description: str, longest: int | None = None) -> Schema:
    most = {} if longest is None else {"maxLength": longest}
    return {"type": "string", "minLength": 1, **most, "description": description}


def envelope() -> Schema:
    """The attributes that a sender gives."""
    of_whom = "whose event it is: the case's code; an observation needs none"
    return {
        "type": "object",
        "required": ["specversion", "id", "source", "type", "time", "dataschema", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": _text(
                "with `source` and content it identifies the event; the same again is a duplicate",
                LONGEST["id"],
            ),
            "source": _text("the system that speaks", LONGEST["source"]),
            "type": _text("<feed>.<event>"),
            "subject": _text(of_whom, LONGEST["case"]),
            "time": {**INSTANT, "description": "when it occurred, by the agency's clock, with its zone"},
            "dataschema": _text("<feed>/<event>.<version>"),
            "datacontenttype": {"const": "application/json"},
            "caseid": _text("the case's code where `subject` is another", LONGEST["case"]),
            "data": {"type": "object"},
        },
    }


def stored_envelope() -> Schema:
    """The attributes that admission adds on the feed's own topic."""
    return {
        "type": "object",
        "required": ["subject", "datacontenttype", "caseid", "hash", "hash16", "receivedat"],
        "properties": {
            "caseid": _text("the case; also the message's key"),
            "hash": _text("of all that the sender said"),
            "hash16": {
                "type": "integer",
                "minimum": 0,
                "maximum": 65_535,
                "description": "the case's place in the log",
            },
            "receivedat": {**INSTANT, "description": "when we received it, by our clock"},
            "batch": _text("the import or request that it came in"),
            "seq": {"type": "integer", "minimum": 0, "description": "its number in the batch"},
            "raw": _text("the raw message that it comes of: topic/partition/offset"),
        },
    }


def stored_data(feed: AnyFeed, dataschema: str) -> Schema:
    """The data as stored: the promised schema, with the closed lists of feed.yaml as `enum`."""
    schema = feed.event_schemas[dataschema]
    properties = {name: _listed(feed, name, spec) for name, spec in schema["properties"].items()}
    return {**schema, "properties": properties}


def _listed(feed: AnyFeed, name: str, spec: Schema) -> Schema:
    if name not in feed.words or "enum" in spec or "const" in spec or spec.get("type") != "string":
        return spec
    return {**spec, "enum": list(feed.words[name])}


def sent_data(feed: AnyFeed, dataschema: str) -> Schema:
    """The data as sent: what is personal comes as it is, and is a token from the door on."""
    schema = stored_data(feed, dataschema)
    open_ = {name: _sent_personal(schema["properties"][name]) for name in personal_fields(schema)}
    return {**schema, "properties": {**schema["properties"], **open_}}


def _sent_personal(spec: Schema) -> Schema:
    return {
        **SENT_PERSONAL,
        **{key: said for key, said in spec.items() if key in ("description", "x-personal")},
    }


def needs_subject(feed: AnyFeed) -> bool:
    """An observation's code is made of its data."""
    return not isinstance(feed, ObservationFeed)
