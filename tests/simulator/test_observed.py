"""Made observations of every feed: admitted, the same for one seed, in bounds, enough to show at once."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ioc.admit import Admission, Admitted
from ioc.admit.observed import observation_key
from ioc.event import Receipt
from ioc.kernel.observations import CALENDAR
from ioc.kernel.period_names import named
from schemas import Registry, load
from streams.simulator.feeds import Feeds
from streams.simulator.made import Told
from streams.simulator.observed import Observed
from tests.simulator.test_feeds import STARTS, Kept

REGISTRY = load()
NAMES = sorted(REGISTRY.simulated_series)
FIRST = date(2023, 12, 20)  # a month with the ends of a month, a quarter and a year in it
LATER = datetime(2027, 1, 1, tzinfo=UTC)
ENOUGH = {"day": 14, "month": 12, "quarter": 12, "year": 5}


@pytest.fixture(scope="module")
def admission(registry: Registry) -> Admission:
    return Admission(registry, b"k" * 32, 262_144)


def made(name: str, **changed: Any) -> Observed:
    simulated = REGISTRY.simulated_series[name].model_copy(update=changed)
    return Observed(REGISTRY.observations[name], simulated, REGISTRY)


def told(maker: Observed, days: int, start: date = FIRST, past: bool = False) -> Iterator[Told]:
    return (one for n in range(days) for one in maker.day(start + timedelta(days=n), past))


def values(maker: Observed, period: str) -> dict[str, dict[str, float | None]]:
    """By series and what else names them."""
    found = dict[str, dict[str, float | None]]()
    for row in maker.figures.rows(named(period, CALENDAR)):
        found.setdefault(row.series, {})["/".join(row.key[k] for k in sorted(row.key))] = row.value
    return found


def test_each_feed_of_observations_is_simulated() -> None:
    assert set(NAMES) == {name for name, feed in REGISTRY.observations.items() if not feed.example}
    for name in NAMES:
        assert REGISTRY.simulated_series[name].series.keys() == REGISTRY.observations[name].series.keys()


@pytest.mark.parametrize("name", NAMES)
def test_every_event_of_a_month_is_admitted(name: str, admission: Admission) -> None:
    feed, ids = REGISTRY.observations[name], Counter[tuple[str, str]]()
    for one in told(made(name), 31):
        found = admission.canonical(one.text.encode(), Receipt(LATER), LATER, name)
        assert isinstance(found, Admitted), found
        assert found.event.time == one.at
        data = json.loads(one.text)["data"]
        if data["value"] is not None and feed.series[data["series"]].decimals == 0:
            assert isinstance(data["value"], int)
        if feed.series[data["series"]].unit.en == "%" and data["value"] is not None:
            assert feed.series[data["series"]].over_time == "none" or 0 <= data["value"] <= 100
        ids[observation_key(feed, data), json.loads(one.text)["id"]] += 1
    assert sum(ids.values()) > 2
    assert set(ids.values()) == {1}


@pytest.mark.parametrize("name", NAMES)
def test_a_period_is_a_function_of_settings_and_seed(name: str) -> None:
    first = list(told(made(name), 14))
    assert first == list(told(made(name), 14))
    assert first != list(told(made(name, seed=2), 14))
    assert made(name).day(FIRST) == sorted(made(name).day(FIRST))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_told_of_a_period_before_it_ends_but_how_it_grows(name: str) -> None:
    maker, lines = made(name), REGISTRY.simulated_series[name].series
    grows = {series for series, all_ in lines.items() if any(line.every_minutes for line in all_)}
    for one in told(maker, 31):
        data = json.loads(one.text)["data"]
        period, on = named(data["period"], CALENDAR), one.at.date()
        assert on >= period.until or (data["series"] in grows and on == period.start)
        assert one.at <= datetime(
            period.until.year, period.until.month, period.until.day, tzinfo=maker.zone
        ) + (maker.lasts or timedelta())
    assert all(named(p, CALENDAR).until <= at.date() for p, at in _told_of(told(maker, 31, past=True)))


def _told_of(found: Iterator[Told]) -> Iterator[tuple[str, datetime]]:
    return ((json.loads(one.text)["data"]["period"], one.at) for one in found)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_something_to_show_when_the_demo_begins(name: str, tmp_path: Path) -> None:
    way, feed = Kept(), REGISTRY.observations[name]
    one = {name: REGISTRY.simulated_series[name]}
    Feeds(replace(REGISTRY, simulated={}, simulated_series=one), tmp_path, STARTS, way).round(STARTS)
    periods = defaultdict[str, set[str]](set)
    for event in map(json.loads, way.texts):
        assert datetime.fromisoformat(event["time"]) <= STARTS
        if event["data"]["value"] is not None:
            periods[event["data"]["series"]].add(event["data"]["period"])
    for series in feed.series:
        assert len(periods[series]) >= ENOUGH[feed.series[series].period], series


@pytest.mark.parametrize(("name", "days"), [("lgsp", 3), ("legal-review", 400)])
def test_stopping_anywhere_changes_nothing(name: str, days: int, tmp_path: Path) -> None:
    one = {name: REGISTRY.simulated_series[name].model_copy(update={"history_days": days})}
    only = replace(REGISTRY, simulated={}, simulated_series=one)
    whole, parts = Kept(), Kept()
    Feeds(only, tmp_path / "whole", STARTS, whole).round(STARTS + timedelta(days=9))
    for hours in (0, 0.1, 30, 31, 9 * 24):
        at = STARTS + timedelta(hours=hours)
        Feeds(only, tmp_path / "parts", at, parts).round(at)
    assert sorted(parts.texts) == sorted(whole.texts)


def test_a_sum_grows_through_the_day_up_to_its_value() -> None:
    grown = defaultdict[str, list[float]](list)
    for one in made("lgsp", corrected=None).day(date(2024, 3, 6)):
        data = json.loads(one.text)["data"]
        if data["series"] == "transactions":
            grown[data["service"]].append(data["value"])
    assert all(len(values) == 49 for values in grown.values())
    assert all(a <= b for values in grown.values() for a, b in pairwise(values))
    assert {s: v[-1] for s, v in grown.items()} == values(made("lgsp"), "2024-03-06")["transactions"]


def test_parts_keep_to_their_whole() -> None:
    for day in ("2024-03-06", "2024-03-09", "2024-03-10"):
        found = values(made("documents"), day)
        for agency, whole in found["outgoing"].items():
            part, share = found["signed"][agency], found["signed_share"][agency]
            assert part is not None
            assert whole is not None
            assert part <= whole
            assert share == (round(100 * part / whole, 2) if whole else None)
    index = values(made("reform-indices"), "2023")["par_index"]
    assert index.pop("") == pytest.approx(sum(part or 0 for part in index.values()))


def test_a_correction_follows_what_was_wrong() -> None:
    maker = made("citizen-receptions")
    said = defaultdict[str, list[dict[str, Any]]](list)
    for one in maker.day(date(2024, 2, 29)):
        data = json.loads(one.text)["data"]
        said[observation_key(maker.feed, data)].append(data)
    corrected = [both for both in said.values() if len(both) > 1]
    assert 0 < len(corrected) < 0.08 * len(said)
    reason = maker.simulated.corrected.reason if maker.simulated.corrected else ""
    for first, last in corrected:
        assert first["value"] != last["value"]
        assert (first.get("reason"), last["reason"]) == (None, reason)


def test_what_has_not_arisen_says_why() -> None:
    rows = [json.loads(one.text)["data"] for one in told(made("citizen-receptions"), 100, date(2024, 1, 1))]
    none = [row for row in rows if row["value"] is None]
    assert 0.05 < len(none) / sum(row["series"] == "dialogues" for row in rows) < 0.2
    assert {row["series"] for row in none} == {"dialogues"}
    assert all(row["reason"] for row in none)


@pytest.mark.parametrize("name", NAMES)
def test_figures_come_out_as_they_stand(name: str) -> None:
    """The seeds' in the year that is theirs (tests/seeds.yaml), told once and never corrected."""
    maker = made(name)
    for series, lines in maker.simulated.series.items():
        for line in lines:
            for period, figure in line.figures.items():
                rows = [row for row in maker.figures.rows(named(period, CALENDAR)) if row.says is line]
                assert [row.value for row in rows] == [figure], (series, period)


