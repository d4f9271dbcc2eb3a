"""JSON Schema of feed.yaml, by which an editor completes and underlines: `python -m schemas.feed_schema`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from schemas.any_feed import AnyFeed
from schemas.feed import Feed
from schemas.observation_feed import ObservationFeed
from schemas.yaml_file import YamlFile

PAGE = Path(__file__).with_name("feed.schema.json")
WORDS = Path(__file__).with_name("feed_schema.yaml")
KINDS: tuple[type[BaseModel], ...] = (Feed, ObservationFeed)
DIALECT = "http://json-schema.org/draft-07/schema#"  # the newest that editors know in full


def feed_schema() -> dict[str, Any]:
    """One schema for both kinds; of a file that extends another only the keys are held to it."""
    _, found = models_json_schema([(kind, "validation") for kind in KINDS])
    models: dict[str, Any] = found["$defs"]
    words: dict[str, dict[str, str]] = YamlFile(WORDS, WORDS.name).content
    of_all = words.pop(AnyFeed.__name__)
    for name, model in models.items():
        _of_files(name, model)
        _describe(model["properties"], (of_all if _is_feed(name) else {}) | words.get(name, {}))
    feeds = [models[kind.__name__]["properties"] for kind in KINDS]
    known = {key: spec.get("description") for keys in feeds for key, spec in keys.items()}
    models["Extending"] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {key: {"description": said} for key, said in known.items()},
    }
    observed = {"properties": {"kind": {"const": "observation"}}, "required": ["kind"]}
    by_kind = {"if": observed, "then": _ref(ObservationFeed.__name__), "else": _ref(Feed.__name__)}
    extending = {"if": {"required": ["extends"]}, "then": _ref("Extending"), "else": by_kind}
    return {"$schema": DIALECT, "title": "feed.yaml", "type": "object", **extending, "$defs": models}


def _is_feed(name: str) -> bool:
    return name in {kind.__name__ for kind in KINDS}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}


def _of_files(name: str, model: dict[str, Any]) -> None:
    """Only what a file may say: no key that the loader fills in, no key beside a pattern."""
    filled = next((kind for kind in KINDS if kind.__name__ == name), None)
    for key, field in (filled.model_fields if filled else {}).items():
        if field.exclude:
            del model["properties"][key]
    _tidy(model)


def _tidy(spec: Any) -> None:
    if isinstance(spec, list):
        for one in spec:
            _tidy(one)
    if isinstance(spec, dict):
        if isinstance(spec.get("title"), str):
            del spec["title"]
        if "patternProperties" in spec:
            spec["additionalProperties"] = False
        for one in spec.values():
            _tidy(one)


def _describe(properties: dict[str, Any], words: dict[str, str]) -> None:
    for key, spec in properties.items():
        said = spec.pop("description", None) or words.get(key)
        if "$ref" in spec:  # what stands beside it is not read in this dialect
            spec["allOf"] = [{"$ref": spec.pop("$ref")}]
        if said:
            spec["description"] = said


def text() -> str:
    """The file's content."""
    return json.dumps(feed_schema(), ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    PAGE.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")


if __name__ == "__main__":
    main()
