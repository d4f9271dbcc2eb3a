"""What a feed asks of every event, whoever sent it: codes, times, schema, sizes, clean text."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import jsonschema_rs

from ioc.admit.hints import Hints
from ioc.admit.observed import observation_key
from ioc.admit.reasons import Reason, Refusal
from ioc.admit.verdict import Admitted
from ioc.event import Event
from schemas import AnyFeed, ObservationFeed, Registry, personal_fields

LONGEST = {
    "case": 400,
    "source": 400,
    "id": 800,
}  # bytes: together they are an index row of PostgreSQL (2,704)
SHORT = 100  # characters that need no more than 400 bytes
DEEPEST = 32
MEND_POISON = "send text without NUL and lone surrogates, and finite numbers"
Policy = Literal["own", "known", "any"]


@dataclass(frozen=True)
class Codes:
    """A closed list of codes for one datum, the reason for any other, and where to add one."""

    name: str
    known: Collection[str]
    reason: Reason
    mend: str
    hint: Hints

    def refusal(self, code: str) -> Refusal:
        return Refusal(self.reason, self.name, code, self.mend + self.hint(code))


class PromisedFeed:
    """One feed's checks, compiled once."""

    def __init__(self, feed: AnyFeed, registry: Registry, max_bytes: int) -> None:
        self.feed = feed
        self.name = feed.feed
        self.max_bytes = max_bytes
        self.ahead = timedelta(minutes=feed.future_minutes)
        self.validators = {
            name: jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
            for name, schema in feed.event_schemas.items()
        }
        self._joining = feed.joining
        self._placeholders = [re.compile(p) for p in (feed.joined_by.placeholders if feed.joined_by else ())]
        schemas = feed.event_schemas.items()
        self.tokens = {name: personal_fields(schema) for name, schema in schemas}
        self.instants = {name: _instants(schema) for name, schema in schemas}
        self.personal = frozenset().union(*self.tokens.values())
        self.nested = {n: _nested(spec) for _, schema in schemas for n, spec in schema["properties"].items()}
        self._fixed = [
            self._codes(name, known, "unknown-status" if name == "status" else "unknown-word", feed.file)
            for name, known in feed.words.items()
        ]
        agencies = "reference/agencies.csv of a folder in IOC_SCHEMAS_PATH"
        procedures = "reference/procedures.csv of a folder in IOC_SCHEMAS_PATH"
        self._agencies = [
            self._codes("agency", registry.agencies, "unknown-agency", agencies),
            self._codes("receiving_agency", registry.agencies, "unknown-agency", agencies),
        ]
        self._procedures = self._codes("procedure", registry.procedures, "unknown-procedure", procedures)

    def case_of(self, said: str, data: dict[str, Any]) -> str:
        """The code that an event speaks of: as its sender said, or what an observation is of."""
        return observation_key(self.feed, data) if isinstance(self.feed, ObservationFeed) else said

    def codes(self, agencies: Policy, procedures: Policy) -> list[Codes]:
        """The lists that an event must keep to."""
        return [
            *self._fixed,
            *(self._agencies if agencies == "known" else ()),
            *([self._procedures] if procedures == "known" else ()),
        ]

    def admitted(self, event: Event, codes: list[Codes]) -> Admitted:
        """The event with its hash, key and bytes; Refusal where it breaks the feed's promise."""
        self.check(event, codes)
        try:
            # Set once, before anyone else holds the event; building it anew would cost as much as reading it.
            object.__setattr__(event, "hash", event.content_hash())
            value = event.to_bytes()
        except (TypeError, UnicodeEncodeError):
            raise poison(event) or Refusal("poison-text", "data", None, MEND_POISON) from None
        if b"\\u00" in value and (refusal := poison(event)):
            raise refusal
        if len(value) > self.max_bytes:
            raise Refusal("too-large", None, len(value), f"send at most {self.max_bytes} bytes an event")
        return Admitted(self.name, event.case_id.encode(), value, event)

    def check(self, event: Event, codes: list[Codes]) -> None:
        """Refusal with the first promise that the event breaks."""
        check_sizes(event)
        data = event.data
        for listed in codes:
            code = data.get(listed.name)
            if code.__class__ is str and code not in listed.known:  # other types are the schema's to refuse
                raise listed.refusal(code)
        validator = self.validators[event.dataschema]
        if not validator.is_valid(event.data):
            error = next(iter(validator.iter_errors(event.data)))
            raise violation(error, event.dataschema, self.feed.event_schemas[event.dataschema])
        if event.type == self._joining:
            self._check_other_code(event)

    def _check_other_code(self, event: Event) -> None:
        """The other code is a code as ours are, and another one."""
        assert self.feed.joined_by is not None
        name = self.feed.joined_by.same_as
        other = event.data[name]
        if other == event.case_id:
            mend = "name the other code of the case, or do not send this event: a code is no alias of itself"
            raise Refusal("schema-violation", name, other, mend)
        for field, code in (("case", event.case_id), (name, other)):
            if any(form.fullmatch(code) for form in self._placeholders):
                mend = "a placeholder stands for no case and joins none: send the code itself"
                raise Refusal("schema-violation", field, code, mend)
        if not other or other != other.strip():
            raise Refusal("schema-violation", name, other, "send the code without blanks around it")
        if len(other.encode("utf-8", "surrogatepass")) > LONGEST["case"]:
            raise Refusal("too-large", name, other, f"send at most {LONGEST['case']} bytes")

    def seal(self, event: Event, content: dict[str, Any], value: bytes) -> None:
        """Sets the hash of an event read from our own topic's `value`; Refusal where it says another."""
        try:
            found = event.content_hash()
        except TypeError:
            raise poison(event) or Refusal("poison-text", "data", None, MEND_POISON) from None
        if b"\\u00" in value and (refusal := poison(event)):
            raise refusal
        if content.get("hash") != found:
            raise Refusal(
                "schema-violation", "hash", content.get("hash"), f"only admission writes this topic: {found}"
            )
        object.__setattr__(event, "hash", found)

    def check_not_ahead(self, field: str, at: datetime, now: datetime) -> None:
        if at > now + self.ahead:
            raise Refusal(
                "future-time", field, at.isoformat(), f"send it when it has occurred; here it is {now:%FT%TZ}"
            )

    def _codes(self, name: str, known: Collection[str], reason: Reason, file: str) -> Codes:
        return Codes(name, known, reason, f"add it to {file}, or send a known code", Hints(known))


