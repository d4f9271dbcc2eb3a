"""The ledger's words, Vietnamese and English side by side."""

from __future__ import annotations

from importlib.resources import files

from ioc.story import LANGS, Lang
from ioc.story.words import words

WORDS = words((files("ioc.ledger") / "words.yaml").read_text(encoding="utf-8"))


def say(lang: Lang, key: str, **values: object) -> str:
    """The words under `key`, filled in; KeyError for an unknown key."""
    return WORDS[key][LANGS.index(lang)].format(**values)


def cause(lang: Lang, code: str) -> str:
    """A cause in words; one without words shows itself."""
    return say(lang, f"cause.{code}") if f"cause.{code}" in WORDS else code


def signed(n: int) -> str:
    return f"{n:+d}".replace("-", "−")
