"""The published lists of units and procedures, read with their lines so that a finding can name one.

The lists of units and their crosswalk are MIT (see NOTICE). Codes are text with their zeros.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from schemas.findings import Finding, Unusable, near

FILES = {
    "provinces": ("provinces_34.csv", "province_code,name,full_name"),
    "old_provinces": ("provinces_63.csv", "province_code,name,full_name"),
    "old_districts": ("districts_63.csv", "district_code,name,full_name,province_code"),
    "old_communes": ("communes_63.csv", "commune_code,name,full_name,district_code,province_code"),
    # On the first day: today's list spells some names otherwise and does not say since when.
    "communes": ("communes_34_as_of_2025-07-01.csv", "commune_code,name,full_name,province_code"),
    "province_steps": ("crosswalk_province_63_to_34.csv", "old_province_code,new_province_code"),
    "commune_steps": (
        "crosswalk_commune_old_to_new.csv.gz",
        "old_province_code,old_district_code,old_commune_code,old_commune,"
        "new_province_code,new_commune_code,new_commune,kind,default_part",
    ),
    "limits": ("tthc_channel_deadline.csv.gz", "procedure_code,channel,duration,unit"),
}


@dataclass(frozen=True)
class Row:
    """One line of a list."""

    file: str
    line: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column]

    def finding(self, field: str, mend: str) -> Finding:
        return Finding(self.file, self.line, field, self.values[field], mend)


@dataclass(frozen=True)
class Lists:
    """Every list as it stands in its file."""

    provinces: list[Row]
    old_provinces: list[Row]
    old_districts: list[Row]
    old_communes: list[Row]
    communes: list[Row]
    province_steps: list[Row]
    commune_steps: list[Row]
    limits: list[Row]


def read(folder: Path) -> Lists:
    """All lists of the folder; Unusable where a file or a column is missing."""
    found: list[Finding] = []
    lists = {name: rows_of(folder / file, columns, found) for name, (file, columns) in FILES.items()}
    if found:
        raise Unusable(found)
    return Lists(**lists)


def rows_of(path: Path, columns: str, found: list[Finding]) -> list[Row]:
    """One list; what it lacks goes to `found`."""
    if not path.is_file():
        found.append(Finding(str(path), 0, "--from", path.name, "name a folder that has this file"))
        return []
    packed = path.suffix == ".gz"
    text = (gzip.decompress(path.read_bytes()) if packed else path.read_bytes()).decode("utf-8-sig")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    given = reader.fieldnames or ()
    for column in sorted(set(columns.split(",")) - set(given)):
        found.append(Finding(str(path), 1, column, None, f"add the column{near(column, given)}"))
    return [Row(str(path), number, dict(row)) for number, row in enumerate(reader, start=2)]


def keyed(rows: Iterable[Row], column: str) -> dict[str, Row]:
    """Rows by a code that each has alone."""
    return {row[column]: row for row in rows}
