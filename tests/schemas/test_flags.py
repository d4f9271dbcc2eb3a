"""Every flag has words, and no words are of a flag that is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from ioc.kernel.clock_flags import CLOCK_FLAGS
from ioc.kernel.states import FLAGS
from schemas import Unusable
from schemas.flags import FILE, flags


def test_every_flag_of_the_kernel_has_words_and_no_other() -> None:
    assert list(flags()) == [*FLAGS, *CLOCK_FLAGS]


def test_a_sentence_says_why_in_both_languages() -> None:
    for code, flag in flags().items():
        for text in (flag.why.vi, flag.why.en):
            assert text.endswith("."), code
            assert 30 < len(text) < 130, code
        assert not flag.label.vi.endswith("."), code


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "  why:\n    vi: Hồ sơ được xử lý",
            "  because:\n    vi: Hồ sơ được xử lý",
            r"no-reception\.because",
        ),
        (", en: Reopened}", "}", r"flags\.yaml:\d+: reopened\.label\.en: None; add it"),
        ("reopened:", "Reopened:", "Reopened"),
    ],
)
def test_a_file_without_the_words_is_refused(old: str, new: str, said: str, tmp_path: Path) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "flags.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Unusable, match=said):
        flags(path)
