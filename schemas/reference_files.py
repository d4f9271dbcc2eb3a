"""The reference data of all folders: each code's rows come from the last folder that gives the code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from schemas import history_checks, procedures
from schemas.findings import Finding
from schemas.history import History, Succession, newest, replaced
from schemas.outlines import Outlines, read_outlines
from schemas.procedures import ProcedureVersion
from schemas.reference import Agency, Procedure, by_code, read_rows


@dataclass
class ReferenceFiles:
    """What was read so far."""

    versions: dict[str, tuple[Agency, ...]] = field(default_factory=dict)
    successions: tuple[Succession, ...] = ()
    procedures: dict[str, Procedure] = field(default_factory=dict)
    procedure_versions: dict[str, tuple[ProcedureVersion, ...]] = field(default_factory=dict)
    outlines: Outlines | None = None  # of the last folder that has them

    def read(self, root: Path, shown: Callable[[Path], str], found: list[Finding]) -> None:
        """Lays one folder on those before; a file that is not there says nothing."""
        folder = root / "reference"
        if (path := folder / "agencies.csv").exists():
            self.versions |= by_code(read_rows(path, shown(path), Agency, found))
        if (path := folder / "successions.csv").exists():
            self.successions = replaced(self.successions, read_rows(path, shown(path), Succession, found))
        if (path := folder / "procedures.csv").exists():
            rows = by_code(read_rows(path, shown(path), Procedure, found))
            for twice in (row for same in rows.values() for row in same[1:]):
                found.append(twice.finding("code", twice.code, "given twice; keep one"))
            self.procedures |= {code: same[-1] for code, same in rows.items()}
        if (path := folder / "procedure_versions.csv").exists():
            self.procedure_versions |= by_code(read_rows(path, shown(path), ProcedureVersion, found))
        if (path := folder / "outlines.geojson").exists():
            self.outlines = read_outlines(path, shown(path), found)

    @property
    def agencies(self) -> dict[str, Agency]:
        """The newest version of every code."""
        return newest(self.versions)

    @property
    def history(self) -> History:
        return History(self.versions, self.successions)

    def check(self) -> list[Finding]:
        """What the files get wrong together."""
        return [
            *history_checks.check(self.history),
            *procedures.check(self.procedure_versions, self.procedures),
        ]
