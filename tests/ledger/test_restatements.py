"""`ioc restatements`: what is listed, one entry down to its events, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from ioc.errors import BadInput
from ioc.ledger.restatements import event_name, gone

LIST = ("restatements", "--feed", "records")


def listed(run: Any, *words: str) -> list[dict[str, Any]]:
    result = run(*LIST, "--format", "json", *words)
    assert result.exit_code == 0, result.output
    return list(json.loads(result.stdout))


def test_every_change_is_listed_with_its_cell_cause_run_and_time(run: Any, ledger: Any) -> None:
    rows = listed(run)
    assert {(row["figure"], row["old"], row["new"]) for row in rows} <= {
        ("new", 3, 4), ("resolved", 2, 3), ("early", 1, 2),
    }  # fmt: skip
    assert len(rows) == 3
    for row in rows:
        cell = tuple(row[part] for part in ("calendar", "month", "agency", "channel", "sector"))
        assert cell == ("CALENDAR", "2024-09", "H20.01", "online", "Kiểm lâm")
        assert (row["change"], row["cause"], row["cause_words"]) == (1, "late-event", "late event")
        assert (row["event_count"], row["revision"], row["run_id"]) == (2, 2, "records:2024-10-03")
        assert row["at"] == "2024-10-03T00:00:00+00:00"
    assert {row["cause_words"] for row in listed(run, "--lang", "vi")} == {"sự kiện đến muộn"}


def test_the_three_formats_tell_the_same(run: Any) -> None:
    told = listed(run)
    table = list(csv.DictReader(io.StringIO(run(*LIST, "--format", "csv").stdout)))
    assert [row["new"] for row in table] == [str(row["new"]) for row in told]
    assert list(table[0]) == list(told[0])
    shown = run(*LIST).stdout
    assert "late event" in shown
    assert "2024-10-03 07:00" in shown  # local
    assert len(shown.splitlines()) == 1 + len(told)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (("--period", "2024-09"), 3),
        (("--period", "2024-Q3"), 3),
        (("--period", "2024-08"), 0),
        (("--agency", "H20.01"), 3),
        (("--agency", "H20.02"), 0),
        (("--calendar", "REPORT_15_14"), 0),
    ],
)
def test_a_part_of_the_ledger_is_that_part(run: Any, words: tuple[str, ...], count: int) -> None:
    assert len(listed(run, *words)) == count
    said = run(*LIST, *words, "--format", "json").stderr
    assert ("Nothing was restated" in said) == (count == 0)


def test_an_entry_is_explained_by_its_events_as_stored(run: Any, ledger: Any) -> None:
    number = listed(run)[0]["restatement"]
    told = json.loads(run(*LIST, "--explain", str(number), "--format", "json").stdout)
    assert [event["id"] for event in told["events"]] == ["tardy-0", "tardy-1"]
    assert [event["case_id"] for event in told["events"]] == ["tardy", "tardy"]
    assert told["events_not_stored"] == []
    for event in told["events"]:
        place = ledger.province.conn.execute(
            'select topic, partition, "offset", occurred_at from event where id = %s', [event["id"]]
        ).fetchone()
        assert (event["topic"], event["partition"], event["offset"]) == place[:3]
        assert event["occurred_at"] == place[3].isoformat()
        assert event["received_at"] > event["occurred_at"]
    shown = run(*LIST, "--explain", str(number), "--lang", "vi").stdout
    assert "Nguyên nhân: sự kiện đến muộn; số sự kiện: 2." in shown
    assert "tardy-1" in shown


def test_events_that_came_in_earlier_or_are_gone_or_too_many_are_told(run: Any, ledger: Any) -> None:
    names = [event_name("urn:vn:portal", "early-0"), event_name("urn:vn:portal", "no such"), "urn:x tardy-0"]
    ledger.conn.execute(
        "insert into restatement (feed, revision, calendar, month, agency, channel, sector, figure, old, new,"
        " cause, events, event_count, run_id, at) values ('records', 2, 'CALENDAR', '2024-09', 'Z', '', '',"
        " 'new', 0, 1, 'replay', %s, 104, 'r', now())",
        [names],
    )
    number = listed(run)[-1]["restatement"]
    result = run(*LIST, "--explain", str(number), "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["id"] for row in rows] == ["early-0"]
    assert "Not among the stored events: urn:vn:portal no such, urn:x tardy-0" in result.stderr
    assert "and 101 more events" in result.stderr
    assert gone({"events": names}, [{"source": "urn:x", "id": "tardy-0"}]) == names[:2]


def test_another_case_s_event_of_the_same_id_known_before_is_no_cause(run: Any, ledger: Any) -> None:
    ledger.conn.execute("update event set id = 'tardy-0' where id = 'early-0'")
    number = str(listed(run)[0]["restatement"])
    told = json.loads(run(*LIST, "--explain", number, "--format", "json").stdout)
    assert [event["case_id"] for event in told["events"]] == ["tardy", "tardy"]


def test_an_event_is_told_with_the_case_that_its_code_was_joined_to(run: Any, ledger: Any) -> None:
    ledger.conn.execute("insert into alias values ('records', 'tardy', 'joined'), ('other', 'tardy', 'no')")
    number = str(listed(run)[0]["restatement"])
    told = json.loads(run(*LIST, "--explain", number, "--format", "json").stdout)
    assert {(event["code"], event["case_id"]) for event in told["events"]} == {("tardy", "joined")}


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--calendar", "LUNAR"), "calendar: 'LUNAR' cannot be used; name one of CALENDAR"),
        (("--period", "2024-13"), "period: '2024-13' cannot be used; CALENDAR has no such month"),
        (("--period", "2024-W09"), "period: '2024-W09' cannot be used"),
        (("--agency", "H20.1"), "agency: 'H20.1' cannot be used; no such agency is known; near: 'H20."),
        (("--explain", "99"), "explain: 99 cannot be used; records has no such entry"),
        (
            ("--explain", "1", "--agency", "H20.01"),
            "agency: 'H20.01' cannot be used; leave it out with --explain",
        ),
        (("--explain", "1", "--period", "2024-09"), "period: '2024-09' cannot be used; leave it out with"),
        (("--lang", "fr"), "--lang: 'fr' cannot be used; take vi or en"),
    ],
)
def test_what_cannot_be_listed_is_refused(run: Any, words: tuple[str, ...], error: str) -> None:
    with pytest.raises(BadInput) as refused:
        run(*LIST, *words)
    assert str(refused.value).startswith(error)


def test_an_entry_of_another_feed_is_none_of_this_one(run: Any) -> None:
    with pytest.raises(BadInput, match="permits has no such entry"):
        run("restatements", "--feed", "permits", "--explain", "1")
