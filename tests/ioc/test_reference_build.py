"""`ioc reference build`: the committed files again byte for byte, against the country's real lists."""

from __future__ import annotations

import csv
import gzip
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ioc.cli.main import app
from ioc.errors import BadInput
from ioc.reference import build
from ioc.reference.lists import FILES
from ioc.reference.naming import named
from schemas import Unusable
from schemas.registry import PACKAGED

REFERENCE = PACKAGED / "reference"
OUT = ("agencies.csv", "successions.csv", "procedure_versions.csv")


@pytest.fixture(scope="session")
def lists() -> Path:
    folder = PACKAGED.parents[1] / "shared/data/vietnam"
    if not folder.is_dir():
        pytest.skip(f"the published lists are not in {folder}")
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    return list(csv.DictReader(text.splitlines()))


def test_the_command_writes_the_committed_files_again(lists: Path, tmp_path: Path) -> None:
    shutil.copy(REFERENCE / "assigned.csv", tmp_path)
    args = ["reference", "build", "--from", str(lists), "--province", "Đồng Tháp", "--root", "H20"]
    for _ in range(2):
        ran = CliRunner().invoke(app, [*args, "--out", str(tmp_path)])
        assert ran.exit_code == 0, ran.output
        for name in OUT:
            assert (tmp_path / name).read_bytes() == (REFERENCE / name).read_bytes(), name


def test_every_unit_of_the_lists_is_there_once(lists: Path) -> None:
    found = rows(REFERENCE / "agencies.csv")
    old = {(r["level"], r["admin_code"]) for r in found if r["valid_to"] and r["admin_code"]}
    new = {(r["level"], r["admin_code"]) for r in found if not r["valid_to"] and r["admin_code"]}
    of = {"82", "87"}
    expected = {("province", code) for code in of}
    for level, file in (("district", "districts_63.csv"), ("commune", "communes_63.csv")):
        listed = [r for r in rows(lists / file) if r["province_code"] in of]
        expected |= {(level, r[f"{level}_code"]) for r in listed}
    assert old == expected
    communes = {r["commune_code"] for r in rows(lists / FILES["communes"][0]) if r["province_code"] == "82"}
    assert new == {("commune", code) for code in communes} | {("province", "82")}
    assert len(found) == len(old) + len(new) + 19


def test_the_communes_successors_are_the_crosswalks(lists: Path) -> None:
    agencies = rows(REFERENCE / "agencies.csv")
    admin = {(r["code"], bool(r["valid_to"])): r["admin_code"] for r in agencies if r["level"] == "commune"}
    edges = rows(REFERENCE / "successions.csv")
    ours = {
        (admin[e["from"], True], admin[e["to"], False], e["share"])
        for e in edges
        if (e["from"], True) in admin
    }
    steps = [r for r in rows(lists / FILES["commune_steps"][0]) if r["old_province_code"] in ("82", "87")]
    assert len(steps) == 314
    assert ours == {(r["old_commune_code"], r["new_commune_code"], r["default_part"]) for r in steps}


def test_a_district_is_adopted_by_a_commune_of_its_land() -> None:
    edges = rows(REFERENCE / "successions.csv")
    above = {r["code"]: r["parent"] for r in rows(REFERENCE / "agencies.csv") if r["valid_to"]}
    adopted = {e["from"]: e["to"] for e in edges if e["kind"] == "dissolve"}
    assert len(adopted) == 23
    for district, commune in adopted.items():
        assert any(above.get(e["from"]) == district and e["to"] == commune for e in edges), district
    assert all((e["made"] == "true") == (e["kind"] == "dissolve") for e in edges)


@pytest.mark.parametrize("province", ["Hà Nội", "Quảng Ninh", "Đà Nẵng", "Cao Bằng"])
def test_any_province_can_be_built(province: str, lists: Path) -> None:
    """Two with islands that had no communes or a code that no list has, one that was never merged."""
    built = build(lists, province, "H99", None, REFERENCE / "procedures.csv")
    ended = {(a.code, a.level) for a in built.agencies if a.valid_to}
    assert {code for code, _ in ended} == {edge.from_ for edge in built.successions}
    assert (("H99", "province") in ended) == (province in ("Đà Nẵng",))


