"""What the ledger says is there in both languages, with the same places to fill in."""

from __future__ import annotations

import re

import pytest

from ioc.ledger.words import WORDS, cause, say, signed
from ioc.story import LANGS, Lang
from jobs.restate import CAUSES


@pytest.mark.parametrize("key", WORDS)
def test_both_languages_have_the_same_places(key: str) -> None:
    places = [set(re.findall(r"\{(\w+)\}", text)) for text in WORDS[key]]
    assert places[0] == places[1]


@pytest.mark.parametrize("lang", LANGS)
def test_every_cause_has_words_and_a_strange_one_shows_itself(lang: Lang) -> None:
    told = {cause(lang, code) for code in CAUSES}
    assert len(told) == len(CAUSES)
    assert told.isdisjoint(CAUSES)
    assert cause("vi", "whim") == "whim"
    with pytest.raises(KeyError):
        say("vi", "whim")


def test_a_change_has_a_sign() -> None:
    assert [signed(n) for n in (3, 0, -12)] == ["+3", "+0", "−12"]
