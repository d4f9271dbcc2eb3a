"""How a dimension's values make one of all: as agencies do, or in a series' own way."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from schemas import ObservationFeed, load
from schemas.findings import of_validation
from schemas.yaml_file import YamlFile
from tests.schemas.test_feed_schema import OBSERVED

OWN = OBSERVED.replace("over_agencies: sum", "over_agencies: sum\n    over_dimensions: none")
LINES = "dimensions:\n  line: {vi: Tuyến, en: Line}\ntiles:"


@pytest.fixture
def feed(tmp_path: Any) -> Any:
    def of(text: str) -> ObservationFeed:
        path = tmp_path / "feed.yaml"
        path.write_text(text, encoding="utf-8")
        return ObservationFeed.model_validate(YamlFile(path, path.name).content)

    return of


def test_left_out_it_is_as_over_agencies_and_no_definition_changes(feed: Any) -> None:
    plain = feed(OBSERVED.replace("tiles:", LINES))
    assert plain.series["trips"].over_dimensions == "sum"
    said = OBSERVED.replace("over_agencies: sum", "over_agencies: sum\n    over_dimensions: sum")
    assert feed(said.replace("tiles:", LINES)).definitions_hash == plain.definitions_hash
    assert feed(OWN.replace("tiles:", LINES)).definitions_hash != plain.definitions_hash
    assert load().observations["satisfaction"].series["answers"].definition == ["month", "sum", "sum"]


def test_without_dimensions_it_is_refused(feed: Any) -> None:
    with pytest.raises(ValidationError, match="this feed has no dimensions: take over_dimensions away"):
        feed(OWN)


def test_a_wrong_word_is_told_alone(feed: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        feed(OBSERVED.replace("over_agencies: sum", "over_agencies: summ"))
    found = of_validation("feed.yaml", refused.value, lambda _: 1)
    assert [one.field for one in found] == ["series.trips.over_agencies"]