def test_a_given_code_is_kept_and_others_are_made_around_it(lists: Path, tmp_path: Path) -> None:
    codes = "H99.150,Ours,commune,06970,\nH99.777,Ward,commune,06978,2025-07-01\n"
    given = f"code,name,level,admin_code,valid_from\n{codes}"
    (tmp_path / "given.csv").write_text(given, encoding="utf-8")
    built = build(lists, "Quảng Ninh", "H99", tmp_path / "given.csv", REFERENCE / "procedures.csv")
    keys = [(agency.code, agency.valid_from) for agency in built.agencies]
    assert len(set(keys)) == len(keys)
    named_ = {agency.admin_code: agency for agency in built.agencies if agency.name in ("Ours", "Ward")}
    assert {code: agency.code for code, agency in named_.items()} == {"06970": "H99.150", "06978": "H99.777"}


def test_names_grow_until_they_tell_units_apart() -> None:
    units = [
        ("1", ("Xã A", "Huyện X", "Tỉnh P")),
        ("2", ("Xã A", "Huyện X", "Tỉnh Q")),
        ("3", ("Xã B", "Huyện X")),
    ]
    found = named([*units, ("4", ("Xã C", "Huyện X"))], {"0": "UBND Xã B", "4": "Kept"})
    assert found == {
        **{"0": "UBND Xã B", "1": "UBND Xã A, Huyện X, Tỉnh P", "2": "UBND Xã A, Huyện X, Tỉnh Q"},
        **{"3": "UBND Xã B, Huyện X", "4": "Kept"},
    }


SPOILT = [
    ("districts_63.csv", "\n866,", "\nx66,", "district_code", "name a district"),
    ("communes_63.csv", "Phường 1,866,87", "Phố 1,866,87", "full_name", "Xã or Phường"),
    ("communes_63.csv", "full_name", "fullname", "full_name", "near: 'fullname'"),
    ("crosswalk_commune_old_to_new.csv.gz", ",29869,Phường 1,", ",,Phường 1,", "commune_code", "add it to"),
    (
        "crosswalk_commune_old_to_new.csv.gz",
        ",29869,Phường 1,",
        ",2x869,Phường 1,",
        "old_commune_code",
        "name a",
    ),
    (
        "crosswalk_commune_old_to_new.csv.gz",
        ",30253,Xã Tân Nhuận Đông,whole",
        ",3x253,Xã X,whole",
        "new_commune_code",
        "near",
    ),
    (
        "crosswalk_province_63_to_34.csv",
        "87,Tỉnh Đồng Tháp,82",
        "88,Tỉnh Đồng Tháp,82",
        "old_province_code",
        "add",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "field", "word"), SPOILT, ids=range(len(SPOILT)))
def test_a_list_that_cannot_be_used_says_where(
    file: str, old: str, new: str, field: str, word: str, lists: Path, tmp_path: Path
) -> None:
    for name, _ in FILES.values():
        shutil.copy(lists / name, tmp_path / name)
    path = tmp_path / file
    path.chmod(0o644)
    packed = path.suffix == ".gz"
    text = (gzip.decompress(path.read_bytes()) if packed else path.read_bytes()).decode()
    assert old in text, old
    spoilt = text.replace(old, new).encode()
    path.write_bytes(gzip.compress(spoilt) if packed else spoilt)
    with pytest.raises(Unusable) as unusable:
        build(tmp_path, "Đồng Tháp", "H20", None, REFERENCE / "procedures.csv")
    assert any(f.field == field and word in f.mend and f.line for f in unusable.value.findings), str(
        unusable.value
    )


def test_what_a_person_asks_wrongly_is_said(lists: Path, tmp_path: Path) -> None:
    def asked(*args: str) -> str:
        ran = CliRunner().invoke(app, ["reference", "build", "--out", str(tmp_path / "out"), *args])
        assert isinstance(ran.exception, BadInput)
        assert not (tmp_path / "out").exists()
        return str(ran.exception)

    good = ["--from", str(lists), "--root", "H20"]
    assert "near: 'Đồng Tháp'" in asked(*good, "--province", "Dong Thap")
    assert "--root" in asked("--from", str(lists), "--province", "Đồng Tháp", "--root", "h2")
    assert "name a folder that has this file" in asked(
        "--from", str(tmp_path), "--province", "x", "--root", "H20"
    )
    given = str(REFERENCE / "assigned.csv")
    assert f"{given}:2: admin_code: '87'" in asked(*good, "--province", "Hà Nội", "--assigned", given)
    missing = str(tmp_path / "none.csv")
    assert "name a file that exists" in asked(*good, "--province", "Hà Nội", "--assigned", missing)
    (tmp_path / "twice.csv").write_text("code,name,level\nH20.01,A,department\nH20.01,B,department\n")
    assert "given twice" in asked(*good, "--province", "Hà Nội", "--assigned", str(tmp_path / "twice.csv"))
