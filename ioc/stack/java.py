"""Java 17 or newer, from JAVA_HOME or PATH."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ioc.errors import Stop

OLDEST = 17
MEND = (
    f"Kafka and Spark need Java {OLDEST} or newer: install it (Debian and Ubuntu: `apt-get install"
    " openjdk-17-jre-headless`; macOS: `brew install openjdk@17`), or set JAVA_HOME to where it is"
)


def version(said: str) -> int | None:
    """The major version in `java -version`: 17 of `openjdk version "17.0.15"`, 8 of `"1.8.0_402"`."""
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found else None


def find(environment: Mapping[str, str]) -> str:
    """Path of the java program; Stop says what to install where there is none or an older one."""
    home = environment.get("JAVA_HOME")
    candidate = (
        str(Path(home) / "bin" / "java") if home else shutil.which("java", path=environment.get("PATH"))
    )
    if not candidate or not os.access(candidate, os.X_OK):
        raise Stop(f"no Java at {candidate if home else 'PATH'}. {MEND}")
    said = subprocess.run([candidate, "-version"], capture_output=True, text=True, check=False).stderr
    if (version(said) or 0) < OLDEST:
        raise Stop(f"{candidate} is Java {version(said)}. {MEND}")
    return candidate


@cache
def java() -> str:
    """The java program of this process's environment."""
    return find(os.environ)
