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
    if text.startswith("tok_") and _TOKEN.fullmatch(text):
        return text
    said = text.strip() if text.isascii() else unicodedata.normalize("NFC", text.strip())
    return "tok_" + hmac.digest(key, said.encode("utf-8", "surrogatepass"), "sha256").hex()[:24]


def tokens_of(key: bytes) -> Callable[[str], str]:
    """`token` under one key, each text made once while it is remembered."""

    @lru_cache(REMEMBERED)
    def of(text: str) -> str:
        return token(key, text)

    return of


def personal_pattern(fields: Iterable[str]) -> re.Pattern[str] | None:
    """Finds `"Field": value`, `Field=value` and `<Field>value` of any of the fields, cut or broken too."""
    names = sorted({re.escape(field.rsplit(".", 1)[-1]) for field in fields}, key=len, reverse=True)
    if not names:
        return None
    quoted = r'"(?:[^"\\]|\\.)*(?:"|\\?$)|' + r"'[^']*(?:'|$)"
    value = rf"({quoted}|\[[^\]]*\]?|\{{[^}}]*\}}?|[^,;<}}\]\r\n]+)"
    return re.compile(rf'((?:{"|".join(names)})["\']?\s*[:=>]\s*){value}', re.DOTALL | re.IGNORECASE)


def masked_text(raw: bytes | str, personal: re.Pattern[str] | None) -> str:
    """The head of a text that could not be parsed, safe to keep.

    Where the source has personal fields and none of them is found by its name (a CSV row, say), nobody knows
    where they stand: then every letter and digit is masked.
    """
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    text = text.replace("\0", "")[: 2 * KEPT_TEXT]
    if personal is not None:
        text, found = personal.subn(rf'\1"{MASK}"', text)
        if not found:
            text = _LETTER_OR_DIGIT.sub("x", text)
    return _ADDRESS_OR_NUMBER.sub(MASK, text)[:KEPT_TEXT]
