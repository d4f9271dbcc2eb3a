"""Hours as the warehouse counts them against a slow obvious reference; by index; `ioc surge`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from ioc.cli.main import app
from ioc.errors import BadInput
from ioc.settings import Settings
from ioc.warehouse import connect
from ioc.warehouse.connection import Connection
from ioc.warehouse.surge import NAMES, Watched, names, read, said
from schemas import load
from schemas.surge import Surge
from tests.effort import tried
from tests.warehouse.surge_reference import Case, World, counting_weeks, reference

FEED = "hotline-1022"
PACKAGED = load()
ZONES = {
    "Asia/Ho_Chi_Minh": datetime(2024, 3, 5, 2, tzinfo=UTC),
    "America/New_York": datetime(2024, 11, 10, 7, tzinfo=UTC),  # a week after clocks were put back
}


TICKS = [*(timedelta(microseconds=n) for n in (-1, 0, 1)), timedelta(minutes=40)]
RULES = st.builds(
    Surge,
    weeks=st.integers(1, 3),
    factor=st.sampled_from((1.5, 2)),
    at_least=st.integers(1, 4),
    by=st.just("field"),
)


def near(at: datetime) -> st.SearchStrategy[datetime]:
    """At and just beside the bounds of the hours about `at`, of that day and weeks back."""
    return st.builds(
        lambda weeks, days, hours, tick: (
            at.replace(minute=0) - timedelta(weeks=weeks, days=days, hours=hours) + tick
        ),
        st.integers(0, 6),
        st.sampled_from((0, 0, 0, 1)),
        st.integers(-1, 2),
        st.sampled_from(TICKS),
    )


def often(at: datetime, counts: list[int]) -> list[Case]:
    """Cases in the middle of two hours of seven weeks: so that there mostly is a usual."""
    half = at.replace(minute=30)
    hours = [half - timedelta(weeks=place // 2, hours=place % 2) for place in range(len(counts))]
    return [Case(hour, True, "land") for hour, n in zip(hours, counts, strict=True) for _ in range(n)]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    zone = draw(st.sampled_from(sorted(ZONES)))
    hours, minutes = st.sampled_from((-3, -1, 0, 0, 0, 1, 3, 20)), st.sampled_from((0, 1, 30, 59))
    at = ZONES[zone] + timedelta(hours=draw(hours), minutes=draw(minutes))
    values, figures = st.sampled_from(("land", "health", None)), st.sampled_from((True, True, True, False))
    counts = st.lists(st.integers(0, 3), min_size=14, max_size=14)
    weeks = st.integers(0, 3).map(lambda n: at.astimezone(ZoneInfo(zone)).date() - timedelta(weeks=n))
    return World(
        ZoneInfo(zone),
        at,
        draw(RULES),
        draw(st.sampled_from((1, 2))),
        frozenset(draw(st.sets(weeks, max_size=2))),
        (*often(at, draw(counts)), *draw(st.lists(st.builds(Case, near(at), figures, values), max_size=20))),
        tuple(draw(st.lists(near(at), max_size=3))),
    )


CASES = """
insert into cases (feed, case_id, in_figures, entered_at, entered_on, attributes)
values (%s, %s, %s, %s, %s, %s)
"""
EVENTS = """
insert into event (feed, case_id, source, id, hash, type, dataschema, subject, occurred_at, received_at, data,
    topic, partition, "offset")
values (%(feed)s, 'x', 's', %(id)s, 'h', 't', 'd', 'x', '2000-01-01Z', %(at)s, '{}', %(feed)s, 0, 0)
"""


def store(conn: Connection, cases: Iterable[Case], zone: ZoneInfo, received: Iterable[datetime]) -> None:
    with conn.cursor() as cursor:
        for n, case in enumerate(cases):
            on, kept = case.at.astimezone(zone).date(), {"field": case.value} if case.value else {}
            row = (FEED, f"c{n}", case.in_figures, case.at, on, json.dumps(kept))
            cursor.execute(CASES, row)
        for n, at in enumerate(received):
            cursor.execute(EVENTS, {"feed": FEED, "id": str(n), "at": at})


def watched(world: World) -> Watched:
    feed = PACKAGED.feeds[FEED].model_copy(
        update={"zone": str(world.zone), "surge": world.rule, "rhythm_minutes": world.rhythm_days * 1_440}
    )
    return Watched(feed, world.rule, world.holidays)


@given(worlds())
@settings(tried(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hours_are_counted_as_one_counts_them_by_hand(warehouse: Settings, world: World) -> None:
    with connect(warehouse) as conn, conn.transaction(force_rollback=True):
        store(conn, world.cases, world.zone, world.received)
        found = read(conn, watched(world), world.at)
    key = world.key(world.at)
    before = world.at
    while world.key(before) == key:
        before -= timedelta(minutes=1)
    for name, wanted in zip(NAMES, (world.key(before), key), strict=True):
        told = found[name]
        top = [part.value for part in told.top]
        assert {"n": told.n, "usual": told.usual, "surges": told.surges, "top": top} == reference(
            world, wanted
        )
        assert [week.day for week in told.weeks if week.left is None] == [
            day for day, _ in counting_weeks(world, wanted)
        ]


@pytest.fixture
def hotline(warehouse: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Ten Tuesdays, one of them silent, of 8 cases in each hour of the morning; in the last hour 30."""
    zone, at = (
        ZoneInfo("Asia/Ho_Chi_Minh"),
        datetime(2024, 6, 11, 10, 20, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")),
    )
    nine = at.replace(hour=9, minute=0)
    cases = [
        Case(nine - timedelta(weeks=week) + timedelta(hours=hour, minutes=n), True, "land" if n < 5 else None)
        for week in range(10)
        for hour in (-1, 0, 1)
        for n in range(30 if (week, hour) == (0, 0) else 8)
        if week != 2
    ]
    with connect(warehouse) as conn:
        store(conn, cases, zone, ())
    monkeypatch.setenv("IOC_WAREHOUSE_URL", warehouse.warehouse_url)
    return warehouse


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["surge", "--feed", FEED, *words], catch_exceptions=False)


