"""`ioc explain`: a figure down to run, audit, code, position and history, and exactly the cases behind it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ioc.errors import BadInput, Stop
from ioc.kernel.months import MONTH_FIGURES

# Of all agencies in September, as published second: counted by hand.
BEHIND = {
    "carried_over": {"carried"},
    "new": {"early", "late", "overdue", "waiting", "withdrawn", "near", "dateless", "tardy"},
    "resolved": {"early", "late", "carried", "withdrawn", "dateless", "tardy"},
    "early": {"early", "tardy"},
    "on_due_date": {"carried", "withdrawn"},
    "late": {"late"},
    "no_due_date": {"dateless"},
    "withdrawn": {"withdrawn"},
    "open_in_time": {"waiting", "near"},
    "open_overdue": {"overdue"},
    "about_to_breach": {"near"},
    "paused_supplement": {"waiting"},
    "paused_fee": set[str](),
    "paused_stop": set[str](),
}
SINCE = {"new": {"since"}, "open_overdue": {"since"}}  # told of after it was published


def told(run: Any, cell: str, *words: str, period: str = "2024-09") -> dict[str, Any]:
    result = run("explain", "records", period, cell, "--json", *words)
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def behind(said: dict[str, Any]) -> set[str]:
    return {row["case_id"] for row in said["cases"]["rows"]}


def test_every_figure_of_months_has_its_cases_counted_by_hand() -> None:
    assert set(BEHIND) == set(MONTH_FIGURES)


@pytest.mark.parametrize("figure", BEHIND)
def test_the_cases_behind_a_figure_are_those_that_make_it(run: Any, figure: str) -> None:
    said = told(run, f"figure={figure}")
    assert said["value"] == len(BEHIND[figure])
    assert behind(said) == BEHIND[figure] | SINCE.get(figure, set())
    assert said["cases"]["count"] == len(behind(said))


@pytest.mark.parametrize(
    ("cell", "cases"),
    [
        ("agency=H20.01,figure=resolved", {"early", "late", "carried", "tardy"}),
        ("agency=H20.01,channel=online,figure=resolved", {"early", "late", "tardy"}),
        ("channel=postal,figure=resolved", {"dateless"}),
        ("sector=Kiểm lâm,figure=resolved", {"early", "late", "withdrawn", "tardy"}),
        ("agency=H20.02,sector=Hỗ trợ doanh nghiệp nhỏ và vừa,figure=resolved", {"dateless"}),
        ("sector=,figure=open_overdue", {"overdue"}),
        ("sector=Phòng cháy, chữa cháy,figure=resolved", set()),
        ("agency=H20.03,figure=resolved", set()),
    ],
)
def test_a_part_of_a_figure_has_its_cases(run: Any, cell: str, cases: set[str]) -> None:
    said = told(run, cell)
    assert said["value"] == len(cases)
    assert behind(said) == cases


def test_longer_periods_add_flows_and_take_stocks_from_their_ends(run: Any, ledger: Any) -> None:
    assert told(run, "figure=new", period="2024-08")["value"] == 1
    ledger.conn.execute("update revision set covers_from = '2024-07-01'")
    quarter = told(run, "figure=new", period="2024-Q3")
    assert (quarter["value"], quarter["cases"]["count"]) == (9, 10)
    assert told(run, "figure=carried_over", period="2024-Q3")["value"] == 0
    assert behind(told(run, "figure=open_overdue", period="2024-Q3")) == {"overdue", "since"}
    assert behind(told(run, "figure=resolved", period="2024-Q3")) == BEHIND["resolved"]
    for figure in BEHIND:
        said = told(run, f"figure={figure}", period="2024-Q3")
        assert said["history"][-1]["value"] == said["value"], figure


def test_what_the_warehouse_learnt_since_is_said_and_both_numbers_shown(run: Any, ledger: Any) -> None:
    said = told(run, "figure=new")
    assert (said["value"], said["cases"]["count"], said["cases"]["ahead"]) == (8, 9, 1)
    shown = run("explain", "records", "2024-09", "figure=new").stdout
    assert "what is known now: 9; published: 8." in shown
    assert "took 1 more messages since" in shown
    ledger.publish(ledger.province.one("select now()"))
    assert told(run, "figure=new")["cases"]["ahead"] == 0
    assert "more messages" not in run("explain", "records", "2024-09", "figure=new").stdout


def test_a_case_that_ended_later_still_stands_behind_the_stock_of_then(run: Any, ledger: Any) -> None:
    ended = datetime(2024, 10, 5, 2, tzinfo=UTC)
    ledger.province.arrive(ledger.province.made("overdue", "overdue-9", ended, "9"))
    assert behind(told(run, "figure=open_overdue")) == {"overdue", "since"}
    assert behind(told(run, "figure=late")) == {"late"}


def test_only_some_cases_are_listed_and_how_many_more_is_said(run: Any) -> None:
    said = told(run, "figure=new", "--limit", "2")["cases"]
    assert ([row["case_id"] for row in said["rows"]], said["more"]) == (["dateless", "early"], 7)
    shown = run("explain", "records", "2024-09", "figure=new", "--limit", "2").stdout
    assert shown.endswith(
        "  dateless  entered_on 2024-09-02  resolved_on 2024-09-03  no_due_date\n"
        "  early  entered_on 2024-09-02  due_on 2024-09-10  resolved_on 2024-09-05  early\n"
        "and 7 more cases.\n"
    )


def test_revision_run_audit_code_and_position_are_told(run: Any, ledger: Any) -> None:
    said = told(run, "figure=new")
    assert said["revision"]["revision"] == 2
    assert said["revision"]["run_id"] == "records:2024-10-03"
    assert said["revision"]["definitions"] == said["revision"]["definitions_now"]
    assert sum(said["revision"]["position"]["records"].values()) == sum(ledger.province.offsets.values()) - 1
    assert said["run"]["code"] == "0.1.0+abc"
    assert [check["ok"] for check in said["run"]["audit"]] == [True, False]
    shown = run("explain", "records", "2024-09", "agency=H20.01,figure=new").stdout.splitlines()
    assert shown[0] == (
        "new of agency H20.01, channel every, sector every, 2024-09 (CALENDAR, 2024-09-01 to 2024-09-30): 5"
    )
    assert shown[1] == "Published: revision 2, at 2024-10-03 07:00."
    assert shown[2].startswith("Position: records/0@")
    assert shown[4:7] == [
        "Run: records:2024-10-03, code 0.1.0+abc.",
        "Audit: 1 of 2 checks passed.",
        "  ✗ volume (warn): fewer than usual",
    ]


def test_what_old_runs_did_not_keep_and_changed_definitions_are_said(run: Any, ledger: Any) -> None:
    ledger.conn.execute("update run set code = null")
    ledger.conn.execute("update revision set audit = '[]', definitions = 'old'")
    shown = run("explain", "records", "2024-09", "figure=new").stdout
    assert "code not recorded." in shown
    assert "Audit: not recorded." in shown
    assert f"Definitions: old; now {ledger.province.rules.definitions}" in shown
    ledger.conn.execute("delete from run")
    assert told(run, "figure=new")["run"]["code"] is None


def test_every_earlier_value_is_told_with_the_restatements_between(run: Any) -> None:
    first, second = told(run, "figure=new")["history"]
    assert (first["revision"], first["value"], first["change"], first["restatements"]) == (1, 7, None, [])
    assert (second["revision"], second["value"], second["change"]) == (2, 8, 1)
    (entry,) = second["restatements"]
    assert (entry["agency"], entry["old"], entry["new"], entry["cause_words"]) == (
        "H20.01",
        3,
        4,
        "late event",
    )
    (only,) = told(run, "agency=H20.02,figure=new")["history"]
    assert (only["revision"], only["value"]) == (1, 3)
    shown = run("explain", "records", "2024-09", "figure=new", "--lang", "vi").stdout
    assert "lần 2, 07:00 03/10/2024: 8 (+1)" in shown
    assert "sự kiện đến muộn, 2 sự kiện" in shown


def test_a_figure_that_was_nothing_at_first_begins_with_nothing(run: Any, ledger: Any) -> None:
    cell = "agency=H20.01,channel=online,sector=Kiểm lâm,figure=paused_fee"
    assert [step["value"] for step in told(run, cell)["history"]] == [0]
    moved = "update cases set agency = 'H20.03' where case_id = 'since'"
    ledger.conn.execute(moved)
    ledger.publish(datetime(2024, 10, 4, tzinfo=UTC))
    steps = told(run, "agency=H20.03,figure=new")["history"]
    assert [(step["revision"], step["value"]) for step in steps] == [(1, 0), (3, 1)]


def test_as_of_then_the_figure_and_its_history_are_those_of_then(run: Any) -> None:
    said = told(run, "figure=new", "--as-of", "2024-10-02")
    assert (said["revision"]["revision"], said["value"]) == (1, 7)
    assert [step["value"] for step in said["history"]] == [7]
    assert said["cases"]["count"] == 9


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("records", "2024-9", "figure=new"), "PERIOD: '2024-9' cannot be used; write a period of CALENDAR"),
        (("records", "2024-09-01", "figure=new"), "period: '2024-09-01' cannot be used"),
        (("records", "2024-07", "figure=new"), "period: '2024-07' cannot be used"),
        (("records", "2024-10", "figure=new"), "period: '2024-10' cannot be used"),
        (("records", "2024-09", "figure=open"), "figure: 'open' cannot be used; name one of carried_over"),
        (("records", "2024-09", "unit=A,figure=new"), "CELL: 'unit' cannot be used; its parts are agency"),
        (("records", "2024-09", "agency=X,figure=new"), "agency: 'X' cannot be used; name one of"),
        (
            ("records", "2024-09", "channel=fax,figure=new"),
            "channel: 'fax' cannot be used; name one of direct, online",
        ),
        (("records", "2024-09", "sector=Biển,figure=new"), "sector: 'Biển' cannot be used; name one of"),
        (
            ("records", "2024-09", "figure=new", "--calendar", "X"),
            "calendar: 'X' cannot be used; name one of",
        ),
        (("records", "2024-09", "figure=new", "--lang", "fr"), "--lang: 'fr' cannot be used"),
        (
            ("records", "2024-09", "figure=new", "--as-of", "2024-10-01"),
            "as-of: '2024-10-01' cannot be used; no rev",
        ),
    ],
)
def test_what_cannot_be_explained_is_refused(run: Any, words: tuple[str, ...], error: str) -> None:
    with pytest.raises(BadInput) as refused:
        run("explain", *words)
    assert str(refused.value).startswith(error)


def test_a_revision_without_months_is_no_figure_of_nothing(run: Any, ledger: Any) -> None:
    ledger.conn.execute("delete from flow_month")
    ledger.conn.execute(
        "insert into flow_day values ('records', '2024-09-02', 'A', '', 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1,"
        " null, 'resolving')"
    )
    with pytest.raises(Stop, match="has days but no months of CALENDAR for 2024-09"):
        run("explain", "records", "2024-09", "figure=new")


def test_a_feed_never_published_has_nothing_to_explain(run: Any) -> None:
    with pytest.raises(Stop, match="has no published rollup yet"):
        run("explain", "permits", "2024-09", "figure=new")


def test_a_case_of_two_codes_stands_behind_a_figure_once(run: Any, ledger: Any) -> None:
    ledger.conn.execute("insert into alias values ('records', 'waiting', 'waiting')")
    ledger.conn.execute("insert into alias values ('records', 'w-2', 'waiting')")
    ledger.conn.execute("update event set case_id = 'w-2' where id = 'waiting-1'")  # its pause
    assert behind(told(run, "figure=paused_supplement")) == {"waiting"}
