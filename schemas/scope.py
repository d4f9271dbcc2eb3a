"""A scope as its file promises it: the agencies that one operations center looks after."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import Field, field_validator

from schemas.findings import Finding, near
from schemas.promise import Label, Name, Promise, Text
from schemas.reference import Code
from schemas.source_files import finding
from schemas.yaml_file import YamlFile


class Scope(Promise):
    """These agencies, what stands below them, and their successors; `file` is the loader's.

    Only the first are written here: the rest reference data says (`ioc.agencies.in_scope`).
    """

    scope: Name
    label: Label
    agencies: tuple[Code, ...] = Field(min_length=1)
    source: Text
    file: str = Field("", exclude=True)

    @field_validator("agencies")
    @classmethod
    def _each_once(cls, agencies: tuple[Code, ...]) -> tuple[Code, ...]:
        if twice := sorted({code for code in agencies if agencies.count(code) > 1}):
            raise ValueError(f"{twice[0]} is given twice; keep one")
        return agencies


def unknown(file: YamlFile, scope: Scope, agencies: Collection[str]) -> list[Finding]:
    """Agencies that reference data does not have."""
    return [
        finding(
            file,
            ("agencies", i),
            code,
            f"name an agency of reference/agencies.csv{near(code, agencies)}",
        )
        for i, code in enumerate(scope.agencies)
        if code not in agencies
    ]
