"""The folder of one stack: its lock, what `up` chose (`stack.json`), what it remembers (`state.json`)."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from ioc.errors import Stop
from ioc.heartbeat import write_atomically
from ioc.settings import Settings
from ioc.stack.processes import Identity

CHOSEN = (
    "clock",
    "warehouse_url",
    "kafka_servers",
    "intake_url",
    "screens_url",
    "airflow_url",
    "airflow_user",
    "airflow_password",
    "live_workers",
    "archive_cron",
    "rollup_cron",
    "series_cron",
    "rollup_start",
    "rebuild_cron",
    "alert_url",
)


@dataclass
class PartRecord:
    """One part as `stack.json` tells it."""

    name: str
    state: str
    address: str = ""
    pid: int = 0
    started: float = 0.0
    restarts: int = 0

    def identity(self) -> Identity:
        return Identity(self.pid, self.started)


@dataclass
class Stack:
    """A stack that runs, or that was killed before it could say goodbye."""

    supervisor: Identity
    demo: bool
    parts: list[PartRecord] = field(default_factory=list)
    announced: list[str] = field(default_factory=list)

    def runs(self) -> bool:
        return self.supervisor.process() is not None

    def ready(self) -> bool:
        """Whether every part is up."""
        return bool(self.parts) and all(part.state in ("ready", "done") for part in self.parts)


class Home:
    """Reads and writes the folder's files; private to its owner, since a password is in one of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stack_file = folder / "stack.json"
        self._state_file = folder / "state.json"
        self._lock: IO[str] | None = None

    def lock(self) -> None:
        """Takes the folder for this process; Stop says which one has it."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (self.folder / "up.lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            pid = lock.read().strip() or "?"
            mend = "`ioc down` stops it, another IOC_HOME makes another"
            raise Stop(f"a stack of {self.folder} runs already (pid {pid}); {mend}") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock
        (self.folder / "logs").mkdir(exist_ok=True)

    def locked_by(self) -> int | None:
        """The pid of the `up` that has this folder, None where none has."""
        path = self.folder / "up.lock"
        if not path.exists():
            return None
        with path.open("r+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(lock.read().strip() or 0)
        return None

    def remember(self, **known: Any) -> None:
        write_atomically(self._state_file, json.dumps(self.remembered() | known, indent=1))

    def remembered(self) -> dict[str, Any]:
        """What an earlier `up` chose and the next one should choose again."""
        try:
            return dict(json.loads(self._state_file.read_text()))
        except FileNotFoundError:
            return {}

    def write_stack(self, settings: Settings, stack: Stack) -> None:
        chosen = {name: value for name, value in settings.model_dump().items() if name in CHOSEN and value}
        write_atomically(self.stack_file, json.dumps(chosen | {"stack": asdict(stack)}, indent=1))

    def read_stack(self) -> Stack | None:
        """The stack as last written; None where there is none."""
        try:
            known = json.loads(self.stack_file.read_text()).get("stack")
        except FileNotFoundError:
            return None
        if known is None:
            return None
        parts = [PartRecord(**part) for part in known["parts"]]
        return Stack(Identity(**known["supervisor"]), known["demo"], parts, known["announced"])

    def forget_stack(self) -> None:
        self.stack_file.unlink(missing_ok=True)
