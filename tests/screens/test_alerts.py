"""A failed task is a banner of the boards that it concerns, said once, until its alert ends."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from screens.testing import NOW


def tell(conn: Any, run: str, feed: str | None) -> None:
    conn.execute(
        "insert into alert (dag, run, task, at, feed, what) values ('rollup_flow_day', %s, 'rollup', %s, %s,"
        " %s)",
        [run, NOW, feed, f"because of {run}"],
    )
    conn.execute("select pg_notify('ioc_published', '')")


def test_a_failed_task_is_a_banner_that_goes_with_its_alert(served: Any, visit: Any) -> None:
    conn, day = served.province.conn, NOW.date()
    page = visit.open(f"{served.url}/?lang=en")
    visit.shown(page)
    tell(conn, "all", None)
    tell(conn, "others", "permits")
    expect(page.locator(".notice")).to_contain_text("because of all")
    expect(page.locator(".notice")).to_have_count(1)
    served.province.refuse(day, day)
    tell(conn, "refused", "records")
    expect(page.locator(".notice")).to_have_count(2)
    expect(page.locator(".notice").first).to_contain_text("Audit failed")
    conn.execute("update alert set ended_at = at where run = 'all'")
    conn.execute("select pg_notify('ioc_published', '')")
    expect(page.locator(".notice")).to_have_count(1)
