"""Seed figures that feeds of observations hold: told as events of the feed, folded, added up, to the unit.

Codes of agencies, years where an article says none, and shares among quarters are this test's choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import polars as pl
import pytest

from ioc.admit import Admission, Admitted
from ioc.event import Receipt
from ioc.kernel.events import EVENTS
from ioc.kernel.observations import observed
from ioc.kernel.period_names import named
from ioc.kernel.series import OBSERVATIONS, over_period
from ioc.rules import adding, observed_rules
from schemas import ObservationFeed, load
from tests.kernel.slow_periods import CALENDAR
from tests.seeds import seeds

LISTED = seeds()
NOW = datetime(2025, 5, 1, tzinfo=UTC)
TAN_KY, DO_LUONG, PHU_NINH = "N.1", "N.2", "P.1"
AGENCIES = """code,name,level,type,parent,made
N,UBND tỉnh Nghệ An,province,tỉnh,,true
N.1,UBND huyện Tân Kỳ,district,huyện,N,true
N.2,UBND huyện Đô Lương,district,huyện,N,true
P,UBND tỉnh Phú Thọ,province,tỉnh,,true
P.1,UBND huyện Phù Ninh,district,huyện,P,true
"""
OF_TAN_KY = {"agency": TAN_KY, "period": "2023"}
OF_PHU_NINH = {"agency": PHU_NINH, "period": "2024"}
IN_2024 = {"period": "2024"}
OF_DO_LUONG = {"agency": DO_LUONG, "period": "2023"}
# figure: feed, series, what its event says besides the value, and the period asked for (else the event's own)
SAID: dict[str, tuple[str, str, dict[str, Any], str | None]] = {
    "004-documents-expired": ("legal-review", "expired", OF_TAN_KY, None),
    "004-documents-in-force": ("legal-review", "in_force", OF_TAN_KY, None),
    "004-documents-to-amend": ("legal-review", "to_amend", OF_TAN_KY, None),
    "004-documents-abolished": ("legal-review", "abolished", OF_TAN_KY, None),
    "002-legal-decisions": ("legal-review", "decisions", {}, "2023-9M"),
    "002-council-resolutions": ("legal-review", "resolutions", {}, "2023-9M"),
    "000-democracy-excellent": ("quality-and-staff", "democracy_excellent", IN_2024, None),
    "000-democracy-well": ("quality-and-staff", "democracy_well", IN_2024, None),
    "000-mobilisation-excellent": ("quality-and-staff", "mobilisation_excellent", IN_2024, None),
    "000-mobilisation-well": ("quality-and-staff", "mobilisation_well", IN_2024, None),
    "003-separate-offices": ("quality-and-staff", "separate_offices", OF_PHU_NINH, None),
    "003-modern-one-stops": ("quality-and-staff", "modern_one_stops", OF_PHU_NINH, None),
    "003-university-degree": ("quality-and-staff", "university_degree", OF_PHU_NINH, None),
    "003-political-theory-intermediate": (
        "quality-and-staff",
        "political_theory_intermediate",
        OF_PHU_NINH,
        None,
    ),
    "003-political-theory-advanced": ("quality-and-staff", "political_theory_advanced", OF_PHU_NINH, None),
    "000-procedures": ("procedure-catalogue", "procedures", IN_2024, None),
    "000-procedures-province": ("procedure-catalogue", "procedures", IN_2024 | {"level": "province"}, None),
    "000-procedures-district": ("procedure-catalogue", "procedures", IN_2024 | {"level": "district"}, None),
    "000-procedures-commune": ("procedure-catalogue", "procedures", IN_2024 | {"level": "commune"}, None),
    "000-proposed-to-simplify": ("procedure-catalogue", "proposed_to_simplify", IN_2024, None),
    "002-list-decisions": ("procedure-catalogue", "list_decisions", {}, "2023-9M"),
    "003-handled-at-the-one-stop": ("procedure-catalogue", "at_the_one_stop", OF_PHU_NINH, None),
    "004-procedures": ("procedure-catalogue", "procedures", OF_DO_LUONG, None),
    "004-procedures-district": (
        "procedure-catalogue",
        "procedures",
        OF_DO_LUONG | {"level": "district"},
        None,
    ),
    "004-procedures-commune": ("procedure-catalogue", "procedures", OF_DO_LUONG | {"level": "commune"}, None),
    "004-proposed-to-simplify": ("procedure-catalogue", "proposed_to_simplify", OF_DO_LUONG, None),
    "002-units-on-the-network": ("network-links", "units", {"period": "2023-10-18"}, None),
}
FOLDED = OBSERVATIONS.keys() - {"agency"}
NINE_MONTHS = ("2023-Q1", "2023-Q2", "2023-Q3")


@pytest.fixture(scope="module")
def admission(tmp_path_factory: pytest.TempPathFactory) -> Admission:
    """The packaged promises, and the agencies of the articles beside the packaged ones."""
    own = tmp_path_factory.mktemp("schemas")
    (own / "reference").mkdir()
    (own / "reference/agencies.csv").write_text(AGENCIES, encoding="utf-8")
    return Admission(load([own]), b"k" * 32, 262_144)


def events_of(figure: str) -> list[dict[str, Any]]:
    """The data of the events that tell the figure: one, or a share of it for each quarter."""
    _, series, said, asked = SAID[figure]
    value = float(LISTED[figure].value)
    if asked is None:
        return [{"series": series, "value": value} | said]
    quarters = [value // 4, value // 4, value - 2 * (value // 4)]
    return [
        {"series": series, "period": period, "value": part}
        for period, part in zip(NINE_MONTHS, quarters, strict=True)
    ]


def row(admission: Admission, feed: ObservationFeed, data: dict[str, Any], n: int) -> dict[str, Any]:
    """The event of these data, admitted, as a row of the kernel's frame."""
    said = {
        "specversion": "1.0",
        "id": f"{n}",
        "source": "articles",
        "type": f"{feed.feed}.observed",
        "time": "2025-04-23T10:54:15+07:00",
        "dataschema": feed.dataschema("observed"),
        "data": data,
    }
    found = admission.canonical(said, Receipt(NOW), NOW, feed.feed)
    assert isinstance(found, Admitted), found
    event = found.event
    known = {"case_id": event.case_id, "source": event.source, "id": event.id, "hash": event.hash}
    clocks = {"occurred_at": event.time, "received_at": NOW, "agency": data.get("agency")}
    return known | clocks | {"data": orjson.dumps(event.data).decode()}


