"""archive, rollup, audit and publish, one after the other, over real Kafka, Spark and PostgreSQL."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from ioc.ledger.restatements import event_name
from ioc.settings import Settings
from ioc.warehouse import connect
from jobs.event_log import EventLog
from jobs.testing import events_of

pytestmark = [pytest.mark.broker, pytest.mark.spark, pytest.mark.timeout(900)]


def rows(settings: Settings, text: str) -> list[Any]:
    with connect(settings) as conn:
        return conn.execute(text.encode()).fetchall()


def totals(settings: Settings) -> tuple[Any, ...]:
    found = rows(
        settings,
        "select sum(new), sum(resolved), sum(early), sum(on_due_date), sum(late) from flow_day_published"
        " where feed = 'permits'",
    )
    return tuple(int(figure) for figure in found[0])


def on(settings: Settings, day: str) -> tuple[Any, ...]:
    found = rows(
        settings,
        "select sum(carried_over), sum(open_end), sum(open_end_overdue) from flow_day_published"
        f" where feed = 'permits' and day = '{day}'",
    )
    return tuple(int(figure) for figure in found[0])


def test_the_published_days_are_those_counted_by_hand(rolled: Settings) -> None:
    assert totals(rolled) == (5, 3, 1, 1, 1)
    assert on(rolled, "2011-01-31") == (1, 2, 1)  # c4 came at 23:30 local time; c3 is overdue since the 20th
    assert on(rolled, "2011-02-01") == (2, 3, 1)  # c5 came at 00:30 local time, which is still January in UTC
    assert on(rolled, "2011-02-28") == (2, 2, 1)


def test_the_run_says_what_it_saw(rolled: Settings) -> None:
    run = rows(
        rolled, "select feed, state, cases, set_aside, reason, zone from run where run_id = 'permits:first'"
    )
    assert run == [("permits", "published", 6, 1, None, "Europe/Amsterdam")]
    ((position, definitions),) = rows(
        rolled, "select position, definitions from revision where run_id = 'permits:first'"
    )
    assert sum(position["permits"].values()) == 12
    assert rows(rolled, f"select feed from definitions where hash = '{definitions}'") == [("permits",)]


def test_the_log_holds_every_offset_once_the_repeated_and_the_refused_among_them(rolled: Settings) -> None:
    log = pl.read_delta(EventLog.of(rolled, "permits").uri)
    assert len(log) == 12
    assert log.select("partition", "offset").is_duplicated().sum() == 0
    assert log["case_id"].null_count() == 1
    assert (log["bucket"] == log["hash16"] // 8192).all()


def test_a_late_event_changes_only_the_rows_it_touches(rolled: Settings, deliver: Any, step: Any) -> None:
    before = rows(rolled, "select count(*) from flow_day_published where feed = 'permits'")
    late = ("c7", "Desk", "South", "2011-02-27T08:00", "2011-03-19T23:00", None)
    deliver("permits", events_of("permits", [late]))
    words = ("--trigger", "second", "--feed", "permits", "--from", "2011-02-01", "--to", "2011-03-01")
    for name in ("archive", "rollup", "audit", "publish"):
        said = step(name, *words)
    # 27 and 28 February of the new case, and 1 March of all three groups with open cases; once for who
    # resolves and once for who received; and February of a cell that had no case, by sector and by procedure.
    # That month was published.
    assert "12 rows written, 0 closed" in said
    ledger = rows(rolled, "select figure, old, new, cause, events from restatement order by figure")
    told = ("late-event", [event_name("urn:test", "c7-received")])
    assert ledger == [("new", 0, 1, *told), ("open_in_time", 0, 1, *told)]
    assert rows(
        rolled, "select covers_from::text, covers_to::text from revision where run_id = 'permits:second'"
    ) == [("2011-01-01", "2011-03-01")]
    assert totals(rolled) == (6, 3, 1, 1, 1)
    old = (
        "select count(*) from flow_day where feed = 'permits' and from_revision = 1"
        " and (to_revision is null or to_revision > 1) and credit = 'resolving'"
    )
    assert rows(rolled, old) == before


def test_nothing_due_is_nothing_to_do(rolled: Settings, step: Any) -> None:
    assert step("audit", "--trigger", "no-such-run").strip() == "nothing new"
    assert step("publish", "--trigger", "no-such-run").strip() == "nothing new"
    assert "Spark" not in step("archive", "--trigger", "third", "--feed", "permits")


def test_a_day_that_has_not_ended_is_refused_and_the_run_says_why(rolled: Settings, step: Any) -> None:
    words = ("--trigger", "future", "--feed", "permits", "--from", "2011-02-01", "--to", "2999-01-01")
    said = step("rollup", *words, ok=False)
    assert said.startswith("to: '2999-01-01' cannot be used; that day has not ended by the stack's clock")
    assert rows(rolled, "select state, reason from run where run_id = 'permits:future'") == [
        ("failed", said.strip())
    ]
