"""The trend as it was published by an instant of the past: its figures, what it refuses, and its banner."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

API = "/api/records/trend"
RESTATED = """
update revision set published_at = '2024-12-18 02:00:00+00';
insert into revision (feed, covers_from, covers_to, zone, position, definitions, run_id, audit, published_at)
    select feed, covers_from, covers_to, zone, position, definitions, 'later', audit, '2024-12-19 02:00:00+00'
    from revision;
update flow_day set to_revision = (select max(revision) from revision) where day = '2024-12-17';
insert into flow_day select feed, day, agency, channel, carried_over, new + 1, received_total + 1, resolved,
    early, on_due_date, late, no_due_date, withdrawn, open_end, open_end_overdue, to_revision, null, credit
    from flow_day where day = '2024-12-17'
"""


@pytest.fixture
def restated(served: Any) -> Any:
    """Published at 09:00 on the 18th, and again on the 19th with more new cases on the 17th."""
    served.province.conn.execute(RESTATED)
    return served


def trend(served: Any, **asked: str) -> Any:
    answer = httpx.get(f"{served.url}{API}", params={"days": "5", **asked})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_trend_of_then_has_the_figures_of_then(restated: Any) -> None:
    now, then = trend(restated), trend(restated, as_of="2024-12-18T09:00:00+07:00")
    agencies = restated.province.one("select count(*) from flow_day_published where day = '2024-12-17'")
    assert now["days"][3]["new"] - then["days"][3]["new"] == agencies > 0
    assert [row["restated"] for row in now["days"]] == [0, 0, 0, 1, 0]
    assert [row["restated"] for row in then["days"]] == [0, 0, 0, 0, 0]
    assert then["days"][:3] == now["days"][:3]
    assert (then["revision"]["revision"], now["revision"]["revision"]) == (1, 2)
    assert then["revision"]["published_at"].startswith("2024-12-18T02:00")
    assert then["as_of"] == "2024-12-18T02:00:00.000000Z"
    assert then["revision"]["position"] == now["revision"]["position"] != {}
    assert "as_of" not in now


def test_a_local_day_of_the_trend_means_its_end(restated: Any) -> None:
    then = trend(restated, as_of="2024-12-18")
    assert (then["revision"]["revision"], then["as_of"]) == (1, "2024-12-18T16:59:59.999999Z")
    assert trend(restated, as_of="2024-12-19T02:00:00Z")["revision"]["revision"] == 2


@pytest.mark.parametrize(
    ("as_of", "why"),
    [
        (
            "2024-12-17",
            "no revision of records was published by then; the first was published at 2024-12-18T02",
        ),
        ("2024-12-18T09:00:00", "add the zone"),
        ("lately", "give an instant such as"),
        ("2024-12-19", "up to now"),
    ],
)
def test_a_trend_nobody_knew_is_refused(restated: Any, as_of: str, why: str) -> None:
    answer = httpx.get(f"{restated.url}{API}", params={"as_of": as_of})
    assert answer.status_code == 400
    assert why in answer.json()["error"]
    assert answer.json()["field"] in ("as_of", "as-of")


@pytest.mark.browser
def test_a_banner_says_that_one_looks_at_the_past_and_leads_back(restated: Any, visit: Any) -> None:
    page = visit.open(f"{restated.url}/?as_of=2024-12-18&days=30&table=1")
    banner = page.locator(".trend .notice")
    expect(banner).to_contain_text("như biết tại 23:59:59 18/12/2024")
    cell = page.locator(".trend tbody tr").nth(1).locator("td").nth(1)
    then = trend(restated, as_of="2024-12-18")["days"][3]["new"]
    expect(cell).to_have_text(str(then))
    visit.picture(page, "past")
    banner.locator("a").click()
    expect(banner).to_have_count(0)
    assert "as_of" not in page.url
    assert "days=30" in page.url
    expect(cell).not_to_have_text(str(then))
    assert visit.complaints == []


@pytest.mark.browser
def test_a_past_without_figures_says_why_and_leads_back(restated: Any, visit: Any) -> None:
    page = visit.open(f"{restated.url}/?as_of=2024-12-01&lang=en")
    banner = page.locator(".trend .notice")
    expect(banner).to_contain_text("the first was published at 2024-12-18")
    banner.locator("a").click()
    expect(page.locator(".chart[data-drawn]")).to_be_visible()
