"""Personal data at the door: values become tokens, and what is kept of refused messages holds none."""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

MASK = "•••"
_TOKEN = re.compile(r"tok_[0-9a-f]{24}")
_ADDRESS_OR_NUMBER = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|\+?\d[\d ]{7,}\d")
_LETTER_OR_DIGIT = re.compile(r"\w")
REMEMBERED = 16_384
KEPT_TEXT = 2_000  # characters of a text that nothing could be made of


def token(key: bytes, text: str) -> str:
    """HMAC-SHA256 as `tok_` + 24 hex; the same person gives the same token, a token stays what it is."""
    if _TOKEN.fullmatch(text):
        return text
    return "tok_" + hmac.digest(key, unicodedata.normalize("NFC", text.strip()).encode(), "sha256").hex()[:24]


def tokens_of(key: bytes) -> Callable[[str], str]:
    """`token` under one key, each text made once while it is remembered."""

    @lru_cache(REMEMBERED)
    def of(text: str) -> str:
        return token(key, text)

    return of


def personal_pattern(fields: Iterable[str]) -> re.Pattern[str] | None:
    """Finds `"Field": value` of any of the fields, also in JSON that is cut or broken."""
    names = sorted({re.escape(field.rsplit(".", 1)[-1]) for field in fields}, key=len, reverse=True)
    if not names:
        return None
    value = r'("(?:[^"\\]|\\.)*(?:"|\\?$)|\[[^\]]*\]?|\{[^}]*\}?|[^,}\]\s]+)'
    return re.compile(rf'(["\']?\b(?:{"|".join(names)})\b["\']?\s*[:=]\s*){value}', re.DOTALL)


def masked_text(raw: bytes | str, personal: re.Pattern[str] | None) -> str:
    """The head of a text that could not be parsed, safe to keep.

    Where the personal fields can be found by name their values are masked; where the source has personal
    fields and names none of its fields (a CSV row), every letter and digit is.
    """
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    if personal is not None:
        if not re.search(r"\w[\"']?\s*[:=]", text):
            return _LETTER_OR_DIGIT.sub("x", text[:KEPT_TEXT])
        text = personal.sub(lambda m: f'{m.group(1)}"{MASK}"', text)
    return _ADDRESS_OR_NUMBER.sub(MASK, text)[:KEPT_TEXT]
