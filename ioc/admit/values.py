"""One datum out of a message: field, missing, pattern, words, token, kind; compiled once into a function."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ioc.admit.hints import Hints
from ioc.admit.reasons import Refusal
from ioc.admit.times import ReadTime
from ioc.event import instant_text
from schemas import SourceMapping, Value, Vocabulary

Message = Mapping[str, Any]
ReadText = Callable[[Message], "str | None"]
ReadValue = Callable[[Message], Any]
ReadDay = Callable[[Message], date]
Step = Callable[[str, str], Any]


def field_getter(field: str) -> Callable[[Message], Any]:
    """The raw value of a field; `a.b` reaches inside where no key is named `a.b` itself."""
    if "." not in field:
        return lambda message: message.get(field)
    path = field.split(".")

    def reach(message: Message) -> Any:
        if field in message:
            return message[field]
        at: Any = message
        for part in path:
            if not isinstance(at, Mapping):
                return None
            at = at.get(part)
        return at

    return reach


def as_text(field: str, raw: Any) -> str | None:
    """Any scalar as NFC text; Refusal for what has no text (lists, objects, numbers that are none)."""
    if isinstance(raw, str):
        return unicodedata.normalize("NFC", raw.strip())
    if raw is None:
        return None
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float) and not math.isfinite(raw):
        raise Refusal("poison-text", field, raw, "send a finite number")
    if isinstance(raw, int | float):
        return str(raw)
    raise Refusal("wrong-type", field, type(raw).__name__, "send one text or number")


def text_reader(field: str, missing: frozenset[str]) -> ReadText:
    """The field as text, None where nothing was said."""
    get = field_getter(field)

    def said(raw: Any) -> str | None:
        if raw.__class__ is str and raw.isascii():  # most of what is ever read
            plain: str = raw.strip()
            return None if plain in missing else plain
        text = as_text(field, raw)
        return None if text is None or text in missing else text

    if "." in field:
        return lambda message: said(get(message))
    return lambda message: said(message.get(field))


NO_WORDS = Vocabulary(words={})  # of a day that no vocabulary holds


@dataclass(frozen=True)
class Ground:
    """What the values of one source share."""

    source: SourceMapping
    missing: frozenset[str]
    personal: frozenset[str]
    read_time: ReadTime
    token: Callable[[str], str]


def value_reader(name: str, value: Value, ground: Ground, personal: bool, read_day: ReadDay) -> ReadValue:
    """The datum `name`, ready for the event's data; None where nothing was said."""
    held = ground.source.words[value.words] if value.words else (None,)
    readers = [(one, _reader(name, value, ground, personal, one)) for one in held]
    if len(held) == 1 and (held[0] is None or held[0].always):
        return readers[0][1]
    silent = _reader(name, value, ground, personal, NO_WORDS)

    def datum(message: Message) -> Any:
        day = read_day(message)
        return next((read for one, read in readers if one and one.holds(day)), silent)(message)

    return datum


def _reader(name: str, value: Value, ground: Ground, personal: bool, words: Vocabulary | None) -> ReadValue:
    steps = [step for step in _steps(name, value, ground, personal, words) if step is not None]
    if value.constant is not None:
        constant = steps[-1](name, value.constant) if steps else value.constant
        return lambda _: constant
    field = value.field or name
    read = text_reader(field, ground.missing | frozenset(value.missing))
    if value.required:
        read = _required(field, read)
    if not steps:
        return read
    return _stepped(field, read, steps)


def _required(field: str, read: ReadText) -> ReadText:
    def said(message: Message) -> str:
        text = read(message)
        if text is None:
            raise Refusal("missing-field", field, None, f"send {field}")
        return text

    return said


def _stepped(field: str, read: ReadText, steps: list[Step]) -> ReadValue:
    first, rest = steps[0], steps[1:]

    def datum(message: Message) -> Any:
        text = read(message)
        at = None if text is None else first(field, text)
        for step in rest:
            if at is None:
                return None
            at = step(field, at)
        return at

    return datum


def _steps(
    name: str, value: Value, ground: Ground, personal: bool, words: Vocabulary | None
) -> list[Step | None]:
    file = ground.source.file
    return [
        _pattern(value, file) if value.pattern else None,
        _words(f"words.{value.words}", words, file) if words else None,
        (lambda _, text: ground.token(text)) if personal else None,
        None if personal else _converted(name, value, ground),
    ]


def _pattern(value: Value, file: str) -> Step:
    match = re.compile(value.pattern or "").search

    def take(field: str, text: str) -> str | None:
        found = match(text)
        if found is None and value.unmatched == "refuse":
            raise Refusal(
                "unknown-word", field, text, f"write it as {value.pattern}, or mend the pattern in {file}"
            )
        return found.group(1) if found else None

    return take


def _words(table: str, held: Vocabulary, file: str) -> Step:
    known = {unicodedata.normalize("NFC", word): code for word, code in held.words.items()}
    hint = Hints(known)
    where = f"{table}{held.shown}" if held.words else f"{table}, in words for the day it occurred,"

    def translate(field: str, text: str) -> str:
        code = known.get(text)
        if code is None:
            raise Refusal("unknown-word", field, text, f"add it under {where} in {file}{hint(text)}")
        return code

    return translate


def _converted(name: str, value: Value, ground: Ground) -> Step | None:
    kind = value.kind or ("time" if name == "due_at" else "text")
    if kind == "text":
        return None
    if kind == "time":
        return lambda field, text: instant_text(ground.read_time(field, text))
    convert = {"integer": _integer, "number": _number, "boolean": _boolean}[kind]

    def read(field: str, text: str) -> Any:
        try:
            return convert(text)
        except ValueError:
            raise Refusal("wrong-type", field, text, f"send it as {kind}") from None

    return read


def _integer(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise ValueError(text)
    return int(text)


def _number(text: str) -> float:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?", text):
        raise ValueError(text)
    return float(text)


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false", "1", "0"):
        raise ValueError(text)
    return text.lower() in ("true", "1")