def test_the_command_prints_both_hours_their_usual_and_its_weeks(hotline: Settings) -> None:
    told = json.loads(run("--at", "2024-06-11T10:20:00+07:00", "--format", "json").stdout)
    last, now = told["hours"]
    assert (last["hour"], last["n"], last["usual"], last["times"], last["surges"]) == (
        "ended",
        30,
        8,
        3.8,
        True,
    )
    assert (last["from"], last["to"]) == ("2024-06-11T02:00:00.000000Z", "2024-06-11T03:00:00.000000Z")
    assert [week.get("left") for week in last["weeks"]] == [None, "silent", None, None, None]
    assert last["top"] == [{"value": "", "n": 25, "usual": 3}]
    assert (now["hour"], now["n"], now["usual"], now["surges"]) == ("running", 8, 8, False)
    table = run("--at", "2024-06-11T10:20:00+07:00").stdout
    assert "2024-06-11 09:00–10:00" in table
    assert "SURGE" in table
    assert "2024-05-28 silent" in table
    assert "no usual yet" in run("--at", "2024-04-30T10:20:00+07:00").stdout


def test_what_cannot_be_told_is_refused(hotline: Settings) -> None:
    with pytest.raises(BadInput, match="give the feed a `surge`"):
        CliRunner().invoke(app, ["surge", "--feed", "records"], catch_exceptions=False)
    with pytest.raises(BadInput, match="add the zone"):
        run("--at", "2024-06-11T10:20:00")
    with pytest.raises(BadInput, match="up to now"):
        run("--at", "2190-06-11T10:20:00Z")
    feed = PACKAGED.feeds[FEED]
    with pytest.raises(BadInput, match="ended, running"):
        names(feed, "where", datetime.now(UTC))
    with pytest.raises(BadInput, match="has no `surge`"):
        names(feed.model_copy(update={"surge": None}), "ended", datetime.now(UTC))


def test_a_silent_week_of_which_anything_was_received_is_a_zero(hotline: Settings) -> None:
    with connect(hotline) as conn:
        store(conn, (), ZoneInfo("Asia/Ho_Chi_Minh"), [datetime(2024, 5, 28, 13, tzinfo=UTC)])
        found = read(
            conn,
            Watched(PACKAGED.feeds[FEED], Surge(weeks=2, factor=2, at_least=1), frozenset()),
            datetime(2024, 6, 11, 3, 20, tzinfo=UTC),
        )
    assert found["ended"].usual == 4
    assert said(replace(found["ended"], usual=0.0)).keys() & {"usual", "times"} == {"usual"}


MANY = """
insert into cases (feed, case_id, in_figures, entered_at, entered_on, attributes)
select %s, 'm' || n, true, t, (t at time zone 'Asia/Ho_Chi_Minh')::date, '{}'
from (select n, timestamptz '2024-06-11Z' - n * interval '4 minutes' t from generate_series(1, 30000) n) made
"""


def test_every_look_is_into_the_index_of_days(warehouse: Settings) -> None:
    at = datetime(2024, 6, 10, 3, 20, tzinfo=UTC)
    asked = Watched.of(PACKAGED.feeds[FEED], PACKAGED)
    assert asked is not None
    with connect(warehouse, autocommit=True) as conn:
        for feed in (FEED, "records"):
            conn.execute(MANY.encode(), [feed])
        conn.execute("vacuum analyze cases")
        hours = asked.earlier(asked.hours(at)[0])
        for text, names_ in (asked.counting(hours, at), asked.knowing(hours)):
            plan = "\n".join(str(row[0]) for row in conn.execute(b"explain (costs off) " + text, names_))
            assert "cases_entered" in plan
            assert "Seq Scan on cases" not in plan
            assert "Index Cond: ((feed = " in plan
            assert "entered_on =" in plan
