"""Words for people are said in both languages, and mean something in each."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import yaml
from pydantic import BaseModel

from ioc.check.place import finding
from schemas import Finding
from schemas.findings import Path_
from schemas.promise import Label

UNITS = ("%", "‰")
WORDS = Path(__file__).with_name("words.yaml")


@functools.cache
def _placeholders() -> frozenset[str]:
    return frozenset(yaml.safe_load(WORDS.read_text(encoding="utf-8"))["placeholders"])


def check(file: str, promise: object) -> Iterator[Finding]:
    """Findings about every label within a promise, or within a table of promises."""
    for loc, label in labels(promise, ()):
        for language, text in (("vi", label.vi), ("en", label.en)):
            if mend := _lacking(text):
                yield finding(file, (*loc, language), text, mend)
        if label.vi == label.en and " " in label.en.strip():  # one word may be a name: Zalo, E-mail
            mend = "the same in both languages: translate it"
            yield finding(file, loc, label.vi, mend)


def _lacking(text: str) -> str | None:
    if text in UNITS:
        return None
    plain = text.strip().strip(".…?!-_").lower()
    if not any(letter.isalnum() for letter in plain):
        return "say in words what it is"
    if plain in _placeholders():
        return "a word that holds a place; say what it is"
    if text != text.strip():
        return "take the blanks around it away"
    return None


def labels(promise: object, loc: Path_) -> Iterator[tuple[Path_, Label]]:
    """Every label and where it stands."""
    if isinstance(promise, Label):
        yield loc, promise
    elif isinstance(promise, BaseModel):
        for name in type(promise).model_fields:
            yield from labels(getattr(promise, name), (*loc, name))
    elif isinstance(promise, dict):
        for key, value in promise.items():
            yield from labels(value, (*loc, key))
    elif isinstance(promise, tuple):
        for i, value in enumerate(promise):
            yield from labels(value, (*loc, i))
