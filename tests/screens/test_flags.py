"""What is to be looked at: the counts against plain SQL, each list as long as its count, page and command."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect

from ioc.cli.main import command
from ioc.errors import BadInput
from screens import flags
from screens.position import Position
from tests.screens.test_board import FEED, listed, now, with_connection

AGENCY = "H20.03"
PROCEDURE = "1.000028"  # in the catalogue, with a limit
CASE = f"{AGENCY}-241219-7{{}}"
ODD = {  # statuses an hour apart -> what is odd about them
    "001": ("2 9 4 9", ["reopened"]),
    "002": ("2 9 9", ["resolved-twice"]),
    "003": ("4 10", ["no-reception", "delivered-without-resolved", "unexpected-transition"]),
}


@pytest.fixture
def odd(province: Any) -> Any:
    """The province with three odd cases more, and one that no agency is known of."""
    start = now(province) - timedelta(hours=8)
    for number, (statuses, _) in ODD.items():
        said = {"agency": AGENCY, "procedure": PROCEDURE}
        for n, status in enumerate(statuses.split()):
            at = start + timedelta(hours=n)
            province.arrive(province.made(CASE.format(number), str(n), at, status, **said))
    province.arrive(province.made("nobody's", "1", start, "4"))
    return province


def found(province: Any) -> dict[str, Any]:
    at = now(province)
    feed = province.registry.feeds[FEED]
    said: dict[str, Any] = with_connection(province, lambda connection: flags.read(connection, feed, at))
    return said


def test_odd_cases_are_flagged_with_these_codes_alone(odd: Any) -> None:
    for number, (_, raised) in ODD.items():
        assert odd.one("select flags from cases where case_id = %s", CASE.format(number)) == raised


def test_counts_are_what_plain_sql_counts(odd: Any) -> None:
    said = found(odd)
    assert said["agencies"][""]["flags"] == {"no-reception": 1}
    assert said["agencies"][AGENCY]["set_aside"] == 1
    assert said["refused"] == 3
    for agency, row in said["agencies"].items():
        of_agency = "coalesce(agency, '') = %s and flags <> '{}'"
        assert row["flagged"] == odd.one(f"select count(*) from cases where {of_agency}", agency)
        flat = odd.one(
            f"select string_agg(array_to_string(flags, ' '), ' ') from cases where {of_agency}", agency
        )
        words = (flat or "").split()
        assert row["flags"] == {flag: words.count(flag) for flag in set(words)}


def test_a_list_is_as_long_as_its_count_also_per_agency_and_later(odd: Any) -> None:
    said, at = found(odd), now(odd)
    position = Position.parse(said["position"])
    odd.arrive(odd.made("late", "1", at, "4", agency=AGENCY))
    every = {flag for row in said["agencies"].values() for flag in row["flags"]}
    assert len(every) >= 4
    for flag in every:
        total = sum(row["flags"].get(flag, 0) for row in said["agencies"].values())
        assert listed(odd, at, "flagged", flag=flag, position=position)["count"] == total
    for agency in ("", AGENCY):
        row = said["agencies"][agency]
        for flag, n in row["flags"].items():
            asked = {"flag": flag, "agency": agency, "position": position}
            assert listed(odd, at, "flagged", **asked)["count"] == n
        for measure, key in (("flagged", "flagged"), ("set_aside", "set_aside")):
            assert listed(odd, at, measure, agency=agency, position=position)["count"] == row[key]
    assert listed(odd, at, "flagged", flag="no-reception")["count"] == 3


def test_a_flag_narrows_any_list_and_no_other_word_does(odd: Any) -> None:
    at = now(odd)
    resolved = odd.one(
        "select count(*) from cases where resolved_on = '2024-12-19' and flags @> '{reopened}'"
    )
    assert listed(odd, at, "resolved_today", flag="reopened")["count"] == resolved == 1
    with pytest.raises(BadInput, match=r"flag: 'odd' .*reopened"):
        listed(odd, at, "flagged", flag="odd")


def told(province: Any, monkeypatch: pytest.MonkeyPatch, *args: str) -> str:
    monkeypatch.setenv("IOC_WAREHOUSE_URL", province.settings.warehouse_url)
    ran = CliRunner().invoke(command("flags"), ["--feed", FEED, *args])
    assert ran.exit_code == 0, ran.output
    return ran.output


def test_the_command_counts_the_same(odd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = json.loads(told(odd, monkeypatch, "--format", "json"))
    said = found(odd)["agencies"]
    counts = {(row["agency"], row["what"]): row["count"] for row in rows}
    assert counts.pop(("", "quarantine")) == 3
    aside = {(agency, "set-aside"): row["set_aside"] for agency, row in said.items() if row["set_aside"]}
    assert counts == aside | {
        (agency, flag): n for agency, row in said.items() for flag, n in row["flags"].items()
    }
    reopened = next(row for row in rows if row["what"] == "reopened")
    assert (reopened["label"], reopened["agency"]) == ("Reopened", AGENCY)
    one = told(odd, monkeypatch, "--agency", AGENCY, "--format", "csv").splitlines()
    assert one[0] == "agency,what,count,label,why"
    assert {line.split(",")[0] for line in one[1:]} == {AGENCY}
    assert "quarantine" not in "".join(one)
    assert "Resolved twice" in told(odd, monkeypatch)
    refused = CliRunner().invoke(command("flags"), ["--feed", "recordz"])
    assert isinstance(refused.exception, BadInput)


def test_the_page_lists_each_flag_and_opens_exactly_its_cases(standing: Any, visit: Any) -> None:
    page = visit.open(f"{standing.url}/?lang=en")
    page.locator(".agencies .tools a").click()
    flag = page.locator('[data-flag="unexpected-transition"]')
    expect(flag).to_contain_text("A status came after one that does not lead to it")
    visit.picture(page, "flags")
    wanted = flag.locator("a").inner_text()
    assert int(wanted) > 10
    flag.locator("a").click()
    expect(page.locator(".page .count")).to_have_text(wanted)
    expect(page.locator("h2")).to_have_text("To look at – Unexpected transition")
    page.locator("main tbody tr a").first.click()
    expect(page.locator(".flags li").first).to_contain_text("Unexpected transition A status came after")
    visit.picture(page, "flagged-case")
    page.go_back()
    page.go_back()
    row = page.locator("main [data-code]").first
    counted = row.locator("td").nth(1).inner_text()
    row.locator("td").first.locator("a").click()
    expect(page.locator('[data-flag="flagged"] .n')).to_have_text(counted)
    visit.picture(page, "flags-of-one")
    assert visit.complaints == []
