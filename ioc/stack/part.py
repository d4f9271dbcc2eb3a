"""What the supervisor must know of a part, and the checks that say it is ready."""

from __future__ import annotations

import http.client
import json
import signal
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ioc import heartbeat


@dataclass(frozen=True)
class Part:
    """One child process. `once`: it ends by itself, with 0 where it did its work."""

    name: str
    command: Callable[[], list[str]]
    ready: Callable[[int], bool] = lambda pid: True  # given the child's pid
    prepare: Callable[[], None] | None = None
    needs: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    address: str = ""
    once: bool = False
    start_seconds: float = 60.0
    stop: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0
    stop_children: signal.Signals = signal.SIGTERM  # for what the part started and did not end itself
    stop_order: int = 1  # parts of the same number are stopped together, lower numbers first


@dataclass(frozen=True)
class Announcement:
    """Said once, when all of these parts are ready."""

    needs: tuple[str, ...]
    text: str


def answers(url: str, within: Callable[[object], bool] = lambda body: True) -> Callable[[int], bool]:
    """Ready when a GET answers 200, and `within` agrees with the JSON it answers."""
    where = urllib.parse.urlsplit(url)

    def ready(pid: int) -> bool:
        link = http.client.HTTPConnection(where.hostname or "", where.port, timeout=1.0)
        try:
            link.request("GET", where.path)
            answer = link.getresponse()
            return answer.status == 200 and within(_json(answer.read()))
        except (OSError, http.client.HTTPException):
            return False
        finally:
            link.close()

    return ready


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None


def beats(part: str, home: Path) -> Callable[[int], bool]:
    """Ready when the part's heartbeat is of this very process."""

    def ready(pid: int) -> bool:
        beat = heartbeat.read(part, home)
        return beat is not None and beat.pid == pid

    return ready
