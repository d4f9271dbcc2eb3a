"""Made cases of every simulated feed: admitted, the same for one seed, shares as the settings say."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from ioc.admit import Admission, Admitted
from ioc.event import Receipt
from ioc.kernel.attributes import fold_whole
from ioc.kernel.events import EVENTS
from ioc.kernel.measures import Measure
from ioc.rules import case_rules
from schemas import Registry, load
from streams.simulator.made import Made

REGISTRY = load()
NAMES = sorted(REGISTRY.simulated)
MONDAY = date(2024, 3, 4)
LATER = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def admission(registry: Registry) -> Admission:
    return Admission(registry, b"k" * 32, 262_144)


def made(name: str, **changed: Any) -> Made:
    simulated = REGISTRY.simulated[name].model_copy(update=changed)
    return Made(REGISTRY.feeds[name], simulated, REGISTRY)


def events(maker: Made, days: int, start: date = MONDAY) -> list[dict[str, Any]]:
    told = (one for n in range(days) for one in maker.day(start + timedelta(days=n)))
    return [json.loads(one.text) for one in told]


def cases(name: str, said: list[dict[str, Any]]) -> pl.DataFrame:
    """The kernel's own judgment of what was told."""
    rows = [
        {
            "case_id": e["subject"],
            "source": e["source"],
            "id": e["id"],
            "hash": f"{e['subject']}/{e['id']}",
            "occurred_at": datetime.fromisoformat(e["time"]).astimezone(UTC),
            "received_at": datetime.fromisoformat(e["time"]).astimezone(UTC),
            "due_at": datetime.fromisoformat(d).astimezone(UTC) if (d := e["data"].get("due_at")) else None,
            **{key: e["data"].get(key) for key in ("status", "agency", "channel")},
            "data": json.dumps(e["data"]),
        }
        for e in said
    ]
    schema = {**EVENTS, "data": pl.String()}
    frame = pl.DataFrame(rows, schema_overrides={n: schema[n] for n in rows[0]})
    missing = [pl.lit(None, kind).alias(n) for n, kind in schema.items() if n not in rows[0]]
    return fold_whole(frame.with_columns(missing).select(*schema), case_rules(REGISTRY.feeds[name], REGISTRY))


def rate(name: str, measure: str, found: pl.DataFrame, at: datetime = LATER) -> tuple[float, int]:
    """A rate as its tile would show it, and its denominator."""
    feed = REGISTRY.feeds[name]
    texts = feed.measures[measure].expressions()
    part, whole = (
        found.filter(Measure.parse(texts[role], feed.attribute_kinds).polars(at, at.date())).height
        for role in ("numerator", "denominator")
    )
    return part / whole, whole


def test_each_case_feed_with_known_agencies_but_records_is_simulated() -> None:
    known = {name for name, feed in REGISTRY.feeds.items() if feed.agencies == "known"}
    assert known - set(NAMES) == {"records"}  # by a simulation of its own


@pytest.mark.parametrize("name", NAMES)
def test_every_event_of_a_week_is_admitted(name: str, admission: Admission) -> None:
    told = [one for n in range(7) for one in made(name).day(MONDAY + timedelta(days=n))]
    assert len(told) > 20
    for one in told:
        found = admission.canonical(one.text.encode(), Receipt(LATER), LATER, name)
        assert isinstance(found, Admitted), found
        assert found.event.time == one.at
        assert "Mo Phong" not in str(found.event.data)  # made names are tokens from the door on


@pytest.mark.parametrize("name", NAMES)
def test_a_day_is_a_function_of_settings_and_seed(name: str) -> None:
    day = made(name).day(MONDAY)
    assert day == made(name).day(MONDAY)
    assert day == sorted(day)
    assert day != made(name, seed=2).day(MONDAY)
    ids = Counter((e["subject"], e["id"]) for e in events(made(name), 7))
    assert set(ids.values()) == {1}


@pytest.mark.parametrize("name", NAMES)
def test_cases_keep_to_the_life_cycle(name: str) -> None:
    found = cases(name, events(made(name), 28))
    # A report that is sent back was sent before: that it goes on is what the flag says.
    assert set(found.get_column("flags").explode().drop_nulls()) <= {"reopened"}
    assert found.get_column("set_aside").null_count() == len(found)


