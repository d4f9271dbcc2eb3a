"""The words of timestamp formats: `iso`, or patterns such as `yyyyMMddHHmmss` and `MM/dd/yyyy hh:mm:ss a`."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

TOKENS = {
    "yyyy": r"(?P<year>\d{4})",
    "MM": r"(?P<month>\d{2})",
    "dd": r"(?P<day>\d{2})",
    "HH": r"(?P<hour>\d{2})",
    "hh": r"(?P<hour12>\d{2})",
    "mm": r"(?P<minute>\d{2})",
    "ss": r"(?P<second>\d{2})",
    "SSS": r"(?P<milli>\d{3})",
    "a": r"(?P<half>[AaPp]\.?[Mm]\.?)",
    # Three capital X are the letters of an offset in such patterns, as Java writes them.
    "XXX": r"(?P<offset>Z|[+-]\d{2}:?\d{2})",
}
_SPLIT = re.compile(r"yyyy|MM|dd|HH|hh|mm|SSS|ss|a|XXX|.")


def pattern_regex(pattern: str) -> str:
    """The regular expression of a pattern; ValueError names what it does not know."""
    parts = _SPLIT.findall(pattern)
    for part in parts:
        if part.isalpha() and part not in TOKENS and part != "T":
            raise ValueError(
                f"{part!r} is not known; use `iso` or {' '.join(TOKENS)} (yyyy and dd are small)"
            )
    _check_tokens([part for part in parts if part in TOKENS])
    return "".join(TOKENS.get(part, re.escape(part)) for part in parts)


def _check_tokens(used: list[str]) -> None:
    if len(set(used)) != len(used):
        raise ValueError("a part stands twice")
    if not {"yyyy", "MM", "dd"} <= set(used):
        raise ValueError("a pattern needs yyyy, MM and dd")
    if ("hh" in used) != ("a" in used) or {"HH", "hh"} <= set(used):
        raise ValueError("hh goes with a (AM/PM); 24 hours are HH")
    hour = "hh" if "hh" in used else "HH"
    for finer, coarser in (("SSS", "ss"), ("ss", "mm"), ("mm", hour)):
        if finer in used and coarser not in used:
            raise ValueError(f"{finer} needs {coarser}")


def check_pattern(text: str) -> str:
    if text != "iso":
        pattern_regex(text)
    return text


def check_zone(text: str) -> str:
    """`required`, or the zone in which this source writes times without one."""
    if text != "required":
        try:
            ZoneInfo(text)
        except (KeyError, ValueError, OSError) as exc:
            raise ValueError("`required`, or a zone of the IANA database, such as Asia/Ho_Chi_Minh") from exc
    return text
