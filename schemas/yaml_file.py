"""YAML as people mean it: keys are text, `no` and `2010-01-01` stay text, a key given twice is refused."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import yaml

from schemas.findings import Finding, Path_, Unusable


class _Loader(yaml.CSafeLoader):
    """YAML 1.1 reads `no` as false, `12:30` as 750, `010` as 8; here only JSON's plain scalars are typed."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (PyYAML's own name and shape)


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$"), list("-0123456789")
)


class YamlFile:
    """One file's content and the line of each of its values."""

    def __init__(self, path: Path, shown: str) -> None:
        self.path = path
        self.shown = shown
        self._lines: dict[Path_, int] = {}
        try:
            loader = _Loader(path.read_text(encoding="utf-8"))
            node = loader.get_single_node()
        except (yaml.YAMLError, UnicodeDecodeError) as exc:
            mark = getattr(exc, "problem_mark", None)
            line = mark.line + 1 if mark else 0
            problem = getattr(exc, "problem", None) or str(exc)
            raise Unusable([Finding(shown, line, "(the file)", problem, "write it as YAML, UTF-8")]) from exc
        self.content: Any = self._value(loader, node, ())

    def line(self, loc: Path_) -> int:
        """The line of the value at `loc`, or of the nearest thing around it."""
        for end in range(len(loc), -1, -1):
            if loc[:end] in self._lines:
                return self._lines[loc[:end]]
        return 1

    def _value(self, loader: _Loader, node: yaml.Node | None, loc: Path_) -> Any:
        if node is None:
            return None
        self._lines.setdefault(loc, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(loader, item, (*loc, i)) for i, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(loader, node, loc)
        return loader.construct_object(node)

    def _mapping(self, loader: _Loader, node: yaml.MappingNode, loc: Path_) -> dict[str, Any]:
        content: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in content:
                raise Unusable(
                    [Finding(self.shown, line, ".".join(map(str, (*loc, key))), key, "given twice; keep one")]
                )
            self._lines[(*loc, key)] = line
            content[key] = self._value(loader, value_node, (*loc, key))
        return content


def line_in(path: Path, loc: Path_) -> int:
    """The line of the value at `loc` in a YAML or JSON file; 0 where the file cannot be read as such."""
    try:
        return _read(path, path.stat().st_mtime_ns).line(loc)
    except (OSError, Unusable):
        return 0


@functools.lru_cache(maxsize=64)
def _read(path: Path, _: int) -> YamlFile:
    return YamlFile(path, path.name)
