"""The registry as a process sees it: packaged, `IOC_SCHEMAS_PATH`, then what was added under IOC_HOME."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ioc.errors import BadInput
from ioc.settings import Settings
from schemas import Registry, Unusable, load


def schema_folders(settings: Settings) -> list[Path]:
    """The folders beside the packaged one, in the order in which they override."""
    given = [Path(text).resolve() for text in settings.schemas_path.split(":") if text]
    added = settings.home / "schemas"
    return [*given, added] if added.is_dir() else given


def fingerprint(settings: Settings) -> str:
    """Changes whenever a file in one's own schema folders does; equal for every process of a stack."""
    seen = hashlib.sha256()
    for root in schema_folders(settings):
        for path in sorted(p for p in root.rglob("*") if p.is_file() and not p.name.startswith(".")):
            stat = path.stat()
            seen.update(f"{path}|{stat.st_mtime_ns}|{stat.st_size}\n".encode())
    return seen.hexdigest()[:16]


def registry_for(settings: Settings) -> Registry:
    """Every promise of this stack; BadInput lists all findings."""
    try:
        return load(schema_folders(settings))
    except Unusable as exc:
        raise BadInput("schemas", f"{len(exc.findings)} finding(s)", f"mend these files:\n{exc}") from exc
