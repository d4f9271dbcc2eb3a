"""The checker agrees with a sound stack, and names each thing that is corrupted on purpose."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake

from ioc.settings import Settings
from ioc.stack.testing import child
from ioc.verify.check import Check
from ioc.verify.revision import await_position
from ioc.verify.run import verify
from ioc.warehouse import connect
from jobs.event_log import EventLog
from jobs.testing import event
from schemas import load

pytestmark = [pytest.mark.broker, pytest.mark.spark, pytest.mark.timeout(900)]
AT = datetime(2011, 2, 4, 12, tzinfo=UTC)  # c3 is overdue, c6 "resolved" this day


def wrong(settings: Settings) -> dict[str, Check]:
    return {check.name: check for check in verify(settings, load(), AT) if not check.ok}


@contextmanager
def corrupted(settings: Settings, harm: str, mend: str) -> Iterator[None]:
    """The warehouse with `harm` done to it; `mend` undoes it."""
    with connect(settings, autocommit=True) as conn:
        assert conn.execute(harm.encode()).rowcount > 0
    try:
        yield
    finally:
        with connect(settings, autocommit=True) as conn:
            conn.execute(mend.encode())


def test_a_sound_stack_has_nothing_wrong(rolled: Settings) -> None:
    found = {check.name: check for check in verify(rolled, load(), AT)}
    assert [name for name, check in found.items() if not check.ok] == []
    assert found["cases = refold"].figures["cases"] >= 6
    assert found["revision = refold"].figures["new"] >= 5
    assert found["offsets of permits"].figures["by the archive"] >= 12
    assert found["tile in_process"].figures["tile"] >= 2


CASE = "where feed = 'permits' and case_id = 'c4'"
DAY = "where feed = 'permits' and day = '2011-01-31' and agency = 'South' and to_revision is null"
LEDGER = (
    "insert into restatement (feed, revision, calendar, month, agency, channel, sector, figure, old, new,"
    " cause, events, event_count, run_id, at)"
    " select feed, revision, 'CALENDAR', '2011-01', 'South', 'Post', '', 'new', 0, {new}, 'late-event',"
    " '{{}}', 0, run_id, published_at from revision where feed = 'permits' order by revision desc limit 1"
)
MONTH = "where feed = 'permits' and agency = 'South' and to_revision is null"
PLACE = "(select topic, partition, \"offset\" from event where case_id = 'c4' limit 1)"
HARM = {
    "a case's state": (
        f"update cases set resolved_at = entered_at, resolved_on = entered_on {CASE}",
        f"update cases set resolved_at = null, resolved_on = null {CASE}",
        {"tile in_process", "cases = refold"},
    ),
    "a case's agency": (
        f"update cases set agency = 'North' {CASE}",
        f"update cases set agency = 'South' {CASE}",
        {"cases = refold"},
    ),
    "a case that is gone": (
        f"with gone as (delete from cases {CASE} returning *) insert into staging.harm select * from gone",
        "insert into cases select * from staging.harm",
        {"tile in_process", "cases = refold"},
    ),
    "a published figure": (
        f"update flow_day set open_end = open_end + 1 {DAY}",
        f"update flow_day set open_end = open_end - 1 {DAY}",
        {"revision = refold"},
    ),
    "a published row that is gone": (
        f"update flow_day set day = day + 10000 {DAY}",
        "update flow_day set day = day - 10000 where day > '2030-01-01'",
        {"revision = refold"},
    ),
    "a month of a form": (
        f"update flow_month set new = new + 1 {MONTH}",
        f"update flow_month set new = new - 1 {MONTH}",
        {"months = refold"},
    ),
    "a restatement that never was": (LEDGER.format(new=1), LEDGER.format(new=-1), {"ledger = revisions"}),
    "a revision's definitions": (
        "update revision set definitions = 'x' || definitions where feed = 'permits'",
        "update revision set definitions = substr(definitions, 2) where feed = 'permits'",
        {"revision = refold"},
    ),
    "an event's time": (
        f"update event set occurred_at = occurred_at - interval '3 days' {CASE}",
        f"update event set occurred_at = occurred_at + interval '3 days' {CASE}",
        {"cases = refold", "revision = refold"},
    ),
    "an offset stored twice": (
        'insert into duplicate select topic, partition, "offset", feed, case_id, source, id, hash,'
        f" received_at from event {CASE} limit 1",
        f"delete from duplicate where (topic, partition, \"offset\") in {PLACE}",
        {"offsets of permits"},
    ),
    "an offset that is not stored": (
        "update quarantine set topic = 'elsewhere' where topic = 'permits'",
        "update quarantine set topic = 'permits' where topic = 'elsewhere'",
        {"offsets of permits"},
    ),
    "an offset that was never delivered": (
        f"update event set \"offset\" = \"offset\" + 1000000 {CASE}",
        f"update event set \"offset\" = \"offset\" - 1000000 {CASE}",
        # Above the position and above the stand: as if it had not been known.
        {
            *("offsets of permits", "cases = refold", "revision = refold", "months = refold"),
            *("procedures = refold", "tile in_process"),
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", HARM)
def test_what_is_corrupted_is_named(rolled: Settings, what: str) -> None:
    harm, mend, names = HARM[what]
    with connect(rolled, autocommit=True) as conn:
        conn.execute(
            "drop table if exists staging.harm; create table staging.harm as select * from cases limit 0"
        )
    with corrupted(rolled, harm, mend):
        found = wrong(rolled)
        if what == "a month of a form":  # where other tests have published, the ledger misses the change too
            found.pop("ledger = revisions", None)
        assert set(found) == names
        assert all(check.differs for name, check in found.items() if not name.startswith("tile"))
    assert wrong(rolled) == {}


def test_an_archive_that_holds_an_offset_twice_is_named(rolled: Settings) -> None:
    log = EventLog.of(rolled, "permits")
    before = DeltaTable(log.uri).version()
    write_deltalake(log.uri, pl.read_delta(log.uri).head(1), mode="append")
    assert set(wrong(rolled)) == {"offsets of permits"}
    DeltaTable(log.uri).restore(before)
    assert wrong(rolled) == {}


def test_an_archive_that_lacks_an_offset_is_named(rolled: Settings) -> None:
    log = EventLog.of(rolled, "permits")
    before = DeltaTable(log.uri).version()
    DeltaTable(log.uri).delete("id = 'c4-received'")
    found = wrong(rolled)
    DeltaTable(log.uri).restore(before)
    assert set(found) == {"offsets of permits"}
    assert found["offsets of permits"].differs[0].startswith("stored, not delivered: permits/")


def test_a_raw_message_without_a_verdict_is_named(rolled: Settings, deliver: Any) -> None:
    bridged = event("permits", "received", "bridged", "2011-02-20T08:00", channel="Post", agency="North")
    with child("gate", [sys.executable, "-P", "-m", "streams.gate"], rolled.home, lambda: True):
        deliver("permits.raw", [bridged, b"no JSON at all"])
    found = {check.name: check for check in verify(rolled, load(), AT)}["verdicts of permits.raw"]
    assert found.ok
    assert found.figures["judged"] == 2
    for table in ("event", "quarantine"):
        harm = f"update {table} set raw = 'x' || raw where raw like 'permits.raw/%'"
        with corrupted(
            rolled, harm, f"update {table} set raw = substr(raw, 2) where raw like 'xpermits.raw/%'"
        ):
            assert set(wrong(rolled)) == {"verdicts of permits.raw"}


def test_a_position_that_live_never_reaches_is_said(rolled: Settings) -> None:
    with connect(rolled) as conn:
        said = await_position(conn, {"permits": {"0": 10**9}}, seconds=0.3)
    assert said[0].startswith("live stands at ")
