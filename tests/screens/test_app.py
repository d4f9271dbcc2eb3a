"""The web process as a browser meets it: headers, files, streams, lists as tables, errors with their mend."""

import csv
import io
import json
import re
import signal
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from ioc.errors import Stop
from screens import assets, table
from screens.testing import NOW

API = "/api/records"


def events(url: str, seconds: float = 15) -> Iterator[tuple[str, Any]]:
    """Server-Sent Events of the stream as (event, data); comments as ("", text)."""
    with httpx.stream("GET", url, timeout=seconds) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["x-accel-buffering"] == "no"
        block: dict[str, str] = {}
        for line in answer.iter_lines():
            if line:
                name, _, value = line.partition(":")
                block[name] = value.strip()
            elif "event" in block:
                yield block["event"], json.loads(block["data"])
                block = {}
            else:
                yield "", block
                block = {}


def test_the_page_and_its_files_are_safe_whole_and_kept_for_ever(standing: Any) -> None:
    page = httpx.get(standing.url)
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert page.headers["cache-control"] == "no-cache"
    names = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert len(names) > 8
    for name in names:
        got = httpx.get(standing.url + name)
        assert got.status_code == 200, name
        assert got.headers["cache-control"] == "public, max-age=31536000, immutable"
        if not name.endswith(".woff2"):
            assert got.headers["content-encoding"] == "gzip", name
    plain = httpx.get(standing.url + names[0], headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    wrong = re.sub(r"/static/\w+/", "/static/0000000000000000/", names[0])
    assert httpx.get(standing.url + wrong).status_code == 404
    outside = "/static/" + names[0].split("/")[2] + "/../../pyproject.toml"
    assert httpx.get(standing.url + outside).status_code == 404
    assert "http" not in re.sub(r'xmlns="[^"]*"', "", page.text), "nothing is asked of another host"


def test_a_changed_file_has_another_address(tmp_path: Path) -> None:
    npm = assets.npm_folder("")
    (tmp_path / "index.html").write_text("{static}")
    (tmp_path / "main.js").write_text("1")
    one = assets.load(npm, tmp_path)
    (tmp_path / "main.js").write_text("2")
    other = assets.load(npm, tmp_path)
    assert one.release != other.release
    assert other.pages["index.html"].decode() == f"/static/{other.release}"


def test_missing_npm_packages_are_named_with_the_command_that_brings_them(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="make setup"):
        assets.npm_folder(str(tmp_path))
    echarts = tmp_path / assets.FROM_NPM["echarts.js"]
    echarts.parent.mkdir(parents=True)
    echarts.write_text("")
    with pytest.raises(Stop, match=r"be-vietnam-pro.*woff2 is missing; run `make setup`"):
        assets.load(assets.npm_folder(str(tmp_path)))


def test_a_stream_begins_with_the_whole_and_goes_on_with_what_arrives(served: Any) -> None:
    stream = events(f"{served.url}{API}/stream")
    assert 500 <= int(next(stream)[1]["retry"]) <= 2500
    name, state = next(stream)
    assert name == "snapshot"
    before = state["tiles"]["received_today"]["n"]
    served.province.arrive(served.province.made("H20.03-241219-8888", "1", NOW, "2", agency="H20.03"))
    for name, change in stream:
        assert name == "delta"
        if "received_today" in change.get("tiles", {}):
            assert change["tiles"]["received_today"]["n"] == before + 1
            assert change["agencies"]["H20.03"]["received_today"]["n"] >= 1
            break
    while "ticker" not in change:
        name, change = next(stream)
    assert change["ticker"][0]["case_id"] == "H20.03-241219-8888"
    snapshot = httpx.get(f"{served.url}{API}/snapshot").json()
    assert snapshot["tiles"]["received_today"]["n"] == before + 1


def test_a_stream_speaks_every_two_seconds_even_when_nothing_arrives(standing: Any) -> None:
    stream = events(f"{standing.url}{API}/stream")
    next(stream)
    next(stream)
    began, instants = time.monotonic(), [next(stream)[1]["at"] for _ in range(2)]
    assert time.monotonic() - began < 6
    assert instants[0] < instants[1]


def test_sigterm_ends_the_process_while_streams_are_open(served: Any) -> None:
    opened = threading.Event()

    def watch() -> None:
        for _ in events(f"{served.url}{API}/stream"):
            opened.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    assert opened.wait(10)
    began = time.monotonic()
    served.process.send_signal(signal.SIGTERM)
    served.process.wait(10)
    watcher.join(10)
    assert time.monotonic() - began < 5
    assert not watcher.is_alive()


def test_a_csv_holds_exactly_the_list(standing: Any) -> None:
    asked = {"measure": "in_process", "sort": "-entered_at", "agency": "H20.01"}
    listed = httpx.get(f"{standing.url}{API}/cases", params=asked).json()
    got = httpx.get(f"{standing.url}{API}/cases.csv", params={**asked, "at": listed["at"]})
    assert got.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(got.text.removeprefix("\ufeff"))))
    assert [row["Mã hồ sơ"] for row in rows] == [row["case_id"] for row in listed["rows"]]
    assert len(rows) == listed["count"] > 3
    assert {row["Đơn vị"] for row in rows} == {"Văn phòng UBND Tỉnh"}
    assert all(re.fullmatch(r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d", row["Tiếp nhận"]) for row in rows)
    english = httpx.get(f"{standing.url}{API}/cases.csv", params={**asked, "lang": "en"}).text
    assert english.removeprefix("\ufeff").startswith("Case,Status")


def test_no_cell_of_a_csv_is_a_formula() -> None:
    assert table.line(["=1+1", "-2", "@x", "plain, too"]) == "'=1+1,'-2,'@x,\"plain, too\"\r\n"


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/api/none/cases?measure=overdue", 400, "name one of"),
        (f"{API}/cases?measure=none", 400, "name one of received_today"),
        (f"{API}/cases?measure=overdue&at=yesterday", 400, "give an instant such as"),
        (f"{API}/cases?measure=overdue&at=2024-12-19T03:00:00", 400, "add the zone"),
        (f"{API}/cases?measure=overdue&page=0", 400, "whole number"),
        (f"{API}/cases?measure=overdue&page=²", 400, "whole number"),
        (f"{API}/cases?measure=overdue&position=x", 400, "take it from a board's link"),
        (f"{API}/cases?measure=overdue&sort=1", 400, "sort by one of"),
        (f"{API}/cases?measure=overdue&q=%00", 400, "without NUL"),
        (f"{API}/cases/none", 404, "no case"),
        (f"{API}/cases/none?lang=fr", 400, "take vi or en"),
        (f"{API}/trend?days=99999999", 400, "from 1 to"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_the_mend(
    standing: Any, path: str, status: int, said: str
) -> None:
    answer = httpx.get(standing.url + path)
    assert answer.status_code == status
    assert said in answer.json()["error"]


def test_a_case_is_found_by_the_beginning_of_its_id(standing: Any) -> None:
    rows = httpx.get(f"{standing.url}{API}/search", params={"q": "H20.01-2412"}).json()["rows"]
    assert rows
    assert all(row["case_id"].startswith("H20.01-2412") for row in rows)
    assert httpx.get(f"{standing.url}{API}/search", params={"q": "H20.01-2412%"}).json()["rows"] == []


def test_the_trend_is_what_was_published_day_by_day(standing: Any) -> None:
    province = standing.province
    trend = httpx.get(f"{standing.url}{API}/trend", params={"days": 30}).json()
    assert len(trend["days"]) == 30
    assert trend["days"][-1]["day"] == "2024-12-18"
    for day in trend["days"]:
        entered = province.one("select count(*) from cases where in_figures and entered_on = %s", day["day"])
        assert day["new"] == entered, day
        assert day["resolved"] == sum(day[name] for name in ("early", "on_due_date", "late", "no_due_date"))
        assert day["carried_over"] + day["new"] - day["resolved"] == day["open_end"]
    assert sum(day["restated"] for day in trend["days"]) == 0


def test_a_day_that_was_changed_by_a_later_revision_says_how_often(served: Any) -> None:
    province = served.province
    day = (NOW - timedelta(days=2)).date()
    province.conn.execute(
        """insert into revision (feed, covers_from, covers_to, zone, position, definitions, run_id, audit,
            published_at) select feed, covers_from, covers_to, zone, position, definitions, 'later', audit,
            published_at from revision;
        update flow_day set to_revision = (select max(revision) from revision) where day = '2024-12-17';
        insert into flow_day select feed, day, agency, channel, carried_over, new + 1, received_total + 1,
            resolved, early, on_due_date, late, no_due_date, withdrawn, open_end, open_end_overdue,
            (select max(revision) from revision), null, credit
        from flow_day where day = '2024-12-17' and credit = 'resolving'"""
    )
    days = httpx.get(f"{served.url}{API}/trend", params={"days": 5}).json()["days"]
    assert [row["restated"] for row in days] == [0, 0, 0, 1, 0]
    assert days[3]["day"] == day.isoformat()


def test_a_refused_rollup_is_said_with_its_failed_check_until_one_is_published(served: Any) -> None:
    province = served.province
    first = (NOW - timedelta(days=3)).date()
    province.refuse(first, first)
    state = httpx.get(f"{served.url}{API}/snapshot").json()
    deadline = time.monotonic() + 8
    while "refused" not in state and time.monotonic() < deadline:
        state = httpx.get(f"{served.url}{API}/snapshot").json()
    assert state["refused"]["checks"] == [
        {"check": "carried_over + new = received_total", "observed": "27 rows differ"}
    ]
    assert state["published"]["revision"] >= 1, "the last good revision stays"


def test_what_was_refused_on_the_way_in_is_counted_and_shown_without_payload(standing: Any) -> None:
    aside = httpx.get(f"{standing.url}{API}/aside").json()
    assert aside["count"] == 3
    assert aside["reasons"] == [{"reason": "unknown-status", "n": 3}]
    assert "payload" not in aside["rows"][0]
