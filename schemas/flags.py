"""The words of each flag that the fold can raise: `flags.yaml`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from schemas.findings import Unusable, of_validation
from schemas.promise import Label, Name, Promise
from schemas.yaml_file import YamlFile

FILE = Path(__file__).parent / "flags.yaml"
Flags = TypeAdapter(dict[Name, "Flag"])


class Flag(Promise):
    """What a flag is called, and in one sentence why someone should look."""

    label: Label
    why: Label


@functools.cache
def flags(path: Path = FILE) -> Mapping[str, Flag]:
    """Flags by code in the file's order; Unusable with every finding."""
    file = YamlFile(path, f"schemas/{path.name}")
    try:
        return Flags.validate_python(file.content)
    except ValidationError as exc:
        raise Unusable(of_validation(file.shown, exc, file.line, Flag.model_fields)) from exc
