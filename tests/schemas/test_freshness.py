"""What a feed may say of the freshness of the exchanges that it tells of."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from schemas import ObservationFeed, load
from schemas.yaml_file import YamlFile
from tests.schemas.test_feed_schema import OBSERVED

LAST = OBSERVED.replace("over_time: sum", "over_time: last")
LINES = (
    "dimensions:\n  line: {vi: Tuyến, en: Line}\nfreshness: {series: trips, by: line, late_after: 30}\ntiles:"
)
SOUND = LAST.replace("tiles:", LINES)


def feed(folder: Path, text: str) -> ObservationFeed:
    path = folder / "feed.yaml"
    path.write_text(text, encoding="utf-8")
    return ObservationFeed.model_validate(YamlFile(path, path.name).content)


def test_it_is_no_definition(tmp_path: Path) -> None:
    sound = feed(tmp_path, SOUND)
    assert sound.freshness is not None
    plain = LAST.replace("tiles:", "dimensions:\n  line: {vi: Tuyến, en: Line}\ntiles:")
    assert sound.definitions_hash == feed(tmp_path, plain).definitions_hash
    assert [name for name, one in load().observations.items() if one.freshness] == ["lgsp"]


@pytest.mark.parametrize(
    ("was", "said", "why"),
    [
        ("series: trips", "series: trains", "'trains' is no series of this feed"),
        ("by: line", "by: service", "'service' is no dimension of this feed \\(line\\)"),
        ("over_time: last", "over_time: sum", "'trips' must be told by the day, with `over_time: last`"),
        ("period: day", "period: month", "'trips' must be told by the day, with `over_time: last`"),
        ("late_after: 30", "late_after: 0", "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_told_is_refused(tmp_path: Path, was: str, said: str, why: str) -> None:
    assert was in SOUND
    with pytest.raises(ValidationError, match=why):
        feed(tmp_path, SOUND.replace(was, said))
