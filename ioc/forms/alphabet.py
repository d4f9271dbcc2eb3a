"""The order of Vietnamese words: by letters (a ă â b c d đ e ê …), then by tones."""

from __future__ import annotations

from unicodedata import normalize

_LETTERS = {letter: n for n, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
_TONES = "\u0300\u0309\u0303\u0301\u0323"  # huyền, hỏi, ngã, sắc, nặng


def alphabetical(text: str) -> tuple[list[tuple[int, int]], list[int], str]:
    """A key to sort by; what is no letter comes before letters."""
    apart = normalize("NFD", text.casefold())
    bare = normalize("NFC", "".join(mark for mark in apart if mark not in _TONES))
    letters = [(1, _LETTERS[one]) if one in _LETTERS else (0, ord(one)) for one in bare]
    return letters, [_TONES.find(mark) for mark in apart], text
