"""The jars of `ivy.xml`: fetched once, by the Ivy within PySpark, into a cache outside IOC_HOME."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ioc.errors import Stop
from ioc.stack.java import java

LIST = Path(__file__).with_name("ivy.xml")


@dataclass(frozen=True)
class Jars:
    """Two folders of jars."""

    folder: Path

    @property
    def broker(self) -> Path:
        return self.folder / "broker"

    @property
    def spark(self) -> Path:
        return self.folder / "spark"

    def broker_classpath(self) -> str:
        return f"{self.broker}/*"

    def spark_jars(self) -> str:
        """The value of `spark.jars`."""
        return ",".join(str(jar) for jar in sorted(self.spark.glob("*.jar")))


def cache_folder() -> Path:
    """`$XDG_CACHE_HOME/ioc-pipeline`, by default `~/.cache/ioc-pipeline`."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ioc-pipeline"


def fetch() -> Jars:
    """The jars, fetched first where this list never was; Stop carries Ivy's words where that fails."""
    wanted = hashlib.sha256(LIST.read_bytes()).hexdigest()[:16]
    folder = cache_folder() / "jars" / wanted
    if folder.exists():
        return Jars(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _retrieve(folder)
    return Jars(folder)


def _retrieve(folder: Path) -> None:
    draft = folder.with_name(folder.name + ".part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    pattern = f"{draft}/[conf]/[artifact]-[revision].[ext]"
    words = [
        "-ivy",
        str(LIST),
        "-cache",
        str(cache_folder() / "ivy"),
        "-types",
        "jar",
        "bundle",
        "-retrieve",
        pattern,
    ]
    settings = os.environ.get("IVY_SETTINGS")  # a mirror: an Ivy settings file of one's own
    command = [java(), "-jar", str(_ivy()), *(["-settings", settings] if settings else []), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = [
            line
            for line in (done.stdout + done.stderr).splitlines()
            if "not found" in line or "FAILED" in line
        ]
        tail = "\n".join(said[:10]) or (done.stdout + done.stderr)[-1500:]
        raise Stop(
            f"the jars of {LIST.name} could not be fetched (Maven Central must be reachable once):\n{tail}"
        )
    draft.rename(folder)


def _ivy() -> Path:
    found = importlib.util.find_spec("pyspark")
    jars = Path(found.origin).parent / "jars" if found and found.origin else None
    ivy = next(iter(sorted(jars.glob("ivy-*.jar"))), None) if jars else None
    if ivy is None:
        raise Stop("no Ivy within PySpark: is the package pyspark installed? Run `make setup`")
    return ivy


def main() -> None:
    """`python -m ioc.stack.jars`: what `make setup` runs."""
    try:
        sys.stdout.write(f"{fetch().folder}\n")
    except Stop as exc:
        sys.stderr.write(f"{exc}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
