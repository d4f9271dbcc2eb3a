"""Whose figures a form holds, under which names and levels, and as which channels it counts them."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from ioc.errors import BadInput, Stop
from ioc.kernel.months import MONTH_FIGURES
from ioc.signing.whose import by_kind, chosen, named, whose
from ioc.warehouse.months import PERIOD_MONTHS
from schemas.history import History
from schemas.reference import Agency
from tests.signing.published import FEED, REGISTRY, whole

END = date(2025, 6, 30)
ONE, MANY = REGISTRY.forms["II.06a"], REGISTRY.forms["II.06b"]
ON = date(2024, 12, 31)


def agency(code: str, level: str, parent: str | None = None, **said: Any) -> Agency:
    return Agency.model_validate(
        {"code": code, "name": f"{level} {code}", "level": level, "parent": parent} | said
    )


HISTORY = History(
    {
        "P": (
            agency("P", "province", valid_to=END),
            agency("P", "province", name="new P", valid_from=date(2025, 7, 1)),
        ),
        "P.1": (agency("P.1", "department", "P"),),
        "P.2": (agency("P.2", "district", "P", valid_to=END),),
        "P.2.1": (agency("P.2.1", "commune", "P.2", valid_to=END),),
        "P.3": (agency("P.3", "commune", "P", valid_from=date(2025, 7, 1)),),
        "Q": (agency("Q", "province", valid_to=END),),
        "Q.1": (agency("Q.1", "department", "Q", valid_to=END),),
    }
)


def rows(*cells: tuple[str, str, str, int]) -> pl.DataFrame:
    """(agency, channel, sector, new) -> a frame of PERIOD_MONTHS."""
    told = [[*keys, *whole(new=new).values()] for *keys, new in cells]
    return pl.DataFrame(
        told, schema=["agency", "channel", "sector", *MONTH_FIGURES], orient="row"
    ).match_to_schema(PERIOD_MONTHS)


def under(code: str, on: date = ON, seen: tuple[str, ...] = ()) -> list[str] | None:
    of = whose(MANY, HISTORY, {}, code, on, frozenset(seen))
    return None if of.agencies is None else sorted(of.agencies)


def test_a_form_of_one_holds_that_one() -> None:
    of = whose(ONE, HISTORY, {}, "P", ON, frozenset({"P.1"}))
    assert (of.name, of.agencies) == ("province P", {"P"})
    frame = rows(("P", "online", "", 1), ("P.1", "online", "", 2))
    assert chosen(frame, of)["new"].to_list() == [1]


def test_a_form_of_many_holds_all_that_stand_under_it() -> None:
    assert under("P", seen=("P.1", "Q.1")) == ["P", "P.1", "P.2", "P.2.1", "P.3"]
    assert under("P.2") == ["P.2", "P.2.1"]
    assert under("Q") == ["Q", "Q.1"]


def test_agencies_that_ended_within_the_period_are_in_the_form_of_their_province() -> None:
    later = date(2025, 12, 31)
    assert "P.2.1" in (under("P", later) or [])
    assert whose(MANY, HISTORY, {}, "P", later, frozenset()).name == "new P"


def test_what_nobody_knows_is_in_the_form_of_the_only_province_with_figures() -> None:
    assert under("P", seen=("P.1", "", "strange")) is None
    assert under("P.2", seen=("P.1", "")) == ["P.2", "P.2.1"]
    with pytest.raises(Stop, match=r"'', 'strange' are in no reference data and could stand under P, Q; add"):
        under("P", seen=("P.1", "Q.1", "strange", ""))


@pytest.mark.parametrize(
    ("form", "code", "error"),
    [
        (ONE, "P.9", r"agency: 'P\.9' cannot be used; no agency has this code; near: 'P\.\d'"),
        (MANY, "P.9", "no agency has this code"),
        (MANY, "desk", "form II.06b is of agencies under one of the reference data"),
    ],
)
def test_an_agency_that_is_none_is_refused(form: Any, code: str, error: str) -> None:
    with pytest.raises(BadInput, match=error):
        whose(form, HISTORY, {"desk": "Desk"}, code, ON, frozenset({"P.1"}))


def test_an_agency_that_a_source_registered_has_a_form_of_its_own() -> None:
    assert whose(ONE, HISTORY, {"desk": "Desk"}, "desk", ON, frozenset()).name == "Desk"
    assert whose(ONE, HISTORY, {}, "seen", ON, frozenset({"seen"})).name == "seen"


def test_a_circle_of_parents_ends() -> None:
    circle = History({"A": (agency("A", "district", "B"),), "B": (agency("B", "district", "A"),)})
    assert whose(MANY, circle, {}, "A", ON, frozenset()).agencies == {"A", "B"}


def test_names_and_levels_are_those_of_the_day_and_blanks_are_not_given() -> None:
    frame = rows(("P.1", "", "Đất đai", 1), ("", "", "", 2), ("desk", "", "x", 3), ("lost", "", "x", 4))
    found = named(frame, HISTORY, {"desk": "Desk"}, ON)
    assert found.select("agency", "agency_name", "level", "sector").rows() == [
        ("P.1", "department P.1", "department", "Đất đai"),
        (None, None, None, None),
        ("desk", "Desk", None, "x"),
        ("lost", "lost", None, "x"),
    ]


def test_new_cases_are_told_apart_by_channel_and_the_rest_is_added_up() -> None:
    feed = REGISTRY.feeds[FEED]
    frame = rows(
        *(("P", channel, "a", n) for n, channel in enumerate(("online", "direct", "postal", ""), start=1)),
        ("P", "postal", "b", 5),
    )
    found = by_kind(frame, feed)
    assert found.select("sector", "new_online", "new_direct", "new_postal", "open_in_time").rows() == [
        ("a", 1, 2 + 4, 3, 10),
        ("b", 0, 0, 5, 5),
    ]
    assert by_kind(rows(), feed).is_empty()


def test_a_channel_without_a_kind_is_refused() -> None:
    feed = REGISTRY.feeds[FEED]
    with pytest.raises(
        BadInput, match=r"channel: 'fax' cannot be used; give it a kind in `channel_kinds` of "
    ):
        by_kind(rows(("P", "fax", "a", 1)), feed)
    with pytest.raises(
        BadInput, match=r"it has no forms: give its channels `channel_kinds` in \S+feed\.yaml"
    ):
        by_kind(rows(), feed.model_copy(update={"channel_kinds": {}}))
