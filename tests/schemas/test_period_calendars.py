"""Period calendars as data: each mistake is named with its line and mend; one's own folder adds to them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from schemas import Unusable, load
from schemas.source_files import PACKAGED

FILE = "period_calendars/REPORT_15_14.yaml"
BAD = [  # old, new, the line that is named, the field, a word of the mend
    ("REPORT_15_14\n", "REPORT\n", 3, "period_calendar", "'REPORT_15_14'"),
    ("calendar: REPORT_15_14\n", "calendar: report-15-14\n", 3, "period_calendar", "pattern"),
    ("first_day: 15", "first_day: 29", 4, "first_day", "28"),
    ("first_day: 15", "first_day: 0", 4, "first_day", "1"),
    ("first_day: 15", "first_day: 15th", 4, "first_day", "integer"),
    ("first_day: 15", "first_day: 1", 3, "(the file)", "named after itself; write 0"),
    ("month_shift: -1", "month_shift: -2", 5, "month_shift", "-1 or 0"),
    ("[month, quarter", "[mouth, quarter", 6, "periods.0", "'month'"),
    ("[month, quarter", "[range, quarter", 6, "periods.0", "'month'"),  # a free range is everybody's
    ("[month, quarter", "[month, month", 6, "periods", "month is given twice"),
    ("[month, quarter, half, year, 6m, 9m, ytd]", "[]", 6, "periods", "at least 1"),
    ("source: ", "sources: ", 7, "sources", "near: 'source'"),
]


@pytest.mark.parametrize(("old", "new", "line", "field", "word"), BAD, ids=range(len(BAD)))
def test_a_calendar_that_cannot_be_used_says_where_and_why(
    old: str, new: str, line: int, field: str, word: str, tmp_path: Path
) -> None:
    path = tmp_path / FILE
    path.parent.mkdir()
    text = (PACKAGED / FILE).read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Unusable) as unusable:
        load([tmp_path])
    found = {(f.file, f.line, f.field): f.mend for f in unusable.value.findings}
    assert word in found[str(path), line, field], unusable.value


def test_the_packaged_calendars_are_the_two_of_the_domain() -> None:
    found = load().period_calendars
    assert {name: (one.first_day, one.month_shift) for name, one in found.items()} == {
        "CALENDAR": (1, 0),
        "REPORT_15_14": (15, -1),
    }
    assert found["REPORT_15_14"].periods == ("month", "quarter", "half", "year", "6m", "9m", "ytd")
    assert found["CALENDAR"].periods == ("day", "week", *found["REPORT_15_14"].periods)


def test_a_folder_of_ones_own_adds_a_calendar(tmp_path: Path) -> None:
    path = tmp_path / "period_calendars/FISCAL.yaml"
    path.parent.mkdir()
    shutil.copy(PACKAGED / FILE, path)
    path.write_text(path.read_text(encoding="utf-8").replace("REPORT_15_14", "FISCAL"), encoding="utf-8")
    found = load([tmp_path]).period_calendars
    assert (sorted(found), found["FISCAL"].file) == (["CALENDAR", "FISCAL", "REPORT_15_14"], str(path))
