"""Every wrong cell is found with its address, value and mend, all in one reading; then nothing is taken."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from ioc.entry import sheet_of
from ioc.entry.sheet import MOST_BYTES, MOST_ROWS
from ioc.errors import BadInput
from tests.entry.conftest import AGENCY, Check, Fill

GOOD = {"series": "guests", "agency": AGENCY, "period": "05/03/2026", "value": 12}


@pytest.mark.parametrize(
    ("wrong", "cell", "value", "mend"),
    [
        ({"series": None}, "B4", "", "fill in this cell"),
        ({"series": "guest"}, "B4", "guest", "near: 'guests'"),
        ({"agency": "H20.999"}, "C4", "H20.999", "choose from the template's list"),
        ({"period": None}, "D4", "", "fill in this cell"),
        ({"period": "31/02/2026"}, "D4", "31/02/2026", "observed by the day; write the period as 05/03/2024"),
        ({"period": "2026-03"}, "D4", "2026-03", "observed by the day"),
        ({"period": 46000}, "D4", "46000", "observed by the day"),
        ({"series": "tours"}, "D4", "05/03/2026", "observed by the month; write the period as 2024-03"),
        ({"series": "fairs", "period": "2025-13"}, "D4", "2025-13", "observed by the year"),
        ({"period": "05/03/2027"}, "D4", "05/03/2027", "has not begun"),
        ({"value": None}, "E4", "", "write a number, or"),
        ({"value": "twelve"}, "E4", "twelve", "write one number"),
        ({"value": "12 %"}, "E4", "12 %", "write one number"),
        ({"value": "1.234"}, "E4", "1.234", "write 1234 if it is thousands, 1.2340 if it is a fraction"),
        ({"value": "1.234.567"}, "E4", "1.234.567", "write one number"),
        ({"value": True}, "E4", "True", "write one number"),
        ({"value": -1}, "E4", "-1", "at least 0"),
        ({"value": 1001}, "E4", "1001", "at most 1000"),
        ({"n": 1.5}, "F4", "1.5", "whole number"),
        ({"n": 0}, "F4", "0", "at least 1"),
        ({"gate": "west"}, "G4", "west", "choose from the template's list"),
        ({"reason": "x" * 21}, "H4", "x" * 21, "at most 20 characters"),
        ({"paid": "maybe"}, "I4", "maybe", "yes or no"),
        ({"opened": "2026-02-30"}, "J4", "2026-02-30", "write the day as"),
        ({"#": "total"}, "A4", "total", "leave it empty"),
    ],
)
def test_a_wrong_cell_is_named(
    wrong: dict[str, Any], cell: str, value: str, mend: str, fill: Fill, check: Check
) -> None:
    (found,) = check(fill(GOOD | wrong, {**GOOD, "period": "06/03/2026"})).findings
    assert (found.cell, found.value) == (f"Nhập liệu!{cell}", value)
    assert mend in found.mend.en
    assert found.mend.vi != found.mend.en


def test_all_wrong_cells_are_found_at_once(fill: Fill, check: Check) -> None:
    rows = [GOOD | {"value": "x", "n": 0, "reason": "y" * 21}, {}, GOOD | {"agency": "?"}, GOOD, GOOD]
    found = check(fill(*rows)).findings
    assert [f.cell.removeprefix("Nhập liệu!") for f in found] == ["E4", "F4", "H4", "C6", "B8"]
    assert "row 7 is of the same" in found[-1].mend.en


def test_an_example_that_was_written_over_is_not_lost(fill: Fill, check: Check) -> None:
    (found,) = check(fill(GOOD | {"#": "Ví dụ"})).findings
    assert (found.cell, "the example row was changed" in found.mend.en) == ("Nhập liệu!A4", True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a,b\n1,2\n", ["A1: 'a'; write the template's field names"]),
        ("series,period,wert,value\nguests,05/03/2026,1,2\n", ["C1: 'wert'; no such column; remove it"]),
        ("series,period\nguests,05/03/2026\n", ["C1: ''; add the column value"]),
        ("series,period,value,value\n", ["D1: 'value'; this column is there twice"]),
        ("series,period,value\nguests,05/03/2026,2,7\n", ["D2: '7'; this cell is in no column"]),
        ("series,period,value\n", ["A2: ''; fill in at least one row"]),
        ("series,period,value\nguests,05/03/2026,a\nguests,?,3\n", ["C2: 'a'", "B3: '?'"]),
    ],
)
def test_a_csv_has_addresses_too(text: str, found: list[str], check: Check) -> None:
    said = [str(f) for f in check(text.encode(), "so lieu.csv").findings]
    assert len(said) == len(found), said
    assert all(one.startswith(f"so lieu.csv!{start}") for one, start in zip(said, found, strict=True)), said


def bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * 70_000_000)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "file", "mend"),
    [
        (b"x", "sheet.xls", "XLSX file made from the template"),
        (b"x", "sheet.xlsx", "XLSX file made from the template"),
        (b"PK\x03\x04", "sheet.xlsx", "XLSX file made from the template"),
        (bomb(), "sheet.xlsx", "unpacked"),
        ("Đ".encode("utf-16"), "sheet.csv", "CSV UTF-8"),
        (b'series\n"a"b\n', "sheet.csv", "it is no CSV"),
        (b"a\n" * (MOST_ROWS + 1), "sheet.csv", f"at most {MOST_ROWS} rows"),
        (b"x" * (MOST_BYTES + 1), "sheet.csv", f"at most {MOST_BYTES} bytes"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused(content: bytes, file: str, mend: str) -> None:
    with pytest.raises(BadInput, match=mend):
        sheet_of(content, file)
