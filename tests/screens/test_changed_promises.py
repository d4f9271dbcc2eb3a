"""A definition changes on disk: the running page goes by it, and says so until every case is folded again."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from ioc.rules import case_rules
from ioc.warehouse import connect, definitions, live
from schemas import load
from streams.live.worker import kernel
from tests.own_calendar import with_days_off

pytestmark = pytest.mark.stack


def board(served: Any) -> dict[str, Any]:
    return dict(httpx.get(f"{served.url}/api/records/snapshot").json())


def until(served: Any, definitions: str, refolding: bool) -> dict[str, Any]:
    for _ in range(100):
        state = board(served)
        if state["definitions"] == definitions and state.get("refolding", False) == refolding:
            return state
        time.sleep(0.1)
    raise AssertionError(f"not {definitions} with refolding {refolding}: {state}")


def test_tiles_say_that_they_are_recounted_until_it_is_done(served: Any) -> None:
    before = board(served)
    assert "refolding" not in before
    own = served.home / "schemas"
    with_days_off(own, "2026-11-01", ["2026-11-27"])
    registry = load([own])
    changed = case_rules(registry.feeds["records"]).definitions
    assert changed != before["definitions"]
    during = until(served, changed, refolding=True)
    assert during["tiles"] == before["tiles"]
    with connect(served.province.settings, autocommit=True, name="test") as conn:
        live.prepare(conn)
        while definitions.refold_some(conn, kernel(registry)):
            pass
    after = until(served, changed, refolding=False)
    assert after["tiles"]["in_process"] == before["tiles"]["in_process"]


def test_files_that_cannot_be_used_change_nothing(served: Any) -> None:
    before = board(served)
    own = served.home / "schemas" / "calendars"
    own.mkdir(parents=True)
    (own / "vietnam.yaml").write_text("calendar: vietnam\n", encoding="utf-8")
    time.sleep(2.5)
    assert board(served)["definitions"] == before["definitions"]
    assert "the old promises hold" in (served.home / "screens.log").read_text()
