"""How a feed tells its full-process online services from its partial ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import Field

from schemas.promise import Promise, Snake, Text


class ServiceLevels(Promise):
    """Which attribute says the level of a case's service, and which of its words mean which."""

    attribute: Snake
    full: tuple[Text, ...] = Field(min_length=1)
    partial: tuple[Text, ...] = Field(min_length=1)

    def check(self, texts: Mapping[str, Collection[str]]) -> None:
        """ValueError where it names no attribute of `texts`, by name with its words, or no word of it."""
        if self.attribute not in texts:
            raise ValueError(
                f"service_levels.attribute: {self.attribute!r} is no text among the attributes;"
                f" name one of {', '.join(texts)}"
            )
        words = [*self.full, *self.partial]
        for word in words:
            if word not in texts[self.attribute]:
                raise ValueError(f"service_levels: {word!r} is no word of {self.attribute}; add it there")
            if words.count(word) > 1:
                raise ValueError(f"service_levels: {word!r} is named twice; a word means one level")

    def definition(self) -> dict[str, Any]:
        """What can change a figure."""
        return {
            "attribute": self.attribute,
            "full": sorted(self.full),
            "partial": sorted(self.partial),
        }
