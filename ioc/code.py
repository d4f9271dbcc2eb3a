"""Which code this is: the release, and a hash of the modules that make figures, for a copy may be changed."""

from __future__ import annotations

import functools
import hashlib
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

MAKERS = ("ioc", "jobs", "schemas")  # what a rollup runs; promises have the definitions hash


@functools.cache
def code_version() -> str:
    """`0.1.0+3f2a9c81d0e4`; equal for equal .py and .sql files, wherever they lie."""
    seen = hashlib.sha256()
    for package in MAKERS:
        root = Path(str(files(package)))
        for path in sorted(p for p in root.rglob("*") if p.suffix in (".py", ".sql")):
            seen.update(f"{package}/{path.relative_to(root).as_posix()}\0".encode())
            seen.update(hashlib.sha256(path.read_bytes()).digest())
    return f"{version('ioc-pipeline')}+{seen.hexdigest()[:12]}"
