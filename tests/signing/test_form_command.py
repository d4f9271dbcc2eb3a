"""`ioc form`: what is published fills the form, and its gates are held to the period before."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from ioc.errors import BadInput, Stop
from ioc.forms import NotIssued
from tests.signing.published import AGENCY, FEED, Book, asks, form, restate, said, sign, whole

FOOT = "Số liệu đến 09:00 01/04/2024; bản 1; vị trí 0-7.1-9; định nghĩa d1."


def total(told: dict[str, Any]) -> list[int]:
    return list(told["rows"][-1]["cells"].values())


def test_the_form_of_an_agency(january: Book) -> None:
    told = said()
    assert (told["agency"], told["code"]["code"]) == ("Sở Nội vụ Đồng Tháp", "II.06a/VPCP/KSTT")
    assert told["period"] == {"name": "Tháng 1 năm 2024", "from": "2024-01-01", "to": "2024-01-31"}
    assert [(row["label"], list(row["cells"].values())) for row in told["rows"]] == [
        ("Đất đai", [10, 7, 0, 3, 6, 5, 0, 1, 4, 3, 1]),
        ("Tổng số", [10, 7, 0, 3, 6, 5, 0, 1, 4, 3, 1]),
    ]
    standing = told["standing"]
    assert (standing["final"], standing["revision"], standing["set_aside"]) == (False, 1, 3)
    assert (standing["position"], standing["definitions"]) == ("0-7.1-9", "d1")
    assert told["footnotes"] == [
        "Số liệu tạm tính.",
        FOOT,
        "Hồ sơ để riêng của mọi đơn vị, không tính vào số nào: 3.",
    ]


@pytest.mark.parametrize(
    ("period", "calendar", "name"),
    [
        ("2024-Q1", "CALENDAR", "Quý 1 năm 2024"),
        ("2024-Q1", "REPORT_15_14", "Quý 1 năm 2024"),
        ("2024-YTD..2024-02-29", "CALENDAR", "Lũy kế năm 2024"),
        ("2023-12-01..2024-01-31", "CALENDAR", ""),
    ],
)
def test_periods_have_names_on_the_form(book: Book, period: str, calendar: str, name: str) -> None:
    book.revision()
    assert said("--calendar", calendar, period=period)["period"]["name"] == name


def test_the_table_says_all_of_it(january: Book) -> None:
    lines = form().stdout.splitlines()
    assert lines[0].startswith("Biểu số II.06a/VPCP/KSTT – Tình hình")
    assert "Đơn vị báo cáo: Sở Nội vụ Đồng Tháp" in lines
    assert "Kỳ báo cáo: Tháng 1 năm 2024 (Từ ngày 01/01/2024 đến ngày 31/01/2024)" in lines
    (row,) = [line for line in lines if "Đất đai" in line]
    assert row.split()[3:] == ["10", "7", "0", "3", "6", "5", "0", "1", "4", "3", "1"]
    assert lines[-2:] == [FOOT, "Hồ sơ để riêng của mọi đơn vị, không tính vào số nào: 3."]


def test_csv_has_the_figures_and_stderr_what_they_are_worth(january: Book) -> None:
    told = form("2024-01", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(told.stdout)))
    assert [(row["label"], row["3"], row["13"]) for row in rows] == [
        ("Đất đai", "10", "1"),
        ("Tổng số", "10", "1"),
    ]
    assert told.stderr.splitlines()[:2] == ["Số liệu tạm tính.", FOOT]


def test_a_workbook_is_written_to_a_file(january: Book, tmp_path: Path) -> None:
    told = form("2024-01", "--format", "xlsx", "--output", tmp_path / "form.xlsx")
    assert told.stderr == f"wrote {tmp_path / 'form.xlsx'}\n"
    sheet = load_workbook(tmp_path / "form.xlsx").worksheets[0]
    assert [sheet.cell(9, column).value for column in (2, 3, 13)] == ["Đất đai", 10, 1]
    form("2024-01", "--format", "json", "--output", tmp_path / "form.json")
    assert json.loads((tmp_path / "form.json").read_text()) == said()


def test_all_agencies_under_one_by_level(book: Book) -> None:
    revision = book.revision()
    for n, agency in enumerate(("H20", "H20.01", "H20.31", ""), start=1):
        book.month(revision, "2024-01", whole(new=n), agency=agency)
    book.month(revision, "2024-01", whole(new=9), agency="H20.31", sector="", channel="postal")
    told = said(name="II.06b", agency="H20")
    assert [(row["serial"], row["label"], row["cells"]["3"]) for row in told["rows"]] == [
        ("I", "Sở", 3),
        ("1", "Đất đai", 3),
        ("II", "Huyện", 12),
        ("1", "Đất đai", 3),
        ("2", "Chưa rõ lĩnh vực", 9),
        ("III", "Chưa rõ cơ quan", 4),
        ("1", "Đất đai", 4),
        ("", "Tổng số", 19),
    ]
    assert total(said(name="II.06b", agency="H20.31"))[0] == 12


def test_a_form_whose_gate_fails_is_not_issued(book: Book) -> None:
    revision = book.revision()
    book.month(revision, "2024-01", whole(new=5) | {"early": 2})
    with pytest.raises(NotIssued, match=r"column 3, .*: 5, but 7 \+ 11 = 7; 2 too few"):
        form()


def test_a_period_opens_with_what_the_one_before_closed_with(january: Book) -> None:
    january.month(1, "2024-02", whole(carried_over=5, new=1))
    error = r"column 6, .*: 5, but column 11 of the period before, restated by 0, = 4; 1 too many"
    with pytest.raises(NotIssued, match=error):
        form("2024-02")
    # the months of a longer period hold together whatever is between them
    with pytest.raises(NotIssued, match="7 \\+ 11"):
        form("2024-YTD..2024-02-29")


def test_the_period_before_is_not_asked_where_it_is_not_published(book: Book) -> None:
    book.month(book.revision(), "2023-12", whole(carried_over=9, new=4, early=10))
    assert said(period="2023-12")["rows"][-1]["cells"]["6"] == 9


def test_what_was_signed_before_is_carried_with_its_restatements(january: Book) -> None:
    sign("2024-01")
    revision = restate(january)
    january.month(revision, "2024-02", whole(carried_over=5, new=1))
    assert total(said(period="2024-02"))[3] == 5
    january.restated(revision, "2024-01", "open_overdue", 1, 2)
    with pytest.raises(NotIssued, match="column 11 of the period before, restated by 2, = 6; 1 too few"):
        form("2024-02")


def test_as_of_an_instant_the_revision_of_then_is_read(january: Book) -> None:
    restate(january)
    assert total(said())[0] == 11
    for then in ("2024-04-04", "2024-04-01T09:00:00+07:00"):
        told = said("--as-of", then)
        assert (total(told)[0], told["standing"]["revision"]) == (10, 1)
    with pytest.raises(BadInput, match=r"as-of: '2024-03-31' .*no revision of \S+ was published by then"):
        form("2024-01", "--as-of", "2024-03-31")
    with pytest.raises(BadInput, match="as-of: '2024-04-11'"):
        form("2024-01", "--as-of", "2024-04-11")


def test_a_feed_without_a_rollup_has_no_form(book: Book) -> None:
    with pytest.raises(Stop, match=r"no published rollup yet: `ioc rollup --feed \S+"):
        form()


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("II.06c", "2024-01"), r"form: 'II\.06c' cannot be used; name one of II\.06a, II\.06b; near"),
        (("II.06a", "2024-13"), "period: '2024-13'"),
        (("II.06a", "2024-04"), "period: '2024-04' cannot be used; month 2024-04 ends on 2024-04-30"),
        (("II.06a", "2023-11"), r"period: '2023-11' cannot be used; month 2023-11 .* is not published"),
        (("II.06a", "2024-01", "--calendar", "LUNAR"), "calendar: 'LUNAR'"),
        (("II.06a", "2024-01", "--format", "xlsx"), "output: None cannot be used; name the file"),
        (("II.06a", "2024-01", "--nth", "1"), "nth: 1 cannot be used; say --signed too"),
        (("II.06a", "2024-01", "--agency", "H20.020"), r"agency: 'H20\.020' .*no agency has this code; near"),
        (("II.06a", "2024-01", "--feed", "service-requests"), "feed: 'service-requests' cannot be used"),
    ],
)
def test_what_cannot_be_asked_is_refused(january: Book, words: tuple[str, ...], error: str) -> None:
    whose = ("--feed", FEED, "--agency", AGENCY)
    if words[-1] == "service-requests":
        january.conn.execute("update revision set feed = 'service-requests'")
    with pytest.raises(BadInput, match=error):
        asks("form", *words[:2], *whose, *words[2:])
