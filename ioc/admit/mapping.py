"""A source mapping compiled: which kind a message is, and the events it tells of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ioc.admit.reasons import Refusal
from ioc.admit.times import time_reader
from ioc.admit.tokens import tokens_of
from ioc.admit.values import Ground, Message, ReadValue, as_text, field_getter, text_reader, value_reader
from schemas import AnyFeed, EventMapping, MessageMapping, SourceMapping, When, personal_fields
from schemas.source import template_parts


@dataclass(frozen=True)
class Draft:
    """An event as the mapping reads it, before the feed's checks; `origin` names the field of each datum."""

    case: str
    id: str
    time: datetime
    event: str
    dataschema: str
    data: dict[str, Any]
    origin: dict[str, str]


Make = Callable[[Message, str], "Draft | Refusal"]


class CompiledSource:
    """One source: `drafts` reads a message, `redacted` is what of it may be stored."""

    def __init__(self, source: SourceMapping, feed: AnyFeed, key: bytes) -> None:
        self.source = source
        self.feed = feed
        self.personal = frozenset(source.personal)
        self._token = tokens_of(key)
        missing = frozenset(("", *source.missing))
        read_time = time_reader(source.times, source.zone, source.file)
        self._ground = Ground(source, missing, self.personal, read_time, self._token)
        self._kinds = [(self._when(m.shape), self._kind(m)) for m in source.messages.values()]
        self._kept = {field: field_getter(field) for field in kept_fields(source)}

    def drafts(self, message: Message) -> list[Draft | Refusal]:
        """The message's events in the order of the mapping; a refused one does not take the others along."""
        for fits, kind in self._kinds:
            if fits(message):
                return kind(message)
        shapes = "; ".join(f"{name} has {shape_text(m.shape)}" for name, m in self.source.messages.items())
        mend = f"send a kind of message that {self.source.file} knows: {shapes}"
        return [Refusal("no-event", None, None, mend)]

    def redacted(self, message: Message) -> dict[str, Any]:
        """The fields the mapping reads, personal ones as tokens; every other field is gone."""
        kept: dict[str, Any] = {}
        for field, get in self._kept.items():
            raw = get(message)
            if raw is None:
                continue
            if isinstance(raw, dict | list | tuple):
                raw = []  # still of the wrong type, without what is in it
            elif field in self.personal:
                raw = self._token(str(raw).strip()) if str(raw).strip() not in self._ground.missing else ""
            _put(kept, field if field in message else field.split("."), raw)
        return kept

    def _kind(self, mapping: MessageMapping) -> Callable[[Message], list[Draft | Refusal]]:
        read_case = self._template(mapping.case, every=True)
        makers = [(self._when(event.when), self._maker(event)) for event in mapping.events]

        def read(message: Message) -> list[Draft | Refusal]:
            try:
                case = read_case(message)
            except Refusal as exc:
                return [exc]
            found = [make(message, case) for due, make in makers if due(message)]
            if not found:
                mend = f"none of its events is due by `when` in {self.source.file}"
                return [Refusal("no-event", None, None, mend)]
            return found

        return read

    def _maker(self, mapping: EventMapping) -> Make:
        read_id = self._template(mapping.id, every=False)
        read_time = self._time(mapping.time)
        dataschema = self.feed.dataschema(mapping.event, mapping.version)
        readers, origin = self._data(mapping, dataschema, self._day(read_time))

        def make(message: Message, case: str) -> Draft | Refusal:
            try:
                data = {name: datum for name, read in readers if (datum := read(message)) is not None}
                at = read_time(message)
                return Draft(case, read_id(message), at, mapping.event, dataschema, data, origin)
            except Refusal as exc:
                return exc

        return make

    def _data(
        self, mapping: EventMapping, dataschema: str, read_day: Callable[[Message], date]
    ) -> tuple[list[tuple[str, ReadValue]], dict[str, str]]:
        tokens = personal_fields(self.feed.event_schemas[dataschema])
        readers = [
            (
                name,
                value_reader(
                    name, value, self._ground, name in tokens or value.field in self.personal, read_day
                ),
            )
            for name, value in mapping.data.items()
        ]
        return readers, {name: value.field or name for name, value in mapping.data.items()}

    def _day(self, read_time: Callable[[Message], datetime]) -> Callable[[Message], date]:
        """The event's day where the source lives, or the feed where each time brings its own offset."""
        zone = ZoneInfo(self.feed.zone if self.source.zone == "required" else self.source.zone)
        return lambda message: read_time(message).astimezone(zone).date()

    def _time(self, field: str) -> Callable[[Message], datetime]:
        read_text, read_time = text_reader(field, self._ground.missing), self._ground.read_time

        def read(message: Message) -> datetime:
            text = read_text(message)
            if text is None:
                raise Refusal("missing-field", field, None, f"send {field}, the time it occurred")
            return read_time(field, text)

        return read

    def _template(self, text: str, every: bool) -> Callable[[Message], str]:
        parts = template_parts(text)
        fields = [(field, text_reader(field, self._ground.missing)) for field in parts[1::2]]
        literals = parts[::2]
        if not fields:
            return lambda _: text

        readers = [reader for _, reader in fields]
        frame = "%s".join(literal.replace("%", "%%") for literal in literals)

        def read(message: Message) -> str:
            said = [reader(message) for reader in readers]
            if None in said:
                if every or not any(said):
                    silent = fields[said.index(None)][0]
                    raise Refusal("missing-field", silent, None, f"send {silent}")
                said = [text or "" for text in said]
            return frame % tuple(said)

        return read

    def _when(self, when: When) -> Callable[[Message], bool]:
        missing = self._ground.missing
        present = [field_getter(field) for field in when.present]
        absent = [field_getter(field) for field in when.absent]
        equals = [(field, field_getter(field), word) for field, word in when.equals.items()]

        def fits(message: Message) -> bool:  # plain loops: asked several times of every message
            for get in present:
                raw = get(message)
                if raw is None or (raw.__class__ is str and raw.strip() in missing):
                    return False
            for get in absent:
                raw = get(message)
                if raw is not None and not (raw.__class__ is str and raw.strip() in missing):
                    return False
            return not equals or all(_says(field, get(message), word) for field, get, word in equals)

        return fits if present or absent or equals else lambda _: True


def shape_text(shape: When) -> str:
    """A shape in words, for the mend."""
    parts = [
        *shape.present,
        *(f"no {f}" for f in shape.absent),
        *(f"{f}={w}" for f, w in shape.equals.items()),
    ]
    return ", ".join(parts) or "any fields"


def kept_fields(source: SourceMapping) -> list[str]:
    """Every field the mapping reads, in its order; nothing else of a message is ever stored."""
    fields: dict[str, None] = {}
    for message in source.messages.values():
        for text in (message.case, *(event.id for event in message.events)):
            fields |= dict.fromkeys(template_parts(text)[1::2])
        for when in (message.shape, *(event.when for event in message.events)):
            fields |= dict.fromkeys((*when.present, *when.absent, *when.equals))
        for event in message.events:
            fields[event.time] = None
            fields |= dict.fromkeys(v.field for v in event.data.values() if v.field is not None)
    return list(fields)


def _says(field: str, raw: Any, word: str) -> bool:
    try:
        return as_text(field, raw) == word
    except Refusal:
        return False


def _put(into: dict[str, Any], path: str | list[str], value: Any) -> None:
    if isinstance(path, str):
        into[path] = value
        return
    for part in path[:-1]:
        into = into.setdefault(part, {})
    into[path[-1]] = value
