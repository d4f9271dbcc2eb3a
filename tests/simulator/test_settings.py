"""Settings say where each section comes from, and are refused by name where they do not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ioc.errors import BadInput
from streams.simulator.settings import default_simulation, read

Change = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda all_: all_["hours"].pop("made"), "hours"),
        (lambda all_: all_["hours"].update(source="a guess"), "hours"),
        (lambda all_: all_["hours"]["receive"].pop(), "hours.receive"),
        (lambda all_: all_["path"].update(fee=1.5), "path.fee"),
        (lambda all_: all_["path"].update(fees=0.1), "path.fees"),
        (lambda all_: all_["path"].update(apology=1.1), "path.apology"),
        (lambda all_: all_["path"].update(events={4: 1}), "path.events.4"),
        (lambda all_: all_["totals"].update(early=900_000), "totals"),
        (lambda all_: all_.pop("wire"), "wire"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, change: Change, named: str) -> None:
    content = yaml.safe_load(default_simulation().read_text())
    change(content)
    path = tmp_path / "wrong.yaml"
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(BadInput, match=rf"wrong.yaml: .*{named}|{named}.*"):
        read(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.yaml"):
        read(tmp_path / "none.yaml")


def test_only_totals_words_and_calendar_have_a_source() -> None:
    content = yaml.safe_load(default_simulation().read_text())
    sections = {name: section for name, section in content.items() if isinstance(section, dict)}
    assert {name for name, section in sections.items() if "source" in section} == {
        "totals",
        "wire",
        "calendar",
    }
    assert all(section["made"] for section in sections.values() if "source" not in section)
