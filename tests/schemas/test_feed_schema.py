"""An editor is told what feed.yaml may say: its schema is current, describes each key, underlines slips."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from schemas.feed_schema import PAGE, WORDS, feed_schema, text
from schemas.source_files import PACKAGED
from schemas.yaml_file import YamlFile

LINE = "# yaml-language-server: $schema=../../feed.schema.json"
FEEDS = sorted(PACKAGED.glob("feeds/*/feed.yaml"))
OBSERVED = """
feed: buses
kind: observation
label: {vi: Xe buýt, en: Buses}
owner: Sở Xây dựng
zone: Asia/Ho_Chi_Minh
rhythm_minutes: 1440
topic: {partitions: 1, retention_days: 30}
events: {observed: [v1]}
agencies: known
series:
  trips:
    label: {vi: Chuyến, en: Trips}
    explain: {vi: Số chuyến đã chạy., en: Trips made.}
    unit: {vi: chuyến, en: trips}
    period: day
    over_time: sum
    over_agencies: sum
tiles: [trips]
"""


@pytest.fixture(scope="module")
def editor() -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator(feed_schema())


def content(tmp_path: Path, text: str) -> Any:
    path = tmp_path / "feed.yaml"
    path.write_text(text, encoding="utf-8")
    return YamlFile(path, "feed.yaml").content


def test_the_file_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == text(), "run python -m schemas.feed_schema"


def test_every_key_is_described() -> None:
    models: dict[str, Any] = feed_schema()["$defs"]
    assert {"Feed", "ObservationFeed", "Measure", "Status", "Series"} < models.keys()
    keys = [(name, key, spec) for name, one in models.items() for key, spec in one["properties"].items()]
    assert [(name, key) for name, key, spec in keys if not spec.get("description")] == []


def test_no_word_is_said_of_a_key_that_is_not_there() -> None:
    models = feed_schema()["$defs"]
    said: dict[str, dict[str, str]] = YamlFile(WORDS, WORDS.name).content
    lost = {
        name: words.keys() - models[name]["properties"].keys()
        for name, words in said.items()
        if name in models
    }
    assert {name: keys for name, keys in lost.items() if keys} == {}
    assert said.keys() - models.keys() == {"AnyFeed"}


def test_what_the_loader_fills_in_is_no_key() -> None:
    models = feed_schema()["$defs"]
    assert not {"file", "event_schemas", "leans_on", "sectors"} & models["Feed"]["properties"].keys()


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.parent.name)
def test_a_packaged_feed_names_the_schema_and_keeps_to_it(
    path: Path, editor: jsonschema_rs.Draft7Validator
) -> None:
    assert path.read_text(encoding="utf-8").splitlines()[0] == LINE
    assert [str(error) for error in editor.iter_errors(YamlFile(path, path.name).content)] == []


SLIPS = [
    ("rhythm_minutes: 15", "rythm_minutes: 15"),
    ("kind: case", "kind: cases"),
    ("partitions: 8", "partitions: 0"),
    ("vi: Mới đăng ký, en: Submitted", "vi: Mới đăng ký"),
    ("phase: paused", "phase: pause"),
    ("progress: [v1]", "progress: [1]"),
    ("good: up", "good: higher"),
    ("due_today:", "DueToday:"),
    ("owner: ", "# owner: "),
]


@pytest.mark.parametrize(("old", "new"), SLIPS, ids=range(len(SLIPS)))
def test_a_slip_is_underlined(
    old: str, new: str, tmp_path: Path, editor: jsonschema_rs.Draft7Validator
) -> None:
    given = (PACKAGED / "feeds/records/feed.yaml").read_text(encoding="utf-8")
    assert old in given
    assert not editor.is_valid(content(tmp_path, given.replace(old, new, 1)))


def test_a_feed_that_extends_another_says_only_what_differs(
    tmp_path: Path, editor: jsonschema_rs.Draft7Validator
) -> None:
    said = "feed: desk\nextends: records\nmeasures: {due_today: null}\n"
    assert editor.is_valid(content(tmp_path, said))
    assert not editor.is_valid(content(tmp_path, said + "rythm_minutes: 5\n"))


def test_a_feed_of_observations_is_held_to_its_own_keys(
    tmp_path: Path, editor: jsonschema_rs.Draft7Validator
) -> None:
    assert editor.is_valid(content(tmp_path, OBSERVED))
    for old, new in (("over_time: sum", "over_time: add"), ("tiles:", "measures: {}\ntiles:")):
        assert not editor.is_valid(content(tmp_path, OBSERVED.replace(old, new)))
