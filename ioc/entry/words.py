"""The sheet's words and mends in both languages, read once from words.yaml."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml

from schemas.promise import Label

FILE = Path(__file__).with_name("words.yaml")


@functools.cache
def _all() -> dict[str, Any]:
    return dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def listed(name: str) -> frozenset[str]:
    """Words of one list, to be compared in small letters."""
    return frozenset(_all()[name])


def word(*path: str) -> Label:
    """The words at a place of the file; KeyError where there are none."""
    found: Any = _all()
    for part in path:
        found = found[part]
    return Label.model_validate(found)


def headings(name: str) -> list[str]:
    """The first row of a table of the explaining sheet."""
    return list(_all()["explain"][name])


def standard(name: str) -> tuple[Label, Label] | None:
    """Label and explanation of a datum that every such feed has."""
    if name not in _all()["columns"]:
        return None
    return word("columns", name, "label"), word("columns", name, "explain")


def mend(key: str, **values: object) -> Label:
    """How a cell is mended; a Label among the values is said in each language."""
    said = word("mends", key)
    texts = {
        lang: getattr(said, lang).format(
            **{n: getattr(v, lang) if isinstance(v, Label) else v for n, v in values.items()}
        )
        for lang in ("vi", "en")
    }
    return Label(**texts)
