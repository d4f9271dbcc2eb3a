"""A failed task is on the board until its DAG succeeds; a backfill of covered days changes no figure."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from ioc.settings import Settings
from ioc.stack.home import CHOSEN
from jobs.airflow import Airflow

pytestmark = [pytest.mark.stack, pytest.mark.fault, pytest.mark.timeout(1800)]
DAG = "rollup_flow_day"
FEED = "permits-small"
WINDOW = ("--from", "2011-01-01", "--to", "2011-03-31")


def airflow_of(stack: Any) -> Airflow:
    chosen = json.loads((stack.home / "stack.json").read_text())
    airflow = Airflow(Settings(**{name: chosen[name] for name in CHOSEN if name in chosen}))
    airflow.await_dag(DAG, lambda _: None)
    return airflow


def ended(airflow: Airflow, run: str) -> str:
    return [state for state, _ in airflow.follow(DAG, run)][-1]


def shown(stack: Any) -> list[dict[str, Any]]:
    """The alerts of the feed's board."""
    url = f"{stack.status()['screens_url']}/api/{FEED}/snapshot"
    return list(httpx.get(url, timeout=20).json().get("alerts", []))


def test_an_alert_is_shown_until_a_run_succeeds_and_a_backfill_changes_no_figure(
    stack: Any, receipt_log: Path, mapping_for: Callable[[str, str], Path]
) -> None:
    stack.json("import", str(receipt_log), "--source", str(mapping_for("receipt", FEED)))
    airflow = airflow_of(stack)
    airflow.trigger(DAG, "fails", {"feed": "no-such-feed"})
    assert ended(airflow, "fails") == "failed"
    stack.wait_for(lambda: [one["task"] for one in shown(stack)] == ["archive"], "the alert", 30)
    (alert,) = stack.status()["alerts"]
    assert (alert["dag"], alert["run"], alert["feed"]) == (DAG, "fails", None)
    assert "no-such-feed" in alert["what"]

    stack.run("rollup", "--feed", FEED, *WINDOW)
    assert len(shown(stack)) == 1, "a run of one feed says nothing of the others"
    before = stack.flow(FEED)
    airflow.trigger(DAG, "all", {})
    assert ended(airflow, "all") == "success"
    stack.wait_for(lambda: shown(stack) == [], "the alert's end", 30)
    assert stack.status()["alerts"] == []

    after = stack.flow(FEED)
    assert after[: len(before)] == before
    days = [(datetime.now(UTC) - timedelta(days=n)).date().isoformat() for n in (3, 1)]
    said = stack.run(
        "airflow", "backfill", "create", "--dag-id", DAG, "--from-date", days[0], "--to-date", days[1]
    )
    filled = [run for run in runs(airflow) if run["run_type"] == "backfill"]
    assert len(filled) in (2, 3), said.stdout  # as many as the schedule's hour leaves within these days
    for run in filled:
        assert ended(airflow, run["dag_run_id"]) == "success"
    assert stack.flow(FEED) == after
    events = airflow._get("/api/v2/assets/events")["asset_events"]
    flows = [event for event in events if event["uri"] == f"warehouse://flow/{FEED}"]
    assert len(flows) == 2, "the rollup's and the run's over all feeds, none of the backfill"
    assert all(event["extra"]["revision"] for event in flows)


def runs(airflow: Airflow) -> list[dict[str, Any]]:
    return list(airflow._get(f"/api/v2/dags/{DAG}/dagRuns")["dag_runs"])
