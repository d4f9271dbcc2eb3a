"""The only place where time is read. Processes build one Clock in their main and pass instants on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ioc.errors import BadInput


@dataclass(frozen=True)
class Clock:
    """The stack's time: the machine's, or one that runs `rate` times as fast from `start` since `anchor`."""

    anchor: datetime | None = None
    start: datetime | None = None
    rate: float = 1.0

    def now(self) -> datetime:
        """The present instant, UTC."""
        return self.at(datetime.now(UTC))

    def at(self, machine: datetime) -> datetime:
        """This clock's instant when the machine's clock shows `machine`."""
        if self.anchor is None or self.start is None:
            return machine
        return self.start + timedelta(seconds=(machine - self.anchor).total_seconds() * self.rate)

    def text(self) -> str:
        """The form that `IOC_CLOCK` takes: `real` or `START@ANCHOR*RATE`."""
        if self.anchor is None or self.start is None:
            return "real"
        return f"{self.start.isoformat()}@{self.anchor.isoformat()}*{self.rate:g}"

    @classmethod
    def parse(cls, text: str) -> Clock:
        if text == "real":
            return cls()
        try:
            start, rest = text.split("@")
            anchor, rate = rest.split("*")
            began, beginning = datetime.fromisoformat(anchor), datetime.fromisoformat(start)
            if began.tzinfo is None or beginning.tzinfo is None:
                raise ValueError(text)
            return cls(began, beginning, float(rate))
        except ValueError as exc:
            mend = "give `real` or START@ANCHOR*RATE with zoned ISO instants"
            raise BadInput("IOC_CLOCK", text, mend) from exc
