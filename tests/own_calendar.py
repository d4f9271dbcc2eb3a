"""A country's calendar with one more version, in a folder of one's own: what an engineer would add."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from schemas.source_files import PACKAGED

FILE = Path("calendars") / "vietnam.yaml"


def with_days_off(folder: Path, known_on: str, days: Sequence[str]) -> Path:
    """Writes the packaged calendar and a version known on that day under `folder`; the file."""
    own = folder / FILE
    own.parent.mkdir(parents=True)
    version = f'  - version: "{known_on}"\n    known_on: {known_on}\n    source: a test\n    overrides:\n'
    off = "".join(f"      - {{day: {day}, kind: off, source: a test}}\n" for day in days)
    own.write_text((PACKAGED / FILE).read_text(encoding="utf-8") + version + off, encoding="utf-8")
    return own
