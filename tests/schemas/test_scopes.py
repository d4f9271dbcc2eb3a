"""Scopes as data: each mistake is named with its line and mend; one's own folder adds to them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from schemas import Unusable, load
from schemas.source_files import PACKAGED

FILE = "scopes/cao-lanh.yaml"
BAD = [  # old, new, the line that is named, the field, a word of the mend
    ("scope: cao-lanh", "scope: cao-lan", 2, "scope", "'cao-lanh'"),
    ("[H20.31]", "[H20.310]", 4, "agencies.0", "near: 'H20.31"),
    ("[H20.31]", "[H20.33, H20.31x]", 4, "agencies.1", "agencies.csv"),
    ("[H20.31]", "[H20.31, H20.31]", 4, "agencies", "H20.31 is given twice"),
    ("[H20.31]", "[]", 4, "agencies", "at least 1"),
    ("source: ", "sources: ", 5, "sources", "near: 'source'"),
    (", en: Cao Lãnh city", "", 3, "label.en", "add it"),
]


@pytest.mark.parametrize(("old", "new", "line", "field", "word"), BAD, ids=range(len(BAD)))
def test_a_scope_that_cannot_be_used_says_where_and_why(
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


def test_a_folder_of_ones_own_adds_a_scope_and_its_agencies(tmp_path: Path) -> None:
    (tmp_path / "scopes").mkdir()
    (tmp_path / "reference").mkdir()
    shutil.copy(PACKAGED / FILE, tmp_path / "scopes/port.yaml")
    text = (tmp_path / "scopes/port.yaml").read_text(encoding="utf-8")
    (tmp_path / "scopes/port.yaml").write_text(
        text.replace("scope: cao-lanh", "scope: port").replace("H20.31", "X"), encoding="utf-8"
    )
    row = "code,name,level,parent\nX,Cảng vụ,department,\n"
    (tmp_path / "reference/agencies.csv").write_text(row, encoding="utf-8")
    found = load([tmp_path]).scopes
    assert found["port"].agencies == ("X",)
    assert "cao-lanh" in found
