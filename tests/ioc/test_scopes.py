"""A scope is the agencies named, all below them and all after them, by the map of a day."""

from __future__ import annotations

from datetime import date

import pytest

from ioc.agencies import in_scope, is_whole, successors
from schemas import Agency, History, Succession, load
from schemas.reference import by_code
from tests.seeds import seeds

EVE, REFORM = date(2025, 6, 30), date(2025, 7, 1)
PACKAGED = load()


def history(*edges: tuple[str, str, str]) -> History:
    """A province P with districts P.1 and P.2 of two communes each, and P.9 since the reform; S beside it."""

    def version(code: str, parent: str | None, first: date | None, last: date | None) -> Agency:
        return Agency(code=code, name=code, level="commune", parent=parent, valid_from=first, valid_to=last)

    ended = [("P.1", "P"), ("P.1.1", "P.1"), ("P.1.2", "P.1"), ("P.2", "P"), ("P.2.1", "P.2"), ("S", None)]
    rows = [
        version("P", None, None, None),
        *(version(code, parent, None, EVE) for code, parent in ended),
        *(version(code, "P", REFORM, None) for code in ("P.8", "P.9")),
        # The code of an ended district, given to another body under the other district's commune.
        version("P.1", "P.9", date(2027, 1, 1), None),
    ]
    said = [{"from": f, "to": t, "kind": kind, "effective": REFORM} for f, t, kind in edges]
    return History(by_code(rows), tuple(Succession.model_validate(one) for one in said))


def test_what_stands_below_is_in_and_what_follows_it_from_its_day_on() -> None:
    after = history(("P.1", "P.9", "dissolve"), ("P.1.1", "P.9", "merge"), ("P.1.2", "P.8", "merge"))
    assert in_scope(after, ["P.1"], EVE) == {"P.1", "P.1.1", "P.1.2"}
    assert in_scope(after, ["P.1"], REFORM) == {"P.1", "P.1.1", "P.1.2", "P.8", "P.9"}
    assert in_scope(after, ["P.2"], REFORM) == {"P.2", "P.2.1"}, "nobody followed"


def test_what_stands_below_a_successor_was_never_the_scopes() -> None:
    upwards = history(("P.2.1", "P", "dissolve"))
    assert in_scope(upwards, ["P.2"], REFORM) == {"P.2", "P.2.1", "P"}


def test_a_split_goes_to_its_main_part_as_figures_do() -> None:
    edges = [
        {"from": "P.1.1", "to": to, "kind": "split", "share": share, "effective": REFORM}
        for to, share in (("P.8", "0.4"), ("P.9", "0.6"))
    ]
    split = History(history().versions, tuple(Succession.model_validate(edge) for edge in edges))
    assert in_scope(split, ["P.1.1"], REFORM) == {"P.1.1", "P.9"}


def test_what_names_no_agency_is_the_whole_provinces() -> None:
    assert is_whole(history(), ["P"])
    assert not is_whole(history(), ["P.1", "P.2"])


def test_the_packaged_scopes_are_the_three_centers_of_seed_000() -> None:
    assert set(PACKAGED.scopes) == {"province", "cao-lanh", "hong-ngu"}
    whole = [is_whole(PACKAGED.history, scope.agencies) for scope in PACKAGED.scopes.values()]
    said = seeds()
    assert len(whole) == said["000-centres"].value
    assert whole.count(True) == said["000-centres-province"].value
    assert whole.count(False) == said["000-centres-city"].value


@pytest.mark.parametrize(
    ("scope", "before", "since"),
    [("cao-lanh", 14, {"H20.115", "H20.116", "H20.117"}), ("hong-ngu", 8, {"H20.119", "H20.120", "H20.121"})],
)
def test_a_citys_successors_come_out_of_the_successions(scope: str, before: int, since: set[str]) -> None:
    promised = PACKAGED.scopes[scope]
    then = in_scope(PACKAGED.history, promised.agencies, EVE)
    assert len(then) == before
    assert in_scope(PACKAGED.history, promised.agencies, REFORM) - then == since
    moved = successors(PACKAGED.history, REFORM)
    assert {moved[code] for code in then} == since, "as-now tells the same cases under these"


def test_the_province_holds_its_cities_and_none_of_the_other_province_before_the_merger() -> None:
    codes = in_scope(PACKAGED.history, PACKAGED.scopes["province"].agencies, EVE)
    for city in ("cao-lanh", "hong-ngu"):
        assert in_scope(PACKAGED.history, PACKAGED.scopes[city].agencies, EVE) < codes
    assert not [code for code in codes if code.startswith("H58")]
