"""Alerts: told once, to the boards they concern, ended by a run that says something of the feed."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import pytest

from ioc.settings import Settings
from ioc.warehouse import connect
from ioc.warehouse.alerts import Alert, end_alerts, open_alerts, raise_alert
from jobs.alerts import post, raised, succeeded
from jobs.launch import asked_of, trigger_of, words

pytestmark = pytest.mark.broker
NOW = datetime(2024, 3, 5, 1, tzinfo=UTC)


def alert(feed: str | None = None, run: str = "r1", task: str = "rollup") -> Alert:
    return Alert(NOW, "rollup_flow_day", task, run, feed, "it stopped")


def test_an_alert_is_one_row_however_often_told_and_ends_with_its_own_feed(warehouse: Settings) -> None:
    with connect(warehouse, autocommit=True) as conn:
        conn.execute("insert into topic_partition values ('records', 0, 'id', 0), ('permits', 0, 'id', 0)")
        assert raise_alert(conn, alert("records")).feed == "records"
        raise_alert(conn, alert("records"))
        assert raise_alert(conn, alert("nobody", "r2")).feed is None
        assert len(open_alerts(conn)) == 2
        assert end_alerts(conn, "archive", None, NOW) == 0
        assert end_alerts(conn, "rollup_flow_day", "permits", NOW) == 0
        assert end_alerts(conn, "rollup_flow_day", "records", NOW) == 1
        assert end_alerts(conn, "rollup_flow_day", None, NOW) == 1
        assert open_alerts(conn) == []


def test_a_run_over_all_feeds_names_the_only_one_that_failed(warehouse: Settings) -> None:
    with connect(warehouse, autocommit=True) as conn:
        for feed in ("records", "permits"):
            conn.execute(
                "insert into run (run_id, feed, covers_from, covers_to, zone, state, started_at)"
                " values (%s, %s, '2024-01-01', '2024-01-01', 'UTC', 'refused', %s)",
                [f"{feed}:rollup_flow_day-r1", feed, NOW],
            )
            named = raise_alert(conn, alert())
            assert named.feed == ("records" if feed == "records" else None)
            conn.execute("delete from alert")


def test_screens_are_woken_when_it_begins_and_when_it_ends(warehouse: Settings) -> None:
    with connect(warehouse, autocommit=True) as screen, connect(warehouse, autocommit=True) as conn:
        screen.execute("listen ioc_published")
        raise_alert(conn, alert())
        end_alerts(conn, "rollup_flow_day", None, NOW)
        assert len(list(screen.notifies(timeout=5, stop_after=2))) == 2


def context(downstream: set[str] | None = None, **params: Any) -> dict[str, Any]:
    ti = SimpleNamespace(dag_id="rollup_flow_day", task_id="publish", run_id="r1")
    task = SimpleNamespace(downstream_task_ids=downstream or set())
    return {"ti": ti, "task": task, "params": params, "exception": RuntimeError("why")}


def test_a_dead_webhook_stops_nothing_and_its_address_is_not_said(
    warehouse: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IOC_WAREHOUSE_URL", warehouse.warehouse_url)
    monkeypatch.setenv("IOC_ALERT_URL", "http://127.0.0.1:9/secret")
    raised(context())
    said = capsys.readouterr().out
    assert "IOC_ALERT_URL does not answer: ConnectError" in said
    assert "secret" not in said
    with connect(warehouse) as conn:
        assert [(one.task, one.what) for one in open_alerts(conn)] == [("publish", "why")]
    succeeded(context({"audit"}))
    with connect(warehouse) as conn:
        assert len(open_alerts(conn)) == 1, "only the last task ends it"
    succeeded(context())
    with connect(warehouse) as conn:
        assert open_alerts(conn) == []


@pytest.mark.parametrize(("status", "taken"), [(204, True), (500, False)])
def test_the_webhook_gets_the_alert_as_json(status: int, taken: bool) -> None:
    got: list[bytes] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        assert post(f"http://127.0.0.1:{server.server_port}/", alert("records")) == taken
        thread.join()
    assert b'"at":"2024-03-05T01:00:00+00:00"' in got[0]
    assert b'"feed":"records"' in got[0]


@pytest.mark.parametrize("kind", ["scheduled", "backfill", "manual"])
def test_only_a_run_by_time_is_held_to_its_interval(kind: str) -> None:
    run = SimpleNamespace(dag_id="rebuild", run_id="x", run_type=kind)
    made = {"dag_run": run, "params": {"feed": None}, "data_interval_end": NOW + timedelta(minutes=1)}
    line = words("rollup", trigger_of(made), asked_of(made))
    assert ("--until" in line) == (kind != "manual")
    assert ("rebuild-x" in line) == (kind != "manual")
