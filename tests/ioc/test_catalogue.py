"""`ioc reference catalogue` and `procedures`: the national list in versions that no later list rewrites."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ioc.cli.main import app
from ioc.errors import BadInput
from ioc.reference import catalogue
from schemas import Unusable, load, version_at
from schemas.source_files import PACKAGED

PROCEDURES = """procedure_code,name,level,field,decision_no
9.000001,One,"Cấp tỉnh, Cấp xã",Hộ tịch,1/QĐ-BTP
9.000002,Two,"Cấp bộ, Cấp tỉnh",Hộ tịch,1/QĐ-BTP
9.000003,Three,Cơ quan khác,Thuế,2/QĐ-BTC
"""
LIMITS = """procedure_code,channel,duration,unit
9.000001,Trực tiếp,5,Ngày làm việc
9.000001,Trực tuyến,3,Ngày làm việc
9.000002,Trực tiếp,,
9.000003,Trực tuyến,1,Tháng
"""
Listed = Callable[..., dict[str, list[tuple[str | None, ...]]]]


@pytest.fixture
def listed(tmp_path: Path) -> Listed:
    """Takes up a list, with texts replaced, since a day; the versions by procedure."""
    out = tmp_path / "own/reference"
    out.mkdir(parents=True)

    def taken(
        since: date | None = None, *changes: tuple[str, str]
    ) -> dict[str, list[tuple[str | None, ...]]]:
        for name, text in (("tthc_procedures", PROCEDURES), ("tthc_channel_deadline", LIMITS)):
            for old, new in changes:
                text = text.replace(old, new)
            (tmp_path / f"{name}.csv.gz").write_bytes(gzip.compress(text.encode()))
        for name, text in catalogue(tmp_path, out, since).items():
            (out / name).write_text(text, encoding="utf-8")
        found: dict[str, list[tuple[str | None, ...]]] = {}
        with (out / "procedure_versions.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                told = ("version", "valid_from", "valid_to", "limit", "unit", "limit_online")
                found.setdefault(row["code"], []).append(tuple(row[name] for name in told))
        return found

    return taken


FIRST = {
    "9.000001": [("1/QĐ-BTP", "", "", "5", "working_days", "3")],
    "9.000002": [("1/QĐ-BTP", "", "", "", "", "")],
    "9.000003": [("2/QĐ-BTC", "", "", "1", "months", "")],
}


def test_a_first_list_gives_each_procedure_the_version_of_its_act(listed: Listed, tmp_path: Path) -> None:
    assert listed() == FIRST
    promised = load([tmp_path / "own"])
    levels = {code: promised.procedures[code].level for code in FIRST}
    assert levels == {"9.000001": "commune", "9.000002": "province", "9.000003": "ministry"}


def test_a_newer_list_adds_versions_and_leaves_the_old_ones(listed: Listed, tmp_path: Path) -> None:
    listed()
    day = date(2026, 3, 1)
    found = listed(
        day, ("Hộ tịch,1/QĐ-BTP\n9.000002", "Hộ tịch,7/QĐ-BTP\n9.000002"), ("9.000003", "9.000004")
    )
    assert found == {
        "9.000001": [
            ("1/QĐ-BTP", "", "2026-02-28", "5", "working_days", "3"),
            ("7/QĐ-BTP", "2026-03-01", "", "5", "working_days", "3"),
        ],
        "9.000002": FIRST["9.000002"],
        "9.000003": [("2/QĐ-BTC", "", "2026-02-28", "1", "months", "")],  # not listed any more
        "9.000004": [("2/QĐ-BTC", "2026-03-01", "", "1", "months", "")],
    }
    versions = load([tmp_path / "own"]).procedure_versions
    before, since = (version_at(versions, "9.000001", on) for on in (date(2026, 2, 28), day))
    assert before is not None
    assert since is not None
    assert (before.version, since.version) == ("1/QĐ-BTP", "7/QĐ-BTP")


def test_the_same_list_again_changes_nothing(listed: Listed) -> None:
    assert listed() == listed(date(2026, 3, 1)) == FIRST
    changed = listed(date(2026, 3, 1), ("tiếp,5", "tiếp,4"))
    assert changed["9.000001"][1] == ("1/QĐ-BTP, 2026-03-01", "2026-03-01", "", "4", "working_days", "3")
    assert listed(date(2026, 4, 1), ("tiếp,5", "tiếp,4")) == changed, "its name is the act's and a day"


def test_a_newer_list_says_since_when(listed: Listed) -> None:
    listed()
    with pytest.raises(Unusable, match="say from which day the newer list holds"):
        listed()
    listed(date(2026, 3, 1), ("tiếp,5", "tiếp,4"))
    with pytest.raises(Unusable, match=r"9\.000001 changed on 2026-03-01: give a later day"):
        listed(date(2026, 3, 1), ("tiếp,5", "tiếp,6"))


def test_a_procedure_tells_its_versions(
    listed: Listed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed()
    listed(date(2026, 3, 1), ("Hộ tịch,1/QĐ-BTP\n9.000002", "Hộ tịch,7/QĐ-BTP\n9.000002"))
    monkeypatch.setenv("IOC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("IOC_SCHEMAS_PATH", str(tmp_path / "own"))

    def said(*words: str) -> list[str]:
        ran = CliRunner().invoke(app, ["reference", "procedures", *words], catch_exceptions=False)
        return ran.output.splitlines()

    assert said("9.000001") == [
        "9.000001 One (commune; Hộ tịch)",
        "  1/QĐ-BTP: since ever – 2026-02-28; 5, online 3 working days; pauses resume",
        "  7/QĐ-BTP: 2026-03-01 – still; 5, online 3 working days; pauses resume",
    ]
    assert said("9.000002")[1].endswith("no limit; pauses resume")
    assert said()[0] == "ministry: 1"
    assert said()[-1].startswith("all: 203 procedures, ")
    with pytest.raises(BadInput, match=r"near: '9\.000003'"):
        said("9.00003")


def test_the_published_list_is_taken_whole(tmp_path: Path) -> None:
    lists = PACKAGED.parents[1] / "shared/data/vietnam"
    if not lists.is_dir():
        pytest.skip(f"the published lists are not in {lists}")
    own = tmp_path / "reference"
    own.mkdir()
    for name, text in catalogue(lists, own, None).items():
        (own / name).write_text(text, encoding="utf-8")
    promised = load([tmp_path])
    assert len(promised.procedures) == 2_642
    levels = Counter(one.level for one in promised.procedures.values())
    assert levels == {"ministry": 1_041, "province": 1_013, "commune": 588}
    assert all(len(versions) == 1 for versions in promised.procedure_versions.values())
    one = promised.procedure_versions["1.000232"][0]
    assert (one.version, one.made) == ("6968/QĐ-BCA", ())
