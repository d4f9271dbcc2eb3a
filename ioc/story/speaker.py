"""Words, instants, days and hours as one language writes them, in the feed's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from ioc.story.lines import Line
from ioc.story.words import WORDS
from schemas.promise import Label

Lang = Literal["vi", "en"]
LANGS: tuple[Lang, ...] = ("vi", "en")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = 3_600_000_000  # microseconds


def instant(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


class Speaker:
    """vi: `17:00 05/05/2025`, `6,5 giờ`; en: `2025-05-05 17:00`, `6.5 hours`; seconds where there are any."""

    def __init__(self, lang: Lang, zone: str) -> None:
        self.lang: Lang = lang
        self.zone = zone
        self._zone, self._index = ZoneInfo(zone), LANGS.index(lang)

    def say(self, key: str, **values: object) -> str:
        """The words under `key`, filled in; KeyError for an unknown key."""
        return WORDS[key][self._index].format(**values)

    def known(self, group: str, code: str) -> str:
        """The words of a code of a group; a code without words shows itself."""
        return self.say(f"{group}.{code}") if f"{group}.{code}" in WORDS else code

    def label(self, words: Label) -> str:
        return words.vi if self.lang == "vi" else words.en

    def local(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    def when(self, at: datetime) -> str:
        local = at.astimezone(self._zone)
        clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
        return f"{clock} {self.day(local)}" if self.lang == "vi" else f"{self.day(local)} {clock}"

    def day(self, on: date) -> str:
        return f"{on:%d/%m/%Y}" if self.lang == "vi" else f"{on:%Y-%m-%d}"

    def days(self, n: int) -> str:
        return self.say("day" if n == 1 else "days", n=n)

    def hours(self, microseconds: int | None, unit: str = "worked") -> str:
        """`unit`: `worked` for hours of the office, `clock` for hours of the clock."""
        if microseconds is None:
            return self.say("no-hours")
        text = f"{microseconds / _HOUR:.2f}".rstrip("0").rstrip(".")
        many = unit if text != "1" else f"{unit}.one"
        return self.say(many, n=text.replace(".", ",") if self.lang == "vi" else text)

    def time(self, line: Line) -> str:
        """From when to when a timed line holds; empty for another."""
        if line.since is None:
            return ""
        if line.until is None and not line.lasts:
            return self.when(line.since)
        until = self.say("now") if line.until is None else self.when(line.until)
        return f"{self.when(line.since)} – {until}"

    def printed(self, line: Line) -> str:
        """A line of the terminal: a timed one after its instants."""
        time = self.time(line)
        return f"{time}  {line.text}" if time else line.text

    def data(self, line: Line) -> dict[str, Any]:
        """The line as JSON carries it: kind, text, and where there are any from, to, lasts, tone and time,
        the instants in words.
        """
        given = {"from": line.since, "to": line.until, "lasts": line.lasts or None, "tone": line.tone}
        told = {"kind": line.kind, "text": line.text, "time": self.time(line) or None, **given}
        return {name: value for name, value in told.items() if value is not None}
