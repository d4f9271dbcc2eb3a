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
from ioc.kernel.events import EVENTS
from ioc.kernel.fold import fold_now
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
        }
        for e in said
    ]
    frame = pl.DataFrame(rows, schema_overrides={n: EVENTS[n] for n in rows[0]})
    missing = [pl.lit(None, kind).alias(n) for n, kind in EVENTS.items() if n not in rows[0]]
    return fold_now(frame.with_columns(missing).select(EVENTS.names()), case_rules(REGISTRY.feeds[name]))


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
    """Hue-S, 2022: 97.5 % handled, 51.1 % of them on time, the others after an extension."""
    said = events(made("field-reports"), 120)
    found = cases("field-reports", said).filter("in_figures")
    handled = found.filter(pl.col("resolved_at").is_not_null())
    assert len(handled) / len(found) == pytest.approx(0.975, abs=0.012)
    extended = {e["subject"] for e in said if e["data"].get("extended")}
    on_time = handled.filter((pl.col("outcome") != "late") & ~pl.col("case_id").is_in(extended))
    assert len(on_time) / len(handled) == pytest.approx(0.511, abs=0.03)


def test_over_99_percent_of_feedback_on_regulations_is_answered() -> None:
    """Seed 000: of these tickets, not of all; the year's figure, at its end some wait still."""
    said = events(made("hotline-1022"), 366, date(2024, 1, 1))
    asked = {e["subject"] for e in said if e["data"].get("category") == "regulations"}
    found = cases("hotline-1022", said).filter("in_figures")
    regulations = found.filter(pl.col("case_id").is_in(asked))
    answered = regulations.filter(pl.col("resolved_at").is_not_null())
    assert len(regulations) > 300
    assert len(answered) / len(regulations) > 0.99
    everything = found.filter(pl.col("resolved_at").is_not_null())
    assert len(everything) / len(found) < 0.98


def test_who_took_over_tells_the_rest() -> None:
    said = events(made("compensation"), 20, date(2025, 6, 2))
    before = {e["data"]["agency"] for e in said if "agency" in e["data"] and e["time"] < "2025-07-01"}
    after = {e["data"]["agency"] for e in said if "agency" in e["data"] and e["time"] >= "2025-07-01"}
    known = REGISTRY.history
    assert all(known.agency_at(code, date(2025, 6, 30)) for code in before)
    assert all(known.agency_at(code, date(2025, 7, 1)) for code in after)
    assert after
    assert not before & after
