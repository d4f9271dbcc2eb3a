"""A feed that people enter, of the test's own, and sheets filled in with openpyxl."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import load_workbook

from ioc.entry import Checked, checked, manual_feed, sheet_of, to_template
from schemas import ObservationFeed, Registry, load

NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)
FEED = {
    "feed": "visits",
    "kind": "observation",
    "manual": True,
    "label": {"vi": "Lượt khách", "en": "Visits"},
    "owner": "o",
    "zone": "Asia/Ho_Chi_Minh",
    "rhythm_minutes": 60,
    "topic": {"partitions": 1, "retention_days": 30},
    "events": {"observed": ["v1"]},
    "agencies": "known",
    "series": {
        name: {
            "label": {"vi": vi, "en": en},
            "explain": {"vi": vi, "en": en},
            "unit": {"vi": "người", "en": "people"},
            "period": period,
            "over_time": "sum",
            "over_agencies": "sum",
        }
        for name, vi, en, period in (
            ("guests", "Khách", "Guests", "day"),
            ("tours", "Đoàn", "Tours", "month"),
            ("fairs", "Hội chợ", "Fairs", "year"),
        )
    },
    "dimensions": {"gate": {"vi": "Cổng", "en": "Gate"}},
    "tiles": ["guests"],
}
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "required": ["series", "period", "value"],
    "properties": {
        "series": {"type": "string"},
        "agency": {"type": "string", "minLength": 1},
        "period": {"type": "string"},
        "value": {"type": ["number", "null"], "minimum": 0, "maximum": 1000},
        "n": {"type": "integer", "minimum": 1},
        "gate": {"type": "string", "enum": ["north", "south"]},
        "reason": {"type": "string", "maxLength": 20},
        "paid": {"type": "boolean"},
        "opened": {"type": "string", "format": "date"},
        "entered_by": {"type": "string", "x-personal": True},
    },
}
COLUMNS = ("#", *(name for name in SCHEMA["properties"] if name != "entered_by"))
AGENCY = "H20.34"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A schema folder with the feed in it."""
    own = tmp_path_factory.mktemp("own")
    feed = own / "feeds/visits"
    feed.mkdir(parents=True)
    (feed / "feed.yaml").write_text(yaml.safe_dump(FEED, sort_keys=False), encoding="utf-8")
    (feed / "observed.v1.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    return own


@pytest.fixture(scope="session")
def registry(folder: Path) -> Registry:
    return load([folder])


@pytest.fixture(scope="session")
def feed(registry: Registry) -> ObservationFeed:
    return manual_feed(registry, "visits")


Fill = Callable[..., bytes]
Check = Callable[..., Checked]


@pytest.fixture
def fill(feed: ObservationFeed, registry: Registry) -> Fill:
    """The template with rows (dicts of cells by field name) from row 4 on."""

    def filled(*rows: dict[str, Any]) -> bytes:
        book = load_workbook(io.BytesIO(to_template(feed, registry)))
        for number, row in enumerate(rows, 4):
            for name, cell in row.items():
                book.worksheets[0].cell(number, COLUMNS.index(name) + 1, cell)
        made = io.BytesIO()
        book.save(made)
        return made.getvalue()

    return filled


@pytest.fixture
def check(feed: ObservationFeed, registry: Registry) -> Check:
    def found(content: bytes, file: str = "sheet.xlsx") -> Checked:
        return checked(sheet_of(content, file), feed, registry, NOW, 100_000)

    return found
