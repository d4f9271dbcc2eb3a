"""Publishing: once a run, whole or not at all, never backwards, and old revisions stay readable."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import psycopg
import pytest

from ioc.errors import Stop
from ioc.kernel.flow import FIGURES, FLOW_DAYS
from ioc.settings import Settings
from ioc.warehouse import connect
from ioc.warehouse.connection import Connection
from ioc.warehouse.revisions import published
from jobs import runs
from jobs.publish import publish
from jobs.restate import LEDGER, write_ledger
from jobs.staging import write

pytestmark = pytest.mark.broker
NOW = datetime(2024, 2, 1, tzinfo=UTC)


def audited(conn: Connection, name: str, news: dict[int, int], **other: Any) -> None:
    """A run whose days of January 2024 have this many new cases, and nothing else."""
    said = {
        "covers_from": date(2024, 1, 1),
        "covers_to": date(2024, 1, 9),
        "position": {"x": {"0": 9}},
    } | other
    before = published(conn, "x")
    base = before.revision if before else None
    run = runs.Run(run_id=name, feed="x", zone="UTC", definitions="d", state="audited", base=base, **said)
    runs.put(conn, run, NOW)
    zeros = dict.fromkeys(FIGURES, 0)
    days = [
        {"day": date(2024, 1, day), "credit": "resolving", "agency": "A", "channel": ""}
        | zeros
        | {"new": new}
        for day, new in news.items()
    ]
    write(conn, run, runs.DAYS, pl.DataFrame(days, schema=FLOW_DAYS))
    for table in runs.TABLES[1:]:
        write(conn, run, table, table.frame.to_frame())
    write_ledger(conn, run, LEDGER.to_frame())
    conn.commit()


def at(conn: Connection, revision: int) -> list[tuple[Any, ...]]:
    """Day of the month and new cases of every row that holds at the revision."""
    return conn.execute(
        "select extract(day from day)::int, new from flow_day where from_revision <= %(r)s"
        " and (to_revision is null or to_revision > %(r)s) order by day",
        {"r": revision},
    ).fetchall()


def test_only_rows_that_changed_are_written_and_the_old_revision_stays(warehouse: Settings) -> None:
    with connect(warehouse) as conn:
        audited(conn, "x:1", {1: 5, 2: 6, 3: 7})
        first = publish(conn, "x:1", NOW)
        audited(conn, "x:2", {1: 5, 2: 60, 4: 8}, position={"x": {"0": 10}})
        second = publish(conn, "x:2", NOW)
        assert (first.closed, first.written) == (0, 3)
        assert (second.closed, second.written) == (2, 2)
        assert at(conn, first.revision) == [(1, 5), (2, 6), (3, 7)]
        assert at(conn, second.revision) == [(1, 5), (2, 60), (4, 8)]


def test_publishing_again_changes_nothing(warehouse: Settings) -> None:
    with connect(warehouse) as conn:
        audited(conn, "x:1", {1: 5})
        first = publish(conn, "x:1", NOW)
        assert publish(conn, "x:1", NOW) == first
        assert conn.execute("select count(*) from revision").fetchone() == (1,)
        with pytest.raises(Stop, match="is published already"):
            runs.put(conn, runs.Run("x:1", "x", date.min, date.min, "UTC", {}, "", "staged"), NOW)


def test_a_crash_before_the_commit_leaves_the_old_revision_whole(
    warehouse: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(warehouse) as conn:
        audited(conn, "x:1", {1: 5})
        revision = publish(conn, "x:1", NOW).revision
        audited(conn, "x:2", {1: 6})
        with monkeypatch.context() as patched:
            patched.setattr(
                "jobs.publish.end", lambda *_: conn.close()
            )  # rows are written, nothing is committed
            with pytest.raises(psycopg.OperationalError):
                publish(conn, "x:2", NOW)
    with connect(warehouse) as conn:
        assert at(conn, revision) == at(conn, revision + 1) == [(1, 5)]
        found = runs.find(conn, "x:2")
        assert found is not None
        assert found.state == "audited"
        conn.commit()
        publish(conn, "x:2", NOW)
        assert conn.execute("select new from flow_day_published").fetchall() == [(6,)]


def test_screens_are_told_which_feed(warehouse: Settings) -> None:
    with connect(warehouse, autocommit=True) as screen, connect(warehouse) as conn:
        screen.execute("listen ioc_published")
        audited(conn, "x:1", {1: 5})
        publish(conn, "x:1", NOW)
        assert [note.payload for note in screen.notifies(timeout=5, stop_after=1)] == ["x"]


@pytest.mark.parametrize(
    ("later", "why"),
    [
        ({"position": {"x": {"0": 8}}}, "it would step back"),
        ({"position": {}}, "it would step back"),
        ({"covers_from": date(2024, 1, 2)}, "2024-01-01..2024-01-09 is published"),
        ({"covers_to": date(2024, 1, 8)}, "2024-01-01..2024-01-09 is published"),
    ],
)
def test_a_run_that_would_step_back_is_refused(warehouse: Settings, later: dict[str, Any], why: str) -> None:
    with connect(warehouse) as conn:
        audited(conn, "x:1", {1: 5})
        publish(conn, "x:1", NOW)
        audited(conn, "x:2", {3: 6}, **later)
        with pytest.raises(Stop, match=why):
            publish(conn, "x:2", NOW)
        assert conn.execute("select new from flow_day_published").fetchall() == [(5,)]


@pytest.mark.parametrize("state", ["staged", "refused", "failed"])
def test_what_was_not_audited_is_not_published(warehouse: Settings, state: str) -> None:
    with connect(warehouse) as conn:
        audited(conn, "x:1", {1: 5})
        runs.end(conn, "x:1", state, "because", NOW)
        conn.commit()
        with pytest.raises(Stop, match=f"run x:1 is {state}"):
            publish(conn, "x:1", NOW)
        with pytest.raises(Stop, match="was never staged"):
            publish(conn, "x:no", NOW)
