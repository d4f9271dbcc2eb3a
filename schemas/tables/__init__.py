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
    frame: Snake = "audit"  # `<frame>.sql` beside the table's file


class Table(Promise):
    """A table of the warehouse that a job fills. `frames`, filled in by the loader: name -> SQL."""

    table: Snake
    owner: str
    log: Literal["event"]
    grain: tuple[Snake, ...]
    columns: dict[Snake, Column]
    expectations: dict[Name, Expectation]
    frames: dict[str, str] = Field(default_factory=dict, exclude=True)

    @model_validator(mode="after")
    def _guards_its_grain(self) -> Table:
        if strangers := [name for name in self.grain if name not in self.columns]:
            raise ValueError(f"grain names {strangers}, which are no columns of this table")
        unique = "expect_compound_columns_to_be_unique"
        guards = [e for e in self.expectations.values() if e.type == unique and e.severity == "fail"]
        if not any(tuple(e.kwargs.get("column_list", ())) == self.grain for e in guards):
            raise ValueError(f"add an expectation `{unique}` over the grain with severity fail")
        return self

    def of_frame(self, frame: str) -> dict[str, Expectation]:
        """The expectations over one frame, in the file's order."""
        return {name: e for name, e in self.expectations.items() if e.frame == frame}


def table(name: str, folder: Path = HERE) -> Table:
    """The promise in `<folder>/<name>/table.yaml` with its frames' SQL; Unusable carries what is wrong."""
    path = folder / name / "table.yaml"
    file = YamlFile(path, f"schemas/tables/{name}/table.yaml")
    try:
        read = Table.model_validate(file.content)
    except ValidationError as exc:
        raise Unusable(of_validation(file.shown, exc, file.line, Table.model_fields)) from exc
    if read.table != name:
        raise Unusable([Finding(file.shown, file.line(("table",)), "table", read.table, f"name it {name!r}")])
    frames = dict.fromkeys(["audit", *(e.frame for e in read.expectations.values())])
    if lost := [frame for frame in frames if not path.with_name(f"{frame}.sql").exists()]:
        at = file.line(("expectations",))
        raise Unusable([Finding(file.shown, at, "frame", lost[0], f"add {lost[0]}.sql beside it")])
    texts = {frame: path.with_name(f"{frame}.sql").read_text() for frame in frames}
    return read.model_copy(update={"frames": texts})


def names(folder: Path = HERE) -> list[str]:
    """Every table that has a promise."""
    return sorted(path.parent.name for path in folder.glob("*/table.yaml"))
