"""Differences of two states as JSON merge patches (RFC 7386): objects by key, null removes, lists whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def delta(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The patch that makes `new` of `old`; neither may hold None, which in a patch means taken away."""
    patch: dict[str, Any] = {key: None for key in old.keys() - new.keys()}
    for key, value in new.items():
        before = old.get(key)
        if before is value or before == value:
            continue
        if isinstance(before, dict) and isinstance(value, dict):
            patch[key] = delta(before, value)
        else:
            patch[key] = value
    return patch
