"""A promise file that says only how it differs from another: `extends`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.findings import Finding, near
from schemas.yaml_file import YamlFile


def extended(kind: str, file: YamlFile, name: str, raw: Mapping[str, YamlFile], found: list[Finding]) -> Any:
    """The content of the file `name` laid on that of the file it extends, which `raw` must hold already.

    `kind` is what the files promise and the key of their name: `feed`, `form`.
    """
    base = file.content.get("extends") if isinstance(file.content, dict) else None
    if base is None:
        return file.content
    if base not in raw:
        mend = f"name a {kind} of an earlier folder or an earlier name{near(str(base), raw)}"
        found.append(Finding(file.shown, file.line(("extends",)), "extends", base, mend))
        return file.content
    return merged(raw[base].content, {kind: name, **file.content})


def merged(base: Any, over: Any) -> Any:
    """`over` laid on `base`: tables key by key, everything else replaced; null takes a key away."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    laid = {key: merged(base.get(key), value) for key, value in over.items() if value is not None}
    return {**{k: v for k, v in base.items() if k not in over}, **laid}
