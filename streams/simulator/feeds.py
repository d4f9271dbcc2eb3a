"""The demo's simulated feeds beside the records: what is due of each, and how far each was sent."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from ioc.errors import Stop
from ioc.heartbeat import write_atomically
from schemas import Registry, Simulated
from schemas.simulated import strays
from streams.simulator.made import Made, Told

AT_ONCE = 1_000


class Way(Protocol):
    """A way in; `send` returns when the messages are acknowledged."""

    def send(self, messages: list[str]) -> None: ...


@dataclass
class Line:
    """One feed's messages from the day `since` on; those up to `until` were acknowledged."""

    made: Made
    since: date
    until: datetime
    _days: dict[date, list[Told]] = field(default_factory=dict)

    def due(self, now: datetime) -> list[Told]:
        """In the order of their sending; a day whose cases have all ended is let go."""
        found: list[Told] = []
        for day in self._begun(now):
            if day not in self._days:
                self._days[day] = self.made.day(day)
            told = self._days[day]
            first = bisect_right(told, self.until, key=lambda one: one.at)
            found += told[first : bisect_right(told, now, key=lambda one: one.at)]
            if first == len(told) and day < now.astimezone(self.made.zone).date():
                self._days[day] = []
        return sorted(found)

    def _begun(self, now: datetime) -> Iterator[date]:
        for n in range((now.astimezone(self.made.zone).date() - self.since).days + 1):
            yield self.since + timedelta(days=n)

    def known(self) -> dict[str, Any]:
        simulated = self.made.simulated.model_dump(mode="json")
        return {"simulated": simulated, "since": str(self.since), "until": self.until.isoformat()}


class Feeds:
    """Sends what is due of each feed; a progress on disk says how far, and by which settings it began."""

    def __init__(self, registry: Registry, home: Path, now: datetime, way: Way) -> None:
        self._way = way
        self._file = home / "run" / "simulated.json"
        try:
            before = json.loads(self._file.read_text()) if self._file.exists() else {}
            self._lines = {
                name: _line(before[name], name, registry)
                if name in before
                else _beginning(Made(registry.feeds[name], simulated, registry), now)
                for name, simulated in sorted(registry.simulated.items())
            }
        except (ValueError, KeyError) as exc:
            mend = "delete it to send every feed's history again"
            raise Stop(f"{self._file}: cannot be used ({exc}); {mend}") from exc

    def round(self, now: datetime) -> int:
        """How many messages were sent; Retry where the way in is shut: the next round sends them again."""
        sent = 0
        for line in self._lines.values():
            due = line.due(now)
            for start in range(0, len(due), AT_ONCE):
                part = due[start : start + AT_ONCE]
                self._way.send([told.text for told in part])
                rest = due[start + AT_ONCE :]
                # Several may share an instant, and a restart must not pass over any of them.
                line.until = part[-1].at if not rest or rest[0].at > part[-1].at else line.until
                sent += len(part)
                self._save()
            line.until = max(line.until, now)
        return sent

    def _save(self) -> None:
        known = {name: line.known() for name, line in self._lines.items()}
        write_atomically(self._file, json.dumps(known))


def _line(known: dict[str, Any], name: str, registry: Registry) -> Line:
    simulated = Simulated.model_validate(known["simulated"])
    for _, word, mend in strays(simulated, registry.feeds[name]):
        raise ValueError(f"{name} has changed, {word!r}: {mend}")
    made = Made(registry.feeds[name], simulated, registry)
    return Line(made, date.fromisoformat(known["since"]), datetime.fromisoformat(known["until"]))


def _beginning(made: Made, now: datetime) -> Line:
    today = now.astimezone(made.zone).date()
    since = today - timedelta(days=made.simulated.history_days)
    midnight = datetime(since.year, since.month, since.day, tzinfo=made.zone)
    return Line(made, since, midnight - timedelta(seconds=1))