def test_the_seeds_years_are_the_seeds() -> None:
    of_2024 = values(made("procedure-catalogue"), "2024")
    assert (
        of_2024["procedures"] | {"": 1744, "province": 1371, "district": 254, "commune": 119}
        == of_2024["procedures"]
    )
    assert of_2024["proposed_to_simplify"][""] == 211
    staff = values(made("quality-and-staff"), "2024")
    assert [staff[s][""] for s in ("democracy_excellent", "democracy_well")] == [25, 2]
    assert [staff[s][""] for s in ("mobilisation_excellent", "mobilisation_well")] == [26, 1]
    for name, series, total in (
        ("procedure-catalogue", "list_decisions", 45),
        ("legal-review", "decisions", 31),
        ("legal-review", "resolutions", 13),
    ):
        quarters = [values(made(name), f"2023-Q{q}")[series][""] or 0 for q in (1, 2, 3)]
        assert sum(quarters) == total
    review = values(made("legal-review"), "2023")
    assert [review[s]["H20.34"] for s in ("expired", "in_force", "to_amend", "abolished")] == [21, 14, 1, 0]


def test_who_took_over_tells_the_rest() -> None:
    known = REGISTRY.history
    for day in (date(2025, 6, 30), date(2025, 7, 1)):
        for row in made("documents").figures.rows(named(day.isoformat(), CALENDAR)):
            assert known.agency_at(row.key["agency"], day), row
