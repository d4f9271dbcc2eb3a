"""The demo's simulated feeds beside the records: what is due of each, and how far each was sent."""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from ioc.errors import Stop
from ioc.heartbeat import write_atomically
from schemas import Registry, Simulated, SimulatedSeries
from schemas.simulated import strays
from schemas.simulated_series import strays_of_series
from streams.simulator.made import Made, Told
from streams.simulator.observed import Observed

AT_ONCE = 1_000


class Way(Protocol):
    """A way in; `send` returns when the messages are acknowledged."""

    def send(self, messages: list[str]) -> None: ...


class Making(Protocol):
    """What makes a feed's messages: a pure function of its settings and the day."""

    zone: ZoneInfo
    lasts: timedelta | None  # from a day to the last of its messages, where that is known

    @property
    def simulated(self) -> Simulated | SimulatedSeries: ...

    def day(self, day: date, past: bool = False) -> list[Told]: ...


@dataclass
class Line:
    """One feed's messages from the day `since` on; those up to `until` were acknowledged."""

    made: Making
    since: date
    until: datetime
    _open: dict[date, list[Told]] = field(default_factory=dict)
    _next: date | None = None

    def due(self, now: datetime) -> list[Told]:
        """In the order of their sending; a day whose messages are all sent is let go."""
        found, today = list[Told](), now.astimezone(self.made.zone).date()
        self._begin(today)
        for day, told in list(self._open.items()):
            first = bisect_right(told, self.until, key=lambda one: one.at)
            found += told[first : bisect_right(told, now, key=lambda one: one.at)]
            if first == len(told) and day < today:
                del self._open[day]
        return sorted(found)

    def _begin(self, today: date) -> None:
        """Makes the days up to today's; those before the demo began are past."""
        began = self.since + timedelta(days=self.made.simulated.history_days)
        day = self._next or self.since
        while day <= today:
            if not self.made.lasts or day + self.made.lasts >= self.until.date():
                self._open[day] = self.made.day(day, past=day < began)
            day += timedelta(days=1)
        self._next = day

    def known(self) -> dict[str, Any]:
        simulated = self.made.simulated.model_dump(mode="json")
        return {"simulated": simulated, "since": str(self.since), "until": self.until.isoformat()}


class Feeds:
    """Sends what is due of each feed; a progress on disk says how far, and by which settings it began."""

    def __init__(self, registry: Registry, home: Path, now: datetime, way: Way) -> None:
        self._way = way
        self._file = home / "run" / "simulated.json"
        every: dict[str, Simulated | SimulatedSeries] = {**registry.simulated, **registry.simulated_series}
        try:
            before = json.loads(self._file.read_text()) if self._file.exists() else {}
            self._lines = {
                name: _line(before[name], name, registry)
                if name in before
                else _beginning(_making(name, simulated, registry), now)
                for name, simulated in sorted(every.items())
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


def _making(name: str, simulated: Simulated | SimulatedSeries, registry: Registry) -> Making:
    if isinstance(simulated, Simulated):
        return Made(registry.feeds[name], simulated, registry)
    return Observed(registry.observations[name], simulated, registry)


def _line(known: dict[str, Any], name: str, registry: Registry) -> Line:
    simulated: Simulated | SimulatedSeries
    if name in registry.feeds:
        simulated = Simulated.model_validate(known["simulated"])
        found = strays(simulated, registry.feeds[name])
    else:
        simulated = SimulatedSeries.model_validate(known["simulated"])
        found = strays_of_series(simulated, registry.observations[name])
    for _, word, mend in found:
        raise ValueError(f"{name} has changed, {word!r}: {mend}")
    made = _making(name, simulated, registry)
    return Line(made, date.fromisoformat(known["since"]), datetime.fromisoformat(known["until"]))


def _beginning(made: Making, now: datetime) -> Line:
    today = now.astimezone(made.zone).date()
    since = today - timedelta(days=made.simulated.history_days)
    midnight = datetime(since.year, since.month, since.day, tzinfo=made.zone)
    return Line(made, since, midnight - timedelta(seconds=1))
