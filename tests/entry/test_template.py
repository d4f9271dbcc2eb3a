"""The template: a column per datum, lists to choose from, an example that stays out, words that explain."""

from __future__ import annotations

import io
import json
import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from ioc.entry import manual_feed, to_template
from ioc.errors import BadInput
from schemas import ObservationFeed, Registry, load
from schemas.registry import read
from tests.entry.conftest import AGENCY, COLUMNS, Check, Fill


def test_the_template_asks_for_every_datum_but_who(feed: ObservationFeed, registry: Registry) -> None:
    made = to_template(feed, registry)
    assert made == to_template(feed, registry)
    book = load_workbook(io.BytesIO(made))
    assert book.sheetnames == ["Nhập liệu", "Giải thích", "Danh mục"]
    entry, explain, lists = book.worksheets
    assert [cell.value for cell in entry[2]] == list(COLUMNS)
    assert [cell.value for cell in entry[1]][:4] == ["STT", "Chuỗi số liệu *", "Đơn vị", "Kỳ *"]
    assert entry["A3"].value == "ví dụ"
    assert entry["D3"].value == "05/03/2024"
    assert (entry["D4"].number_format, entry["E4"].number_format) == ("@", "General")
    offered = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in entry.data_validations.dataValidation}
    agencies = len(registry.agencies) + 1
    assert offered == {
        "B3": "'Danh mục'!$A$2:$A$4",
        "C3": f"'Danh mục'!$B$2:$B${agencies}",
        "G3": "'Danh mục'!$C$2:$C$3",
    }
    assert [cell.value for cell in lists["A"] if cell.value] == [
        "series",
        "guests · Khách",
        "tours · Đoàn",
        "fairs · Hội chợ",
    ]
    said = {row[2]: row for row in explain.iter_rows(values_only=True)}
    assert set(COLUMNS) | set(feed.series) <= set(said)
    assert said["gate"][:2] == ("Cổng", "Gate")
    assert said["tours"][3] == "tháng / month"


def test_a_template_nobody_filled_in_has_nothing_to_take(fill: Fill, check: Check) -> None:
    found = check(fill())
    assert [str(f) for f in found.findings] == [
        "Nhập liệu!A3: 'ví dụ'; fill in at least one row below the field names"
    ]


def test_what_is_filled_in_is_read_back(fill: Fill, check: Check) -> None:
    first = {"series": "guests · Khách", "agency": f"{AGENCY} · UBND", "period": "05/03/2026", "value": 12}
    more = {"n": 3.0, "gate": "north", "reason": "đông", "paid": "có", "opened": datetime(2026, 3, 1)}  # noqa: DTZ001
    found = check(
        fill(
            {"#": 1, **first, **more},
            {"series": "Đoàn", "period": "03/2026", "value": "1,5"},
            {"series": "tours", "period": date(2026, 2, 1), "value": "chưa phát sinh"},
            {},
            {"series": "FAIRS", "period": 2025, "value": 0} | {"series": "Fairs"},
            {"series": "guests", "period": datetime(2026, 3, 6), "value": "0.125"},  # noqa: DTZ001
        )
    )
    assert [str(f) for f in found.findings] == []
    assert found.examples == 1
    read: list[tuple[int, dict[str, Any]]] = [(one.row, one.data) for one in found.entries]
    assert read == [
        (
            4,
            {"series": "guests", "agency": AGENCY, "period": "2026-03-05", "value": 12}
            | {"n": 3, "gate": "north", "reason": "đông", "paid": True, "opened": "2026-03-01"},
        ),
        (5, {"series": "tours", "period": "2026-03", "value": 1.5}),
        (6, {"series": "tours", "period": "2026-02", "value": None}),
        (8, {"series": "fairs", "period": "2025", "value": 0}),
        (9, {"series": "guests", "period": "2026-03-06", "value": 0.125}),
    ]
    assert found.entries[0].key == f"guests/{AGENCY}/2026-03-05/north"


def test_a_csv_says_the_same_as_a_workbook(fill: Fill, check: Check) -> None:
    row = {"series": "guests", "agency": AGENCY, "period": "05/03/2026", "value": 12}
    text = f"series;agency;period;value\nguests;{AGENCY};05/03/2026;12\n"
    by_csv = check(b"\xef\xbb\xbf" + text.encode(), "sheet.csv")
    assert by_csv.findings == []
    assert [one.data for one in by_csv.entries] == [one.data for one in check(fill(row)).entries]


@pytest.mark.parametrize("name", ["records", "visitz"])
def test_only_feeds_that_people_enter_have_one(name: str) -> None:
    with pytest.raises(BadInput, match="entered by hand"):
        manual_feed(load(), name)


def test_every_packaged_feed_that_people_enter_takes_its_example() -> None:
    registry = load()
    manual = [feed for feed in registry.observations.values() if feed.manual]
    assert len(manual) > 1
    for feed in manual:
        book = load_workbook(io.BytesIO(to_template(feed, registry)))
        assert book.worksheets[0].max_column == len(
            feed.event_schemas[f"{feed.feed}/observed.v1"]["properties"]
        )


def test_who_enters_must_be_a_personal_datum(folder: Path, tmp_path: Path) -> None:
    own = shutil.copytree(folder, tmp_path / "own")
    path = own / "feeds/visits/observed.v1.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    schema["properties"]["entered_by"]["x-personal"] = False
    path.write_text(json.dumps(schema), encoding="utf-8")
    (found,) = read([own])[1]
    assert (found.field, "`entered_by` as a string with `x-personal: true`" in found.mend) == ("manual", True)
