"""From the published lists to the three files of reference data, byte for byte the same each time."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ioc.reference.edges import successions
from ioc.reference.limits import versions
from ioc.reference.lists import read
from ioc.reference.naming import Assigned
from ioc.reference.parts import check_assigned, parts_of
from ioc.reference.units import agencies, units
from schemas import history_checks
from schemas.findings import Finding, Unusable
from schemas.history import History, Succession
from schemas.procedures import ProcedureVersion
from schemas.reference import Agency, Line, Procedure, Row, by_code, read_rows

REFORM = date(2025, 7, 1)  # NQ 202/2025/QH15: the district level ended
AGENCIES = (
    *("code", "name", "level", "type", "parent", "admin_code"),
    *("valid_from", "valid_to", "simulated", "made"),
)
SUCCESSIONS = ("from", "to", "kind", "share", "effective", "made")
PROCEDURES = ("code", "name", "level", "field", "valid_from", "valid_to", "made")
VERSIONS = (
    *("code", "version", "valid_from", "valid_to", "limit", "unit", "limit_online", "fee"),
    *("pause_supplement", "pause_fee", "pause_stop", "made"),
)


@dataclass(frozen=True)
class Built:
    """The rows of the three files."""

    agencies: list[Agency]
    successions: list[Succession]
    versions: list[ProcedureVersion]

    def files(self) -> dict[str, str]:
        """File name to text."""
        return {
            "agencies.csv": text_of(self.agencies, AGENCIES),
            "successions.csv": text_of(self.successions, SUCCESSIONS),
            "procedure_versions.csv": text_of(self.versions, VERSIONS),
        }


def build(lists: Path, province: str, root: str, assigned: Path | None, procedures: Path) -> Built:
    """Everything for one province; Unusable with every finding of a stage, nothing written.

    `assigned` holds codes given before (see `Assigned`), `procedures` is the procedures.csv to version.
    """
    given = rows_in(assigned, Assigned) if assigned else []
    found = read(lists)
    parts = parts_of(found, province)
    check_assigned(parts, given)
    own = units(parts, root, given)
    rows = agencies(own, given, REFORM)
    edges = successions(own, found.commune_steps, REFORM)
    if wrong := history_checks.check(History(by_code(rows), tuple(edges))):
        raise Unusable(wrong)
    return Built(rows, edges, versions(rows_in(procedures, Procedure), found.limits, REFORM))


def rows_in(path: Path, model: type[Row]) -> list[Row]:
    """A file of reference data; Unusable where there is none, or with what is wrong in it."""
    if not path.is_file():
        raise Unusable([Finding(str(path), 0, "file", path.name, "name a file that exists")])
    found: list[Finding] = []
    rows = read_rows(path, str(path), model, found)
    if found:
        raise Unusable(found)
    return rows


def text_of(rows: Sequence[Line], columns: Sequence[str]) -> str:
    """The rows as such a file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        said = row.model_dump(by_alias=True)
        writer.writerow([_cell(said[column]) for column in columns])
    return out.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return " ".join(value)
    return "" if value is None else str(value)
