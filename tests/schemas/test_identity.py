"""What a feed may say of codes and of systems that are believed; each slip is named with its mend."""

from __future__ import annotations

import pytest

from tests.schemas.conftest import FEED, Spoil

BAD = [
    ("event: alias", "event: twin", "(the file)", "no event of this feed"),
    ("same_as: same_as", "same_as: reason", "identity.same_as", "must require"),
    ("'^[A-Z]", "'[A-Z]", "identity.codes.0", "begin it with ^"),
    ("'^[A-Z]", "'^(?=[A-Z])[A-Z]", "identity.codes.0", "(?: ) alone"),
    ("'^[A-Z]", "'^([A-Z]", "identity.codes.0", "regular expression"),
    ("'^[A-Z]", r"'^\d[A-Z]", "identity.codes.0", "such as [0-9]"),
    ("'^0+", "'0+", "identity.placeholders.0", "begin it with ^"),
    ("tolerance_minutes: 60", "", "authority.tolerance_minutes", "add it"),
    ("phases: [open, paused]", "phases: [open, resolved]", "authority", "stands in stages"),
    ("phases: [open, paused]", "phases: [open, note]", "authority.stages.processing.phases.1", "paused"),
    ("phases: [open, paused]", "phases: [open, open]", "authority.stages.processing", "twice"),
    ('sources: ["*", dichvucong.gov.vn]', 'sources: ["*", "*"]', "authority.stages.processing", "twice"),
    ('sources: ["*", dichvucong.gov.vn]', "sources: []", "authority.stages.processing.sources", "at least"),
]


@pytest.mark.parametrize(("old", "new", "field", "word"), BAD, ids=range(len(BAD)))
def test_an_identity_that_cannot_be_used_says_why(
    old: str, new: str, field: str, word: str, spoil: Spoil
) -> None:
    found = spoil(FEED, old, new)
    assert any(f.field == field and word in f"{f.mend} {f.value}" for f in found), found