@pytest.mark.parametrize("name", NAMES)
def test_every_status_and_attribute_is_told(name: str) -> None:
    said, feed = events(made(name, cases_a_day=40), 14), REGISTRY.feeds[name]
    assert {e["data"]["status"] for e in said} >= {
        code for code, status in feed.lifecycle.statuses.items() if status.phase != "refused"
    }
    assert {key for e in said for key in e["data"]} >= set(feed.attributes)


def test_cases_begin_by_the_hours_and_days_of_the_settings() -> None:
    name = "field-reports"
    simulated = REGISTRY.simulated[name]
    first = [e for e in events(made(name), 140) if e["id"] == "0"]
    begun = [datetime.fromisoformat(e["time"]) for e in first]
    assert len(begun) == pytest.approx(140 * simulated.cases_a_day * sum(simulated.weekdays) / 7, rel=0.05)
    hours = Counter(at.hour for at in begun)
    for hour, weight in enumerate(simulated.hours):
        assert hours[hour] / len(begun) == pytest.approx(weight / sum(simulated.hours), abs=0.012)
    channels = Counter(e["data"]["channel"] for e in first)
    for channel, weight in simulated.channels.items():
        share = weight / sum(simulated.channels.values())
        assert channels[channel] / len(first) == pytest.approx(share, abs=0.02)


def test_a_surge_comes_once_in_so_many_days() -> None:
    maker = made("hotline-1022")
    a_day = [
        sum(one["id"] == "0" for one in events(maker, 1, MONDAY + timedelta(days=n))) for n in range(250)
    ]
    assert 4 <= sum(count > 60 for count in a_day) <= 18


def test_what_happens_later_falls_into_office_hours() -> None:
    later = [e for e in events(made("tasks"), 28) if e["id"] != "0"]
    at = [datetime.fromisoformat(e["time"]) for e in later]
    assert all(t.weekday() < 5 and 7 <= t.hour < 17 for t in at)


def test_handled_is_not_on_time() -> None:
    """Hue-S, 2022: 97.5 % handled, 51.1 % of them on time, the others after an extension; 92 % satisfied."""
    found = cases("field-reports", events(made("field-reports"), 120))
    for measure, share in (
        ("handled_rate", 0.975),
        ("handled_on_time_rate", 0.511),
        ("extended_rate", 0.489),
        ("satisfied_rate", 0.92),
    ):
        assert rate("field-reports", measure, found)[0] == pytest.approx(share, abs=0.02), measure


def test_over_99_percent_of_feedback_on_regulations_is_answered() -> None:
    """Seed 000: of these tickets, not of all."""
    found = cases("hotline-1022", events(made("hotline-1022"), 366, date(2024, 1, 1)))
    answered, tickets = rate("hotline-1022", "regulations_answered_rate", found)
    assert tickets > 300
    assert answered > 0.99
    assert rate("hotline-1022", "answered_rate", found)[0] < 0.98
    assert rate("hotline-1022", "answered_on_time_rate", found)[0] < 0.9


@pytest.mark.parametrize("name", NAMES)
def test_every_rate_says_something(name: str) -> None:
    found = cases(name, events(made(name, cases_a_day=60), 35))
    rates = [n for n, measure in REGISTRY.feeds[name].measures.items() if measure.kind == "rate"]
    assert len(rates) >= 2
    for measure in rates:
        share, whole = rate(name, measure, found)
        assert 0 < share <= 1, measure
        assert whole > 20, measure


def test_who_took_over_tells_the_rest() -> None:
    said = events(made("compensation"), 20, date(2025, 6, 2))
    before = {e["data"]["agency"] for e in said if "agency" in e["data"] and e["time"] < "2025-07-01"}
    after = {e["data"]["agency"] for e in said if "agency" in e["data"] and e["time"] >= "2025-07-01"}
    known = REGISTRY.history
    assert all(known.agency_at(code, date(2025, 6, 30)) for code in before)
    assert all(known.agency_at(code, date(2025, 7, 1)) for code in after)
    assert after
    assert not before & after
