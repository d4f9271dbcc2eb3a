"""Measures are tried at their boundaries, in polars and, where there is one, in PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ioc.check import check
from ioc.check.cases import AT, KEPT, ROWS, TODAY, VALUES, made
from ioc.check.measures import TYPES, OfFeed, Tried
from ioc.kernel.cases import CASES
from ioc.kernel.measures import Measure
from ioc.kernel.subset import COLUMNS
from ioc.settings import Settings
from ioc.warehouse import connect
from schemas import Feed, load
from schemas.feed import Attribute
from tests.check.conftest import NOW


@pytest.fixture(scope="module")
def feed() -> Feed:
    """The packaged feed with the most measures."""
    return max(load().feeds.values(), key=lambda feed: len(feed.measures))


def test_each_measure_counts_some_made_cases_and_not_all(feed: Feed) -> None:
    for one in load().feeds.values():
        for tried in OfFeed(one).tried.values():
            assert 0 < len(tried.counted) < ROWS, (one.feed, tried.loc)


def test_made_cases_hold_nothing_boundaries_and_what_a_measure_names(feed: Feed) -> None:
    text = (
        "due_at = at OR due_on = DATE '2025-07-01' OR channel = 'O''Brien' OR events > 41"
        " OR entered_at < TIMESTAMPTZ '2025-07-01T00:00:00+07:00' OR in_figures OR phase = 'x'"
    )
    rows = made(feed, [text])
    named = {"phase", "in_figures", "entered_at", "due_at", "due_on", "channel", "events"}
    assert rows.columns == ["n", *(name for name in CASES if name in named)]
    assert all(rows[name].null_count() for name in rows.columns if name != "n")
    assert {AT} < set(rows["due_at"])
    assert {TODAY, TODAY.replace(2025, 7, 1)} < set(rows["due_on"])
    assert {"O'Brien", *feed.channels} < set(rows["channel"])
    assert {40, 41, 42} < set(rows["events"])
    assert "paused" in set(rows["phase"])
    assert any(at and at.isoformat() == "2025-06-30T17:00:00+00:00" for at in rows["entered_at"])
    assert rows.equals(made(feed, [text]))


def test_every_kind_of_column_has_values_and_a_type() -> None:
    assert VALUES.keys() == TYPES.keys() == set(COLUMNS.values())


@pytest.mark.broker
def test_both_engines_count_alike_and_a_difference_is_told(server: Settings, feed: Feed) -> None:
    of_feed = OfFeed(feed)
    with connect(server) as conn:
        assert list(of_feed.compare(conn)) == []
        loc, tried = next(iter(of_feed.tried.items()))
        less = sorted(tried.counted)[1:]
        of_feed.tried[loc] = replace(tried, counted=frozenset(less))
        (found,) = of_feed.compare(conn)
    assert found.field == ".".join(map(str, loc))
    assert "only PostgreSQL says that it counts" in found.mend
    assert "in_figures True" in found.mend


@pytest.fixture
def keeping(feed: Feed) -> Feed:
    """A feed whose measures ask for attributes of each kind."""
    label = {"vi": "Mức", "en": "Level"}
    kinds = {"level": "integer", "urgent": "boolean", "field": "text", "latitude": "number"}
    attributes = {
        name: Attribute.model_validate({"label": label, "kind": kind}) for name, kind in kinds.items()
    }
    measures = {
        name: feed.measures["in_process"].model_copy(update={"where": where})
        for name, where in {
            "high": "level >= 3 AND in_figures",
            "urgent_ones": "urgent AND NOT level = 2",
            "of_water": "field IN ('water', 'O''Hara') OR field IS NULL",
        }.items()
    }
    return feed.model_copy(update={"attributes": attributes, "measures": measures})


@pytest.mark.broker
def test_both_engines_count_alike_by_attributes(server: Settings, keeping: Feed) -> None:
    of_feed = OfFeed(keeping)
    assert [one.mend for one in of_feed.check()] == []
    assert all(0 < len(tried.counted) < ROWS for tried in of_feed.tried.values())
    assert KEPT in of_feed.cases.columns
    with connect(server) as conn:
        assert list(of_feed.compare(conn)) == []


@pytest.mark.broker
def test_what_postgresql_refuses_is_told_and_the_others_are_tried(server: Settings, feed: Feed) -> None:
    of_feed = OfFeed(feed)
    loc, tried = next(iter(of_feed.tried.items()))

    class Divided(Measure):
        def postgres(self) -> str:
            return "1 / (n - n) = 1"

    of_feed.tried[loc] = replace(tried, measure=Divided(tried.measure.text, tried.measure._term))
    with connect(server) as conn:
        (found,) = of_feed.compare(conn)
    assert (found.field, "division by zero" in found.mend) == (".".join(map(str, loc)), True)


@pytest.mark.broker
def test_with_a_warehouse_every_measure_is_compared(server: Settings) -> None:
    with connect(server) as conn:
        checked = check([], NOW, conn)
    assert (checked.findings, checked.compared) == ((), True)


@pytest.mark.parametrize(
    ("role", "mend"), [("numerator", "begin it with the denominator"), ("where", "leave it out")]
)
def test_a_rate_counts_a_part_of_what_it_lists(role: str, mend: str, feed: Feed) -> None:
    of_feed = OfFeed(feed)
    loc = ("measures", next(name for name, one in feed.measures.items() if one.kind == "rate"), role)
    of_feed.tried[loc] = Tried(loc, Measure.parse("in_figures"), frozenset(range(ROWS)))
    (found,) = of_feed.check()
    assert mend in found.mend
