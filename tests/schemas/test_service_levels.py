"""What a feed may say of its levels of service; each slip is named with its mend."""

from __future__ import annotations

import pytest

from schemas import load
from tests.schemas.conftest import FEED, Spoil

LEVELS = "service_levels: {attribute: service_level, full: [full], partial: [partial]}"
BAD = [
    ("attribute: service_level", "attribute: digitised", "'digitised' is no text among the attributes"),
    ("attribute: service_level", "attribute: level", "name one of service_level, payment"),
    ("full: [full]", "full: [whole]", "'whole' is no word of service_level; add it there"),
    ("partial: [partial]", "partial: [partial, full]", "'full' is named twice; a word means one level"),
    ("partial: [partial]", "partial: []", "[]"),
]


@pytest.mark.parametrize(("old", "new", "word"), BAD)
def test_levels_that_cannot_be_used_say_why(old: str, new: str, word: str, spoil: Spoil) -> None:
    found = spoil(FEED, LEVELS, LEVELS.replace(old, new))
    assert any(word in f"{one.mend} {one.value}" for one in found), found


def test_other_words_for_a_level_are_other_definitions() -> None:
    feed = load().feed("records")
    levels = feed.service_levels
    assert levels is not None
    other = feed.model_copy(
        update={"service_levels": levels.model_copy(update={"partial": ("information",)})}
    )
    assert other.definitions_hash != feed.definitions_hash
