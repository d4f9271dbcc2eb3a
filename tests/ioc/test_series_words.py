"""`ioc series` calls values of a dimension by their words, and any other as it is; data keep the codes."""

from __future__ import annotations

import json

import pytest

from ioc.cli.series import PRINT
from ioc.entry.columns import columns
from schemas import Registry, load


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


ROW = {"series": "answers", "agency": "H20.01", "channel": "paper", "value": 5.0, "observations": 1}
NONE = {"group": "H20.01 paper", "target": None, "missed": False, "before": None}


def test_a_table_has_words_where_there_are_any(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    feed = registry.observations["satisfaction"]
    rows = [ROW | NONE, ROW | NONE | {"channel": "drum"}, ROW | NONE | {"agency": None, "channel": None}]
    PRINT["table"](rows, feed)
    lines = [line for line in capsys.readouterr().out.splitlines() if "Answers" in line]
    for line, called in zip(lines, ("H20.01 Paper form", "H20.01 drum", "– –"), strict=True):
        assert f"  {called}  " in line
    PRINT["json"](rows[:1], feed)
    assert json.loads(capsys.readouterr().out)[0]["channel"] == "paper"


def test_a_sheet_offers_values_by_their_words(registry: Registry) -> None:
    asked = {one.name: one for one in columns(registry.observations["procedure-catalogue"], registry)}
    assert asked["level"].choices["district"].vi == "Cấp huyện"
