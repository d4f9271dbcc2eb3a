"""Byte code of the installed packages, made behind the screen: it halves each later start of Airflow."""

from __future__ import annotations

import os
import shlex
import sys
import sysconfig
from pathlib import Path

from ioc.stack.part import Part

MARKER = Path(sys.prefix) / ".byte-code"  # `make setup` removes it when packages change


def parts(after: tuple[str, ...]) -> list[Part]:
    """One part that ends by itself; none where it is done, or where the packages are not ours."""
    packages = sysconfig.get_paths()["purelib"]
    if MARKER.exists() or sys.prefix == sys.base_prefix or not os.access(packages, os.W_OK):
        return []
    compile_all = [sys.executable, "-m", "compileall", "-q", "-j", "2", packages]
    # Some packages carry files that are not meant to compile, so its exit code says nothing.
    script = f"nice -n 15 {shlex.join(compile_all)} >/dev/null 2>&1; touch {shlex.quote(str(MARKER))}"
    return [
        Part(
            "byte-code",
            lambda: ["sh", "-c", script],
            needs=after,
            once=True,
            start_seconds=600,
            stop_seconds=1,
        )
    ]