def _nested(spec: dict[str, Any]) -> bool:
    return spec.get("type") not in ("string", "number", "integer", "boolean")


def _instants(schema: dict[str, Any]) -> frozenset[str]:
    return frozenset(n for n, spec in schema["properties"].items() if spec.get("format") == "date-time")


def check_sizes(event: Event) -> None:
    """Refusal for what is empty or too long for PostgreSQL's index."""
    if 0 < len(event.case_id) <= SHORT and 0 < len(event.source) <= SHORT and 0 < len(event.id) <= SHORT:
        return
    for name, text in (("case", event.case_id), ("source", event.source), ("id", event.id)):
        if not text:
            raise Refusal("missing-field", name, None, f"send the {name}")
        if len(text.encode("utf-8", "surrogatepass")) > LONGEST[name]:
            raise Refusal("too-large", name, text, f"send at most {LONGEST[name]} bytes")


def poison(event: Event) -> Refusal | None:
    """Names the datum with NUL or a lone surrogate, if there is one."""
    named = {"case": event.case_id, "source": event.source, "id": event.id, "subject": event.subject}
    for name, value in (*named.items(), *event.data.items()):
        if not storable(value) or not storable(name):
            return Refusal("poison-text", name, ascii(value), MEND_POISON)
    return None


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def storable(value: Any, depth: int = 0) -> bool:
    """Whether PostgreSQL can store it: no NUL, no lone surrogate, finite numbers, not nested without end."""
    if isinstance(value, str):
        return "\0" not in value and (value.isascii() or _encodes(value))
    if isinstance(value, float):
        return value - value == 0
    if isinstance(value, dict | list):
        inside = [*value, *value.values()] if isinstance(value, dict) else value
        return depth < DEEPEST and all(storable(item, depth + 1) for item in inside)
    return True


_REASONS: dict[str, Reason] = {"required": "missing-field", "type": "wrong-type", "format": "bad-time"}


def violation(error: jsonschema_rs.ValidationError, dataschema: str, schema: dict[str, Any]) -> Refusal:
    """The schema's first complaint; the library's own words would quote the whole datum."""
    kind: Any = error.kind  # the stubs leave out what each kind carries
    field = ".".join(str(part) for part in error.instance_path)
    if kind.name == "required":
        field = str(kind.property)
    elif kind.name == "additionalProperties":
        field = str(kind.unexpected[0])
    value = None if isinstance(error.instance, dict | list) else error.instance
    asked: Any = schema
    for part in error.schema_path:
        asked = asked[part]
    mend = f"keep to {dataschema}: {'.'.join(map(str, error.schema_path))} = {asked!r}"
    return Refusal(_REASONS.get(kind.name, "schema-violation"), field or None, value, mend)
