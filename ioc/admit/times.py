"""Reading instants as sources write them: several formats, a zone for naive times, bounds."""

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
    regex = re.compile(pattern_regex(pattern), re.ASCII)
    match, named = regex.fullmatch, regex.groupindex
    names = [n for n in ("year", "month", "day", "hour", "hour12", "minute", "second") if n in named]
    rest = [0] * (6 - len(names))

    def read(text: str) -> datetime | None:
        found = match(text)
        if found is None:
            return None
        try:
            numbers = [int(part) for part in found.group(*names)] + rest
            if "half" in named:
                numbers[3] = _hour(numbers[3], found["half"])
            year, month, day, hour, minute, second = numbers
            milli = int(found["milli"]) if "milli" in named else 0
            zone = _offset(found["offset"]) if "offset" in named else None
            return datetime(year, month, day, hour, minute, second, milli * 1000, zone)
        except ValueError:
            return None

    return read


def _hour(hour: int, half: str) -> int:
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half[0] in "Pp" else 0)


def _offset(text: str) -> timezone:
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
