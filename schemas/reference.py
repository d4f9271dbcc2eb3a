"""Reference data: agencies and procedures, as CSV that later folders override code by code."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, StringConstraints, ValidationError, model_validator

from schemas.findings import Finding, Path_, of_validation
from schemas.promise import Promise

Code = Annotated[str, StringConstraints(pattern=r"^[^\s,]{1,35}$")]
Words = Annotated[str, StringConstraints(min_length=1)]
Optional_ = BeforeValidator(lambda text: None if text == "" else text)
Row = TypeVar("Row", bound="Reference")


class Reference(Promise):
    code: Code
    name: Words
    valid_from: Annotated[date | None, Optional_] = None
    valid_to: Annotated[date | None, Optional_] = None  # inclusive; empty: still valid
    made: bool = False  # invented for the demonstration


class Agency(Reference):
    """An agency; its place is `parent`, never read out of the code, which is re-used and respelled."""

    level: Literal["province", "department", "district", "commune"]
    parent: Annotated[str | None, Optional_] = None


class Procedure(Reference):
    """An administrative procedure of the national catalogue."""

    level: Literal["province", "district", "commune"]
    field: Words

    @model_validator(mode="after")
    def _ordered(self) -> Procedure:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to lies before valid_from")
        return self


def read_rows(path: Path, shown: str, model: type[Row], found: list[Finding]) -> dict[str, Row]:
    """The file's rows by code; what cannot be used goes to `found` with its line."""
    rows: dict[str, Row] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, raw in enumerate(csv.DictReader(file), start=2):

            def line(_: Path_, at: int = number) -> int:
                return at

            try:
                row = model.model_validate(raw)
            except ValidationError as exc:
                found += of_validation(shown, exc, line, model.model_fields)
                continue
            if row.code in rows:
                found.append(Finding(shown, number, "code", row.code, "given twice; keep one"))
            rows[row.code] = row
    return rows
