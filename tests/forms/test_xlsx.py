"""The sheet read back: every heading, figure, note and signature where the printed form has it."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from datetime import date

import pytest
from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from ioc.forms import Despite, Filled, Heading, Standing, filled, issued, to_xlsx
from ioc.forms.xlsx import thousands
from tests.forms.figures import DONE, FORMS, SIGNED, STANDING, YEAR, form_of, frame, line

HEAD = {
    "A5:A7": "STT",
    "B5:B7": "Lĩnh vực giải quyết",
    "C5:F5": "Số hồ sơ nhận giải quyết",
    "C6:C7": "Tổng số",
    "D6:E6": "Trong kỳ",
    "D7": "Trực tuyến",
    "E7": "Trực tiếp, dịch vụ bưu chính",
    "F6:F7": "Từ kỳ trước",
    "G5:J5": "Số hồ sơ đã giải quyết",
    "G6:G7": "Tổng số",
    "H6:H7": "Trước hạn",
    "I6:I7": "Đúng hạn",
    "J6:J7": "Quá hạn",
    "K5:M5": "Số hồ sơ đang giải quyết",
    "K6:K7": "Tổng số",
    "L6:L7": "Trong hạn",
    "M6:M7": "Quá hạn",
}


def sheet_of(form: Filled) -> Worksheet:
    sheet = load_workbook(io.BytesIO(to_xlsx(issued(form)))).active
    assert isinstance(sheet, Worksheet)
    return sheet


def values(sheet: Worksheet, first: int) -> list[list[object]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=first)]


def said(sheet: Worksheet) -> list[str]:
    """The texts below the table, top to bottom."""
    return [text for row in values(sheet, 9) for text in row if isinstance(text, str) and len(text) > 9]


def test_the_head_is_merged_as_the_form_prints_it() -> None:
    sheet = sheet_of(form_of("II.06a", [line(**DONE)]))
    merged = {str(spot) for spot in sheet.merged_cells.ranges}
    for spot, text in HEAD.items():
        assert sheet[spot.split(":")[0]].value == text
        assert (spot in merged) == (":" in spot), spot
    assert [cell.value for cell in sheet[8]] == list(range(1, 14))
    assert sheet.title == "II.06a"
    assert sheet.print_title_rows == "$5:$8"
    assert sheet.page_setup.orientation == "landscape"


def test_the_title_block_says_whose_and_when() -> None:
    sheet = sheet_of(form_of("II.06a", [line(**DONE)]))
    assert {spot: sheet[spot].value for spot in ("A1", "C1", "C2", "C3", "J1", "J3", "J4")} == {
        "A1": "Biểu số II.06a/VPCP/KSTT",
        "C1": "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT TTHC",
        "C2": "Kỳ báo cáo: Năm 2024",
        "C3": "(Từ ngày 15/12/2023 đến ngày 14/12/2024)",
        "J1": "Đơn vị báo cáo: Sở A",
        "J3": "Đơn vị nhận báo cáo: Văn phòng Chính phủ",
        "J4": "Đơn vị tính: Số hồ sơ TTHC",
    }


def test_figures_are_numbers_with_dots_and_borders() -> None:
    sheet = sheet_of(form_of("II.06a", [line(**DONE), line(sector="Hộ tịch")]))
    first, _, total = values(sheet, 9)[:3]
    assert first == ["1", "Đất đai", 657_769, 347_264, 310_505, 0, 657_262, 655_914, 0, 1_348, 507, 0, 507]
    assert total == [None, "Tổng số", *first[2:]]
    cell = sheet["C9"]
    assert cell.number_format == r"[>=1000000]#\.###\.##0;[>=1000]#\.##0;0"
    assert thousands(FORMS["II.06a"].formats) == cell.number_format
    for row in sheet["A5:M11"]:
        for one in (cell for cell in row if isinstance(cell, Cell)):
            assert one.border.top.style == one.border.left.style == "thin", one.coordinate
    assert sheet["A12"].border.top.style is None
    assert (sheet["A12"].value, sheet["A13"].value) == (None, "Nhận qua dịch vụ bưu chính (trong cột 5): 0")
    assert sheet["A13"].alignment.horizontal == "left"
    assert (sheet["C11"].font.bold, sheet["C9"].font.bold) == (True, False)


def test_a_province_has_groups_with_totals() -> None:
    sheet = sheet_of(form_of("II.06b", [line(**DONE), line("H20.31.1", "Hộ tịch", new_online=3, late=3)]))
    assert [(row[0], row[1], row[2]) for row in values(sheet, 9)[:5]] == [
        ("I", "Sở", 657_769),
        ("1", "Đất đai", 657_769),
        ("II", "Xã", 3),
        ("1", "Hộ tịch", 3),
        (None, "Tổng số", 657_772),
    ]
    assert sheet["B9"].font.bold
    assert not sheet["B10"].font.bold


def test_rates_standing_and_reasons_stand_below_the_table() -> None:
    form = replace(form_of("II.06a", [line(**DONE)]), standing=STANDING, signature=SIGNED)
    assert said(sheet_of(form)) == [
        "Nhận qua dịch vụ bưu chính (trong cột 5): 0",
        "Không có ngày hẹn trả (trong cột 9): 0",
        "Công dân rút hồ sơ (trong cột 9): 0",
        "Tỷ lệ giải quyết trước hạn và đúng hạn: 99,79 % (655.914 / 657.262)",
        "Tỷ lệ giải quyết quá hạn: 0,21 % (1.348 / 657.262)",
        "Tỷ lệ tiếp nhận trực tuyến, không kể từ kỳ trước: 52,79 % (347.264 / 657.769)",
        "Tỷ lệ đã giải quyết trên nhận giải quyết: 99,92 % (657.262 / 657.769)",
        "Tỷ lệ đang giải quyết trong hạn: 0,00 % (0 / 507)",
        "Số liệu đã chốt. Số liệu đã điều chỉnh lần 2.",
        "Số liệu đến 09:41:07 15/12/2024; bản 7; vị trí 3:120456; mã kiểm tra 9f86d081.",
        "Hồ sơ để riêng của mọi đơn vị, không tính vào số nào: 1.200.",
        "Ký khi có nguồn mất tín hiệu trong kỳ, lý do: đã đối chiếu bằng tay",
        "Ký khi còn bản ghi chờ xử lý, lý do: không thuộc kỳ",
        "Đồng Tháp, ngày 05 tháng 01 năm 2025",
        "Nguyễn Văn Mẫu",
    ]


def test_the_signature_stands_at_the_right_under_its_role() -> None:
    sheet = sheet_of(replace(form_of("II.06a", [line()]), signature=SIGNED))
    signed = [row[7] for row in values(sheet, 9) if row[7] is not None and not isinstance(row[7], int)]
    assert signed == ["Đồng Tháp, ngày 05 tháng 01 năm 2025", "GIÁM ĐỐC", "Nguyễn Văn Mẫu"]


def test_a_draft_says_so_and_leaves_place_and_day_open() -> None:
    texts = said(sheet_of(form_of("II.06a", [line()])))
    assert texts[-2:] == ["Số liệu tạm tính.", "………, ngày … tháng … năm ……"]
    assert "Tỷ lệ giải quyết quá hạn: chưa phát sinh" in texts


def test_what_does_not_agree_is_printed_with_the_reason() -> None:
    reason = Standing(despite=(Despite("gate", "nguồn gửi trùng"),))
    texts = said(sheet_of(replace(form_of("II.06a", [line(new_online=1, early=2)]), standing=reason)))
    assert "Chưa khớp: cột 3, Sở A / Đất đai: 1, nhưng 7 + 11 = 2; thiếu 1." in texts
    assert "Ký khi số liệu chưa khớp, lý do: nguồn gửi trùng" in texts


def test_a_negative_figure_keeps_its_sign_in_every_reader() -> None:
    reason = Standing(despite=(Despite("gate", "nguồn gửi trùng"),))
    given = line(new_direct=-1_234, early=-1_234)
    sheet = sheet_of(replace(form_of("II.06a", [given]), standing=reason))
    assert (sheet["E9"].value, sheet["E9"].number_format) == (-1_234, "0")
    (told, _) = [text for text in said(sheet) if "trực tiếp (trong" in text]
    assert told == (
        "Chưa khớp: tiếp nhận trong kỳ trực tiếp (trong cột 5), Sở A / Đất đai: -1.234,"
        " nhưng không số nào dưới 0; thiếu 1.234."
    )


def test_an_assumed_code_says_so() -> None:
    form = filled(FORMS["II.06a"], frame(line()), Heading("Sở A", date(2026, 1, 1), date(2026, 3, 31)))
    sheet = sheet_of(form)
    assert sheet["A1"].value == "Biểu số 07a/BTP"
    assert sheet["C2"].value is None
    assert "Mã biểu 07a/BTP là giả định, chưa thấy văn bản quy định." in said(sheet)


@pytest.mark.parametrize("sector", ["=1+1", "+84", "@a"])
def test_no_text_becomes_a_formula(sector: str) -> None:
    sheet = sheet_of(form_of("II.06a", [line(sector=sector)]))
    assert (sheet["B9"].value, sheet["B9"].data_type) == (sector, "s")


def test_the_same_form_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    form = issued(replace(form_of("II.06a", [line(**DONE)]), signature=SIGNED))
    first = to_xlsx(form)
    later = time.localtime(time.time() + 100_000)
    monkeypatch.setattr(time, "localtime", lambda *_: later)
    assert to_xlsx(form) == first
    time.sleep(1.1)  # openpyxl writes the second into the document's properties
    assert to_xlsx(form) == first
    assert to_xlsx(issued(form_of("II.06a", [line(**DONE)], replace(YEAR, agency="Sở B")))) != first
