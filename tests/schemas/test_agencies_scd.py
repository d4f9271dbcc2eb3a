"""Agencies through time: one code for two bodies, who is responsible since, what the files may not say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from schemas import Finding, Registry, Unusable, load

EVE, REFORM = date(2025, 6, 30), date(2025, 7, 1)
AGENCIES = """code,name,level,type,parent,admin_code,valid_from,valid_to,made
X,Province,province,tỉnh,,01,,,true
X.1,Old ward,commune,phường,X,11,,2024-12-31,true
X.1,New ward,commune,phường,X,12,2025-07-01,,true
X.2,Town,commune,thị trấn,X,13,,2025-06-30,true
X.3,Village,commune,xã,X,14,2025-01-01,,true
X.4,Office,department,,X,,,,true
"""
SUCCESSIONS = """from,to,kind,share,effective,made
X.1,X.2,merge,,2025-01-01,true
X.2,X.1,split,0.4,2025-07-01,true
X.2,X.3,split,0.6,2025-07-01,true
X.4,X.3,transfer,,2025-02-01,true
"""


def loaded(folder: Path, agencies: str, successions: str) -> Registry:
    (folder / "reference").mkdir(exist_ok=True)
    (folder / "reference/agencies.csv").write_text(agencies, encoding="utf-8")
    (folder / "reference/successions.csv").write_text(successions, encoding="utf-8")
    return load([folder])


def test_a_code_names_another_body_later(tmp_path: Path) -> None:
    registry = loaded(tmp_path, AGENCIES, SUCCESSIONS)
    history = registry.history
    names = [history.agency_at("X.1", date(2024, 1, 1)), history.agency_at("X.1", REFORM)]
    assert [agency and agency.name for agency in names] == ["Old ward", "New ward"]
    assert history.agency_at("X.1", EVE) is None
    assert registry.agencies["X.1"].name == "New ward"
    said = [history.agency_said("X.1", EVE), history.agency_said("X.3", date(2020, 1, 1))]
    assert [agency and agency.name for agency in said] == ["Old ward", "Village"]


@pytest.mark.parametrize(
    ("code", "said", "on", "who"),
    [
        ("X.1", date(2024, 5, 1), date(2024, 12, 31), "Old ward"),
        ("X.1", date(2024, 5, 1), date(2025, 1, 1), "Town"),
        ("X.1", date(2024, 5, 1), REFORM, "Village"),  # the larger share, not the body that has the code now
        ("X.1", date(2025, 5, 1), REFORM, "Village"),  # said after its end: the old ward is meant
        ("X.1", REFORM, REFORM, "New ward"),
        ("X.1", None, REFORM, "New ward"),
        ("X.4", date(2025, 1, 1), REFORM, "Office"),  # it stands, whatever it handed over
        ("X.9", None, REFORM, None),
    ],
)
def test_cases_follow_successions(
    code: str, said: date | None, on: date, who: str | None, tmp_path: Path
) -> None:
    found = loaded(tmp_path, AGENCIES, SUCCESSIONS).history.responsible(code, on, said)
    assert (found and found.name) == who


def test_shares_alike_are_told_apart_by_code(tmp_path: Path) -> None:
    halves = SUCCESSIONS.replace("X.1,split,0.4", "X.3,split,0.5").replace("X.3,split,0.6", "X.1,split,0.5")
    for edges in (halves, halves.replace(",0.5,", ",,")):
        found = loaded(tmp_path, AGENCIES, edges).history.responsible("X.2", REFORM, said=EVE)
        assert found is not None
        assert found.name == "New ward"


def test_a_body_without_successor_keeps_its_cases_and_is_told(tmp_path: Path) -> None:
    history = loaded(tmp_path, AGENCIES, SUCCESSIONS.replace("X.1,X.2,merge,,2025-01-01,true\n", "")).history
    found = history.responsible("X.1", REFORM, said=date(2024, 1, 1))
    assert found is not None
    assert found.name == "Old ward"
    assert [agency.name for agency in history.without_successor(EVE)] == ["Old ward"]


def test_a_later_folder_says_all_of_a_code(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir(), two.mkdir()
    loaded(one, AGENCIES, SUCCESSIONS)
    head, *rows = AGENCIES.splitlines(keepends=True)
    (two / "reference").mkdir()
    only = head + rows[3].replace("Town", "City")
    (two / "reference/agencies.csv").write_text(only, encoding="utf-8")
    edges = "from,to,kind,effective\nX.2,X.1,rename,2025-07-01\n"
    (two / "reference/successions.csv").write_text(edges, encoding="utf-8")
    history = load([one, two]).history
    found = history.responsible("X.1", REFORM, said=date(2024, 1, 1))
    assert [version.name for version in history.versions["X.2"]] == ["City"]
    assert found is not None
    assert found.name == "New ward"


BAD = [
    (
        "a",
        "X.1,New ward,commune,phường,X,12,2025-07-01",
        "X.1,New ward,commune,phường,X,12,2024-12-31",
        "valid_from",
        4,
        "2024-12-30",
    ),
    (
        "a",
        "X.1,New ward,commune,phường,X,12,2025-07-01,,",
        "X.1,New ward,commune,phường,X,12,,,",
        "code",
        4,
        "line 3",
    ),
    ("a", "X.3,Village,commune,xã,X,14", "X.3,Village,commune,xã,Y,14", "parent", 6, "known agency"),
    ("a", "X.3,Village,commune,xã,X,14", "X.3,Village,commune,xã,X.2,14", "parent", 6, "2025-07-01"),
    ("a", "X.3,Village,commune,xã,X,14", "X.3,Village,commune,xã,X.1,14", "parent", 6, "2025-01-01"),
    ("a", "2025-01-01,,true\nX.4", "2025-01-01,2024-01-01,true\nX.4", "(the file)", 6, "before valid_from"),
    ("a", "commune,phường,X,11", "commune,làng,X,11", "type", 3, "phường"),
    ("s", "X.1,X.2,merge", "X.0,X.2,merge", "from", 2, "agencies.csv; near"),
    ("s", "X.1,X.2,merge", "X.1,X.0,merge", "to", 2, "agencies.csv; near"),
    ("s", "X.1,X.2,merge,,2025-01-01", "X.1,X.2,merge,,2025-02-01", "effective", 2, "2025-01-01"),
    ("s", "X.1,X.2,merge,,2025-01-01", "X.1,X.2,merge,,2024-02-01", "effective", 2, "say transfer"),
    ("s", "X.4,X.3,transfer,,2025-02-01", "X.4,X.3,transfer,,2024-02-01", "effective", 5, "X.3 is not valid"),
    ("s", "X.4,X.3,transfer,,2025-02-01", "X.1,X.3,transfer,,2025-02-01", "effective", 5, "day of its life"),
    ("s", "X.4,X.3,transfer,,2025-02-01", "X.4,X.4,rename,,2025-02-01", "to", 5, "back to where they began"),
    ("s", "0.4", "0.5", "share", 3, "add up to 1"),
    ("s", "0.4", "", "share", 3, "all be empty"),
    ("s", "0.4", "1.4", "share", 3, "less than or equal to 1"),
    ("s", "X.4,X.3,transfer,,2025-02-01", "X.1,X.2,merge,,2025-01-01", "to", 5, "line 2"),
    ("s", "X.1,X.2,merge", "X.1,X.2,marry", "kind", 2, "merge"),
]


@pytest.mark.parametrize(("file", "old", "new", "field", "line", "word"), BAD, ids=range(len(BAD)))
def test_what_cannot_be_is_refused(
    file: str, old: str, new: str, field: str, line: int, word: str, tmp_path: Path
) -> None:
    texts = {"a": AGENCIES, "s": SUCCESSIONS}
    assert old in texts[file]
    texts[file] = texts[file].replace(old, new, 1)
    with pytest.raises(Unusable) as unusable:
        loaded(tmp_path, texts["a"], texts["s"])
    found: tuple[Finding, ...] = unusable.value.findings
    name = tmp_path / "reference" / ("agencies.csv" if file == "a" else "successions.csv")
    assert any(
        (f.file, f.line, f.field) == (str(name), line, field) and word in f.mend and f.value is not None
        for f in found
    ), found


def test_nobody_vanishes_in_the_merger_of_2025() -> None:
    history = load().history
    ended = [v for same in history.versions.values() for v in same if v.valid_to == EVE]
    levels = [agency.level for agency in ended]
    assert [levels.count(level) for level in ("province", "district", "commune")] == [2, 23, 305]
    assert history.without_successor(date(2026, 12, 31)) == []
    for agency in ended:
        now = history.responsible(agency.code, REFORM, said=EVE)
        assert now is not None
        assert now.holds(REFORM)
        assert now.level == ("province" if agency.level == "province" else "commune")
    assert history.responsible("H58", REFORM, said=EVE) == history.agency_at("H20", REFORM)


def test_the_simulated_agencies_are_those_of_before() -> None:
    simulated = [agency for agency in load().agencies.values() if agency.simulated]
    levels = [agency.level for agency in simulated]
    assert len(simulated) == 72
    assert [levels.count(x) for x in ("province", "department", "district", "commune")] == [1, 19, 12, 40]