def observations(admission: Admission, feed: ObservationFeed, told: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """OBSERVATIONS and dimensions that the fold makes of these data."""
    rows = [row(admission, feed, data, n) for n, data in enumerate(told)]
    folded = observed(pl.DataFrame(rows, schema={**EVENTS, "data": pl.String()}), observed_rules(feed))
    texts = {
        name: pl.col("attributes").str.json_path_match(f"$.{name}")
        for name in FOLDED | feed.dimensions.keys()
    }
    dates = {name: texts.pop(name).str.to_date() for name in ("from", "to")}
    numbers = {name: texts.pop(name).cast(pl.Float64) for name in ("value", "n")}
    return folded.select("agency", **texts, **dates, **numbers)


def added(
    admission: Admission,
    feed: ObservationFeed,
    told: Sequence[dict[str, Any]],
    period: str,
    by: Sequence[str] = (),
) -> pl.DataFrame:
    """Every series of the feed over the period."""
    days = named(period, CALENDAR)
    folded = observations(admission, feed, told)
    return over_period(folded, adding(feed.series), days.start, days.last, by, tuple(feed.dimensions))


@pytest.mark.parametrize("figure", SAID)
def test_a_figure_comes_out_of_its_feeds_series(figure: str, admission: Admission) -> None:
    name, series, said, asked = SAID[figure]
    feed = admission.registry.observations[name]
    told = [data for other in SAID if SAID[other][0] == name for data in events_of(other)]
    apart = {key: value for key, value in said.items() if key in ("agency", *feed.dimensions)}
    rows = added(admission, feed, told, asked or said["period"], list(apart))
    found = rows.filter(series=series, **apart).select("value").item()
    assert found == float(LISTED[figure].value)
    assert LISTED[figure].feed == name


def test_what_was_issued_is_not_added_to_what_was_reviewed(admission: Admission) -> None:
    feed = admission.registry.observations["legal-review"]
    told = [data for figure in SAID if SAID[figure][0] == feed.feed for data in events_of(figure)]
    found = dict(added(admission, feed, told, "2023").select("series", "value").rows())
    issued, reviewed = {"decisions": 31, "resolutions": 13}, {"expired": 21, "in_force": 14}
    assert found == issued | reviewed | {"to_amend": 1, "abolished": 0}


def test_levels_make_the_catalogue_and_models_make_no_session(admission: Admission) -> None:
    levels = ("000-procedures-province", "000-procedures-district", "000-procedures-commune")
    told = [data for level in levels for data in events_of(level)]
    catalogue = admission.registry.observations["procedure-catalogue"]
    (row,) = added(admission, catalogue, told, "2024").rows(named=True)
    assert row["value"] == LISTED["000-procedures"].value
    receptions = admission.registry.observations["citizen-receptions"]
    of_friday = {"series": "people", "agency": PHU_NINH, "model": "shorthand-friday"}
    told = [of_friday | {"period": "2024-03", "value": 14}]
    assert added(admission, receptions, told, "2024").is_empty()


def test_over_90_are_satisfied_by_answers_not_by_months(admission: Admission) -> None:
    feed, figure = admission.registry.observations["satisfaction"], LISTED["003-satisfied"]
    months = [("2024-09", 88.0, 200), ("2024-10", 91.2, 1800)]
    told = [
        {"series": "satisfied_share", "agency": PHU_NINH, "period": month, "value": share, "n": n}
        for month, share, n in months
    ]
    (row,) = added(admission, feed, told, "2024").rows(named=True)
    assert (row["series"], row["n"]) == ("satisfied_share", 2000)
    assert sum(share for _, share, _ in months) / 2 < figure.value < row["value"] == pytest.approx(90.88)
    assert feed.series["satisfied_share"].target == figure.value
