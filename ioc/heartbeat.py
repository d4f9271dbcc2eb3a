"""Heartbeats: a small file per part that `ioc status` reads, `$IOC_HOME/run/<part>.json`."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

EVERY_SECONDS = 1.0


def write_atomically(path: Path, text: str) -> None:
    """A reader sees the old text or the new, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text)
    draft.replace(path)


class Heartbeat:
    """One part's heartbeat, written at most once a second; what is newest is remembered in between."""

    def __init__(self, part: str, home: Path) -> None:
        self._path = home / "run" / f"{part}.json"
        self._written = -EVERY_SECONDS
        self._newest: datetime | None = None

    def beat(
        self, at: datetime, newest: datetime | None = None, detail: Mapping[str, Any] | None = None
    ) -> None:
        """Says that the part lives at `at` (stack's clock); `newest`: its newest event's `received_at`."""
        if newest is not None and (self._newest is None or newest > self._newest):
            self._newest = newest
        if time.monotonic() - self._written < EVERY_SECONDS:
            return
        self._written = time.monotonic()
        known = {
            "pid": os.getpid(),
            "at": at.isoformat(),
            "newest_event_at": self._newest.isoformat() if self._newest else None,
            "detail": dict(detail or {}),
        }
        write_atomically(self._path, json.dumps(known))


@dataclass(frozen=True)
class Beat:
    """A heartbeat as read; instants by the stack's clock, UTC."""

    pid: int
    at: datetime
    newest_event_at: datetime | None
    detail: dict[str, Any]


def read(part: str, home: Path) -> Beat | None:
    """The part's last heartbeat, None where it has none."""
    path = home / "run" / f"{part}.json"
    try:
        known = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return None
    newest = known["newest_event_at"]
    return Beat(
        known["pid"],
        datetime.fromisoformat(known["at"]).astimezone(UTC),
        datetime.fromisoformat(newest).astimezone(UTC) if newest else None,
        known["detail"],
    )
