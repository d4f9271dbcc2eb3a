"""Reading instants as sources write them: several formats, a zone for naive times, bounds, each text read once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from ioc.admit.reasons import Reason, Refusal
from schemas.times import pattern_regex

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
REMEMBERED = 16_384
ReadTime = Callable[[str, str], datetime]


class _Bad(Exception):
    def __init__(self, reason: Reason, mend: str) -> None:
        self.reason = reason
        self.mend = mend


def time_reader(formats: Sequence[str], zone: str, file: str) -> ReadTime:
    """(field, text) → instant in UTC; Refusal with bad-time, no-zone or impossible-time.

    A naive time is `zone`'s; of two readings in the hour that autumn repeats, the first is taken.
    """
    local = None if zone == "required" else ZoneInfo(zone)
    readers = [_iso if f == "iso" else _pattern_reader(f) for f in formats]
    expected = f"write it as {' or '.join(formats)}, or add its format under `times` in {file}"

    @lru_cache(REMEMBERED)
    def instant(text: str) -> datetime:
        for reader in readers:
            found = reader(text)
            if found is not None:
                return _in_bounds(found, local, file)
        raise _Bad("bad-time", expected)

    def read(field: str, text: str) -> datetime:
        try:
            return instant(text)
        except _Bad as exc:
            raise Refusal(exc.reason, field, text, exc.mend) from None

    return read


def _in_bounds(found: datetime, local: ZoneInfo | None, file: str) -> datetime:
    if found.tzinfo is None:
        if local is None:
            raise _Bad("no-zone", f"send the time with its zone, or name the source's zone in {file}")
        found = found.replace(tzinfo=local)
    try:
        at = found.astimezone(UTC)
    except OverflowError:
        at = datetime.min.replace(tzinfo=UTC)
    if not EARLIEST <= at < LATEST:
        raise _Bad("impossible-time", "send an instant between 1900 and 2200")
    return at


def _iso(text: str) -> datetime | None:
    if len(text) < 13:  # a date alone is no instant
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _pattern_reader(pattern: str) -> Callable[[str], datetime | None]:
    match = re.compile(pattern_regex(pattern), re.ASCII).fullmatch

    def read(text: str) -> datetime | None:
        found = match(text)
        if found is None:
            return None
        parts = found.groupdict()
        try:
            return datetime(
                int(parts["year"]),
                int(parts["month"]),
                int(parts["day"]),
                _hour(parts),
                int(parts.get("minute") or 0),
                int(parts.get("second") or 0),
                int(parts.get("milli") or 0) * 1000,
                _offset(parts.get("offset")),
            )
        except ValueError:
            return None

    return read


def _hour(parts: dict[str, str]) -> int:
    half = parts.get("half")
    if half is None:
        return int(parts.get("hour") or 0)
    hour = int(parts["hour12"])
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half[0] in "Pp" else 0)


def _offset(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
