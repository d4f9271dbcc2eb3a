"""A feed's `place`: what no map can be drawn from is refused, and a map changes no definition."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from schemas import Feed, Finding, Unusable, load
from schemas.outlines import read_outlines
from schemas.placed import misplaced
from schemas.source_files import PACKAGED

Spec = dict[str, Any]


@pytest.fixture(scope="module")
def feed() -> Feed:
    """The packaged feed with a map."""
    [found] = [one for one in load().feeds.values() if one.place]
    return found


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"lat": "lattitude"}, "place.lat", "near: 'latitude'"),
        ({"lat": "category"}, "place.lat", "of kind text"),
        ({"lat": "photo_after"}, "place.lat", "of kind boolean"),
        ({"lon": "latitude"}, "place.lon", "another attribute"),
        ({"shows": "handled_rate"}, "place.shows", "a tile that is a count"),
        ({"shows": "waiting_reception"}, "place.shows", "a tile that is a count"),
        ({"late": "overdu"}, "place.late", "a measure that is a count"),
        ({"soon": "satisfied_rate"}, "place.soon", "a measure that is a count"),
    ],
)
def test_a_place_that_names_no_place_or_no_count_is_refused(
    feed: Feed, change: dict[str, str], field: str, said: str
) -> None:
    assert feed.place is not None
    other = feed.model_copy(update={"place": feed.place.model_copy(update=change)})
    found = list(misplaced(other, feed.event_schemas))
    assert any(one[0] == field and said in one[2] for one in found), found


@pytest.mark.parametrize(
    ("name", "spec", "field", "said"),
    [
        ("latitude", {"type": "number", "minimum": -90}, "place.lat", "minimum and maximum"),
        ("latitude", {"type": "number", "maximum": 90}, "place.lat", "minimum and maximum"),
        ("latitude", {"type": "number", "minimum": -180, "maximum": 180}, "place.lat", "-90 and 90"),
        ("longitude", {"type": "number", "minimum": -180, "maximum": 181}, "place.lon", "-180 and 180"),
        ("longitude", None, "place", "both, or neither"),
    ],
)
def test_an_event_that_promises_no_degrees_or_half_a_place_is_refused(
    feed: Feed, name: str, spec: Spec | None, field: str, said: str
) -> None:
    schemas = copy.deepcopy(feed.event_schemas)
    properties = next(one["properties"] for one in schemas.values() if name in one["properties"])
    properties.pop(name) if spec is None else properties.update({name: spec})
    found = list(misplaced(feed, schemas))
    assert [one[0] for one in found] == [field]
    assert said in found[0][2]


def test_a_feed_that_hides_small_numbers_has_no_map_and_the_line_is_named(feed: Feed, tmp_path: Path) -> None:
    folder = tmp_path / "feeds" / feed.feed
    shutil.copytree(PACKAGED / "feeds" / feed.feed, folder)
    file = folder / "feed.yaml"
    kept = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("surge:")]
    file.write_text("\n".join([*kept, "hide_below: 5\n"]), encoding="utf-8")
    with pytest.raises(Unusable) as refused:
        load([tmp_path])
    [found] = refused.value.findings
    lines = (folder / "feed.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[found.line - 1].startswith("place: ")
    assert (found.field, "hides small numbers" in found.mend) == ("place", True)


def test_a_map_changes_no_figure_and_so_no_definition(feed: Feed) -> None:
    assert list(misplaced(feed, feed.event_schemas)) == []
    assert feed.model_copy(update={"place": None}).definitions_hash == feed.definitions_hash


UNIT = {
    "type": "Feature",
    "id": "00001",
    "properties": {"vi": "Xã Một", "en": "One Commune"},
    "geometry": {"type": "Polygon", "coordinates": [[[105, 10], [106, 10], [106, 11], [105, 10]]]},
}


def written(folder: Path, text: str) -> Path:
    file = folder / "reference" / "outlines.geojson"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"geometry": {"type": "Polygon", "coordinates": [[[10.5, 105.2]] * 4]}}, "coordinates"),
        ({"geometry": {"type": "Polygon", "coordinates": [[[105, 10]] * 3]}}, "coordinates"),
        ({"geometry": {"type": "Point", "coordinates": [105, 10]}}, "geometry"),
        ({"properties": {"vi": "Xã Một"}}, "properties.en"),
        ({"id": ""}, "id"),
    ],
)
def test_outlines_that_cannot_be_drawn_are_refused(tmp_path: Path, change: Spec, field: str) -> None:
    whole = {"type": "FeatureCollection", "features": [UNIT | change]}
    found: list[Finding] = []
    assert read_outlines(written(tmp_path, json.dumps(whole)), "outlines.geojson", found) is None
    assert any(field in one.field and one.file == "outlines.geojson" for one in found), found


def test_outlines_that_are_no_json_are_refused_with_their_line(tmp_path: Path) -> None:
    found: list[Finding] = []
    assert read_outlines(written(tmp_path, "{\n!"), "outlines.geojson", found) is None
    assert [one.line for one in found] == [2]


def test_a_folders_own_outlines_take_the_place_of_the_packaged(tmp_path: Path) -> None:
    written(tmp_path, json.dumps({"type": "FeatureCollection", "features": [UNIT]}))
    outlines = load([tmp_path]).outlines
    assert outlines is not None
    assert [list(map(float, corner)) for corner in outlines.corners()] == [[10, 105], [11, 106]]
