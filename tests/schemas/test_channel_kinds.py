"""What a feed may say of how forms count its channels; each slip is named with its mend."""

from __future__ import annotations

import pytest

from tests.schemas.conftest import FEED, Spoil

KINDS = 'channel_kinds: {online: online, direct: direct, postal: postal, "": direct}'
BAD = [
    (KINDS, KINDS.replace("online: online", "online: web"), "channel_kinds.online", "online"),
    (KINDS, KINDS.replace("{", "{fax: direct, "), "(the file)", "'fax' is no channel of this feed"),
    (KINDS, KINDS.replace("postal: postal, ", ""), "(the file)", "give 'postal' a kind too"),
    (KINDS, KINDS.replace(', "": direct', ""), "(the file)", "give '' a kind too"),
]


@pytest.mark.parametrize(("old", "new", "field", "word"), BAD, ids=range(len(BAD)))
def test_kinds_of_channels_that_cannot_be_used_say_why(
    old: str, new: str, field: str, word: str, spoil: Spoil
) -> None:
    found = spoil(FEED, old, new)
    assert any(f.field == field and word in f"{f.mend} {f.value}" for f in found), found
