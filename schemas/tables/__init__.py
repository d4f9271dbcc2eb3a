"""Warehouse tables as promised: grain, columns with words, and what an audit expects of a staged run."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from schemas.findings import Finding, Unusable, of_validation
from schemas.promise import Label, Name, Promise, Snake
from schemas.yaml_file import YamlFile

HERE = Path(__file__).parent


class Column(Promise):
    """One column: its PostgreSQL type and its words."""

    type: Literal["text", "date", "int", "bigint", "timestamptz", "jsonb"]
    label: Label


class Expectation(Promise):
    """One expectation over the audit's frame: `fail` blocks, `warn` publishes and says so."""

    severity: Literal["fail", "warn"]
    type: str = Field(pattern=r"^expect_[a-z_]+$")
    kwargs: dict[str, Any]
    explain: Label


class Table(Promise):
    """A table of the warehouse that a job fills. `audit_sql` is filled in by the loader."""

    table: Snake
    owner: str
    log: Literal["event"]
    grain: tuple[Snake, ...]
    columns: dict[Snake, Column]
    expectations: dict[Name, Expectation]
    audit_sql: str = Field("", exclude=True)

    @model_validator(mode="after")
    def _guards_its_grain(self) -> Table:
        if strangers := [name for name in self.grain if name not in self.columns]:
            raise ValueError(f"grain names {strangers}, which are no columns of this table")
        unique = "expect_compound_columns_to_be_unique"
        guards = [e for e in self.expectations.values() if e.type == unique and e.severity == "fail"]
        if not any(tuple(e.kwargs.get("column_list", ())) == self.grain for e in guards):
            raise ValueError(f"add an expectation `{unique}` over the grain with severity fail")
        return self


def table(name: str, folder: Path = HERE) -> Table:
    """The promise in `<folder>/<name>/table.yaml` and `audit.sql`; Unusable carries what is wrong."""
    path = folder / name / "table.yaml"
    file = YamlFile(path, f"schemas/tables/{name}/table.yaml")
    try:
        read = Table.model_validate(file.content)
    except ValidationError as exc:
        raise Unusable(of_validation(file.shown, exc, file.line, Table.model_fields)) from exc
    if read.table != name:
        raise Unusable([Finding(file.shown, file.line(("table",)), "table", read.table, f"name it {name!r}")])
    return read.model_copy(update={"audit_sql": path.with_name("audit.sql").read_text()})


def names(folder: Path = HERE) -> list[str]:
    """Every table that has a promise."""
    return sorted(path.parent.name for path in folder.glob("*/table.yaml"))
