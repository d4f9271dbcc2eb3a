"""Reference data as CSV: agencies in versions, and procedures; later folders override code by code."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, Field, StringConstraints, ValidationError, model_validator

from schemas.findings import Finding, Path_, of_validation
from schemas.promise import Promise

Code = Annotated[str, StringConstraints(pattern=r"^[^\s,]{1,35}$")]
Words = Annotated[str, StringConstraints(min_length=1)]
Optional_ = BeforeValidator(lambda text: None if text == "" else text)
AgencyType = Literal["tỉnh", "thành phố", "quận", "huyện", "thị xã", "phường", "xã", "thị trấn", "đặc khu"]


class Line(Promise):
    """One row of a CSV file; `file` and `line` are filled in by the loader."""

    file: Annotated[str, Field(exclude=True)] = ""
    line: Annotated[int, Field(exclude=True)] = 0

    def finding(self, field: str, value: object, mend: str) -> Finding:
        return Finding(self.file, self.line, field, value, mend)


Row = TypeVar("Row", bound=Line)
Held = TypeVar("Held", bound="Version")


class Spell(Line):
    """A row that holds from a day to a day, both inclusive; None: since ever, still."""

    valid_from: Annotated[date | None, Optional_] = None
    valid_to: Annotated[date | None, Optional_] = None

    @model_validator(mode="after")
    def _ordered(self) -> Spell:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to lies before valid_from")
        return self

    def begun(self, on: date) -> bool:
        return self.valid_from is None or self.valid_from <= on

    def ended(self, on: date) -> bool:
        return self.valid_to is not None and self.valid_to < on

    def holds(self, on: date) -> bool:
        return self.begun(on) and not self.ended(on)


class Version(Spell):
    """One version of what a code names, keyed by (code, valid_from)."""

    code: Code


class Reference(Version):
    name: Words
    made: bool = False  # invented for the demonstration


class Agency(Reference):
    """One version of an agency; a code may name another body later.

    Its place is `parent`, never read out of the code, which is re-used and respelled.
    """

    level: Literal["province", "department", "district", "commune"]
    type: Annotated[AgencyType | None, Optional_] = None
    parent: Annotated[str | None, Optional_] = None
    admin_code: Annotated[str | None, Optional_] = None  # General Statistics Office, of the version's era
    simulated: bool = False  # the simulator gives it cases


class Procedure(Reference):
    """An administrative procedure of the national catalogue."""

    level: Literal["ministry", "province", "district", "commune"]
    field: Words


def read_rows(path: Path, shown: str, model: type[Row], found: list[Finding]) -> list[Row]:
    """The file's rows in order; what cannot be used goes to `found` with its line."""
    rows: list[Row] = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, raw in enumerate(csv.DictReader(file), start=2):

            def line(_: Path_, at: int = number) -> int:
                return at

            try:
                row = model.model_validate(raw)
            except ValidationError as exc:
                found += of_validation(shown, exc, line, model.model_fields)
                continue
            rows.append(row.model_copy(update={"file": shown, "line": number}))
    return rows


def by_code(rows: Iterable[Held]) -> dict[str, tuple[Held, ...]]:
    """A code's versions, earliest first."""
    found: dict[str, list[Held]] = {}
    for row in rows:
        found.setdefault(row.code, []).append(row)
    return {
        code: tuple(sorted(same, key=lambda row: row.valid_from or date.min)) for code, same in found.items()
    }
