"""The words of words.yaml, Vietnamese and English side by side."""

from __future__ import annotations

from importlib.resources import files

import yaml

Two = tuple[str, str]  # vi, en


def words(text: str) -> dict[str, Two]:
    """From YAML `key: [vi, en]`; ValueError names a key that lacks either."""
    found: dict[str, Two] = {}
    for key, pair in yaml.safe_load(text).items():
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(p, str) and p for p in pair)):
            raise ValueError(f"{key}: {pair!r} is no pair; write [Vietnamese, English]")
        found[key] = (pair[0], pair[1])
    return found


WORDS = words((files("ioc.story") / "words.yaml").read_text(encoding="utf-8"))
