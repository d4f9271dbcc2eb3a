"""A new feed from a template: files that pass `ioc check` and are meant to be changed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from ioc.errors import BadInput
from schemas import Registry
from schemas.feed_schema import PAGE
from schemas.promise import Name
from schemas.yaml_file import YamlFile

TEMPLATES = Path(__file__).parent / "templates"
Kind = Literal["case", "observation"]
TIME = "2024-12-02T08:30:00+07:00"
LONGEST = 50  # of the name: its sheet's is longer
QUOTED = ("vi", "en", "owner", "vi_sheet", "en_sheet")


def begin(registry: Registry, name: str, kind: Kind, root: Path, words: Mapping[str, str]) -> list[Path]:
    """Writes feed, event schema, examples, a sheet's mapping and a sample under `root`; the files.

    words: `vi`, `en` and `owner` as they are to be called; what is missing is made from the name.
    """
    _free(registry, name, root)
    said = _words(registry, name, words)
    folder = root / "feeds" / name
    said["schema"] = os.path.relpath(PAGE, folder)
    texts = dict(_files(name, TEMPLATES / kind, said))
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return [root / path for path in texts]


def _free(registry: Registry, name: str, root: Path) -> None:
    try:
        TypeAdapter(Name).validate_python(name)
    except ValidationError as exc:
        mend = "write it in small letters, digits and single hyphens, such as ambulance-calls"
        raise BadInput("NAME", name, mend) from exc
    if len(name) > LONGEST:
        raise BadInput("NAME", name, f"keep it within {LONGEST} characters")
    if name in registry.every or f"{name}-sheet" in registry.sources or name == "unknown":
        raise BadInput("NAME", name, "it is taken; `ioc feed list` shows the feeds there are")
    if (folder := root / "feeds" / name).exists():
        raise BadInput(
            "NAME", name, f"{folder} is there already; mend it by `ioc check`, or take another name"
        )


def _words(registry: Registry, name: str, given: Mapping[str, str]) -> dict[str, str]:
    """What stands in the templates between double underscores."""
    plain = name.replace("-", " ").capitalize()
    said = {"vi": f"Nguồn tin {name}", "en": plain, "owner": "Đơn vị phụ trách", **given}
    said |= {"vi_sheet": f"Bảng kê: {said['vi']}", "en_sheet": f"Sheet of {said['en']}", "feed": name}
    return said | {"agency": min(registry.agencies, default="AGENCY")}


def _files(name: str, template: Path, said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    places = {"sheet.yaml": f"sources/{name}-sheet.yaml", "sample.csv": f"feeds/{name}/examples/sample.csv"}
    for path in sorted(template.iterdir()):
        if path.name == "examples.yaml":
            yield from _examples(name, YamlFile(path, path.name).content, said)
        else:
            place = places.get(path.name, f"feeds/{name}/{path.name}")
            yield place, _filled(path.read_text(encoding="utf-8"), said)


def _filled(text: str, said: Mapping[str, str]) -> str:
    for key, word in said.items():
        text = text.replace(f"__{key}__", json.dumps(word, ensure_ascii=False) if key in QUOTED else word)
    return text


def _examples(name: str, listed: dict[str, Any], said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for kind in ("valid", "invalid"):
        for example, changes in listed[kind].items():
            data = {key: value for key, value in {**listed["data"], **changes}.items() if value is not None}
            event = {
                "specversion": "1.0",
                "id": example,
                "source": f"{name}.example",
                "type": f"{name}.{listed['event']}",
                "subject": "A-1",
                "time": TIME,
                "dataschema": f"{name}/{listed['event']}.v1",
                "datacontenttype": "application/json",
                "data": data,
            }
            text = json.dumps(event, ensure_ascii=False, indent=2) + "\n"
            yield f"feeds/{name}/examples/{kind}/{example}.json", _filled(text, said)
