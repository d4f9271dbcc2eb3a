"""What the catalogue's own words are, read once from words.yaml."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml

from schemas.promise import Label

FILE = Path(__file__).with_name("words.yaml")


@functools.cache
def _all() -> dict[str, dict[str, Any]]:
    return dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def word(group: str, name: str, **values: object) -> Label:
    """The words of a group by name, {value} filled in, {s} unless `n` is 1; KeyError where there are none."""
    vi, en = _all()[group][name]
    said = {"s": "" if values.get("n") == 1 else "s", **values}
    return Label(vi=vi.format(**said), en=en.format(**said))


def heads(*names: str) -> list[Label]:
    """Headings of a table."""
    return [word("head", name) for name in names]


def known(group: str, name: str) -> Label | None:
    """The words, or None where the group has none of this name."""
    return word(group, name) if name in _all()[group] else None
