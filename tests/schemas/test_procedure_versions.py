"""A case keeps the procedure version of its reception day; versions that cannot be are refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from schemas import Unusable, load, version_at

PROCEDURES = "code,name,level,field,valid_from,valid_to,made\np.1,One,commune,Field,,,true\n"
VERSIONS = """code,version,valid_from,valid_to,limit,unit,limit_online,fee,pause_supplement,made
p.1,1,,2025-06-30,10,working_days,,5000,restart,fee
p.1,2,2025-07-01,,6,working_days,4,,resume,version fee
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference/procedures.csv").write_text(PROCEDURES, encoding="utf-8")
    (tmp_path / "reference/procedure_versions.csv").write_text(VERSIONS, encoding="utf-8")
    return tmp_path


def test_the_reception_day_chooses_the_version(folder: Path) -> None:
    versions = load([folder]).procedure_versions
    old, new = (version_at(versions, "p.1", on) for on in (date(2025, 6, 30), date(2025, 7, 1)))
    assert old is not None
    assert new is not None
    assert (old.version, old.limit_by(True), old.fee, old.pause_supplement) == ("1", 10, 5000, "restart")
    assert (new.version, new.limit_by(True), new.limit_by(False), new.fee) == ("2", 4, 6, None)
    assert (new.pause_supplement, new.pause_fee, new.made) == ("resume", "resume", ("version", "fee"))
    assert version_at(versions, "p.2", date(2025, 7, 1)) is None


BAD = [
    ("p.1,2,2025-07-01", "p.1,2,2025-06-30", "valid_from", 3, "2025-06-29"),
    ("p.1,2,2025-07-01", "p.1,1,2025-07-01", "version", 3, "line 2"),
    ("p.1,2,2025-07-01", "q.1,2,2025-07-01", "code", 3, "procedures.csv"),
    ("10,working_days", "ten,working_days", "limit", 2, "integer"),
    ("10,working_days", "-1,working_days", "limit", 2, "greater"),
    ("10,working_days", "10,weeks", "unit", 2, "working_days"),
    ("10,working_days", "10,same_day", "(the file)", 2, "takes no limit"),
    ("10,working_days", ",working_days", "(the file)", 2, "needs a limit"),
    ("6,working_days,4", ",,4", "(the file)", 3, "stands beside a limit"),
    ("restart", "again", "pause_supplement", 2, "restart"),
    ("restart,fee", "restart,price", "made.0", 2, "fee"),
]


@pytest.mark.parametrize(("old", "new", "field", "line", "word"), BAD, ids=range(len(BAD)))
def test_a_version_that_cannot_be_is_refused(
    old: str, new: str, field: str, line: int, word: str, folder: Path
) -> None:
    file = folder / "reference/procedure_versions.csv"
    assert old in VERSIONS
    file.write_text(VERSIONS.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Unusable) as unusable:
        load([folder])
    found = unusable.value.findings
    assert any((f.file, f.line, f.field) == (str(file), line, field) and word in f.mend for f in found), found


def test_every_packaged_procedure_has_a_version_on_every_day() -> None:
    registry = load()
    versions = registry.procedure_versions
    assert set(versions) == set(registry.procedures)
    for on in (date(2011, 1, 1), date(2025, 6, 30), date(2025, 7, 1), date(2026, 12, 31)):
        assert [code for code in versions if version_at(versions, code, on) is None] == []
    assert sorted(len(same) for same in versions.values())[-7:] == [1, *[2] * 6]
    every = [version for same in versions.values() for version in same]
    assert all({"version", "fee"} <= set(version.made) for version in every)
    assert {version.unit for version in every} >= {"working_days", "days", "months", None}
