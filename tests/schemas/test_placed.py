"""A feed's `place`: what its map could not truly be drawn from is refused, and a map changes no definition."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from schemas import Unusable, load
from schemas.source_files import PACKAGED

FEED, EVENT = "feed.yaml", "report.v1.json"
PLACE = "place: {lat: latitude, lon: longitude, shows: in_process, late: overdue, soon: due_today}"
LAT = '"latitude": {"type": "number", "minimum": -90, "maximum": 90}'
BAD = [
    (FEED, "lat: latitude", "lat: lattitude", "place.lat", "near: 'latitude'"),
    (FEED, "lat: latitude", "lat: category", "place.lat", "of kind text"),
    (FEED, "lat: latitude", "lat: photo_after", "place.lat", "of kind boolean"),
    (FEED, "lon: longitude", "lon: latitude", "place.lon", "another attribute"),
    (FEED, "shows: in_process", "shows: handled_rate", "place.shows", "a tile that is a count"),
    (FEED, "shows: in_process", "shows: waiting_reception", "place.shows", "a tile that is a count"),
    (FEED, "late: overdue", "late: overdu", "place.late", "a measure that is a count"),
    (FEED, ", late: overdue", "", "place.late", "add it"),
    (FEED, "soon: due_today", "soon: satisfied_rate", "place.soon", "a measure that is a count"),
    (FEED, PLACE, f"{PLACE}\nhide_below: 5", "place", "hides small numbers"),
    (EVENT, LAT, '"latitude": {"type": "number", "minimum": -90}', "place.lat", "minimum and maximum"),
    (EVENT, LAT, '"latitude": {"type": "number", "minimum": -180, "maximum": 180}', "place.lat", "-90 and 90"),
    (EVENT, LAT, '"latitude": {"type": "string"}', "attributes.latitude.kind", "'string'"),
    (EVENT, f"{LAT},", "", "place", "both, or neither"),
]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of the packaged feed with a map, in a folder for IOC_SCHEMAS_PATH."""
    [name] = [feed.feed for feed in load().feeds.values() if feed.place]
    folder = tmp_path / "feeds" / name
    shutil.copytree(PACKAGED / "feeds" / name, folder)
    return folder


@pytest.mark.parametrize(("file", "old", "new", "field", "said"), BAD)
def test_what_no_map_can_be_drawn_from_is_refused(
    own: Path, file: str, old: str, new: str, field: str, said: str
) -> None:
    text = (own / file).read_text(encoding="utf-8")
    assert old in text
    (own / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Unusable) as refused:
        load([own.parents[1]])
    found = [one for one in refused.value.findings if one.field == field and said in str(one)]
    assert found, str(refused.value)
    assert found[0].line > 0


def test_a_map_changes_no_figure_and_so_no_definition() -> None:
    [feed] = [feed for feed in load().feeds.values() if feed.place]
    assert feed.model_copy(update={"place": None}).definitions_hash == feed.definitions_hash


UNIT = {
    "type": "Feature",
    "id": "00001",
    "properties": {"vi": "Xã Một", "en": "One Commune"},
    "geometry": {"type": "Polygon", "coordinates": [[[105, 10], [106, 10], [106, 11], [105, 10]]]},
}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"geometry": {"type": "Polygon", "coordinates": [[[10.5, 105.2]] * 4]}}, "coordinates"),
        ({"geometry": {"type": "Polygon", "coordinates": [[[105, 10]] * 3]}}, "coordinates"),
        ({"geometry": {"type": "Point", "coordinates": [105, 10]}}, "geometry"),
        ({"properties": {"vi": "Xã Một"}}, "properties.en"),
    ],
)
def test_outlines_that_cannot_be_drawn_are_refused(tmp_path: Path, change: object, field: str) -> None:
    file = tmp_path / "reference" / "outlines.geojson"
    file.parent.mkdir()
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [UNIT | change]}), encoding="utf-8")
    with pytest.raises(Unusable) as refused:
        load([tmp_path])
    assert any(field in one.field and "outlines.geojson" in one.file for one in refused.value.findings)


def test_a_folders_own_outlines_take_the_place_of_the_packaged(tmp_path: Path) -> None:
    file = tmp_path / "reference" / "outlines.geojson"
    file.parent.mkdir()
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [UNIT]}), encoding="utf-8")
    outlines = load([tmp_path]).outlines
    assert outlines is not None
    assert [list(map(float, corner)) for corner in outlines.corners()] == [[10, 105], [11, 106]]
    packaged = load().outlines
    assert packaged is not None
    assert len(packaged.features) > 100
