"""The page of manual entry as a person meets it: wrong cells with their addresses, in both languages."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from schemas import load

pytestmark = pytest.mark.browser

MANUAL = next(feed for feed in load().observations.values() if feed.manual)


def filled(template: bytes, path: Path, value: object) -> Path:
    book = load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    names = [cell.value for cell in sheet[2]]
    for name in ("series", "period"):
        sheet.cell(4, names.index(name) + 1, sheet.cell(3, names.index(name) + 1).value)
    sheet.cell(4, names.index("value") + 1, value)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("lang", "wrong", "away"),
    [
        ("vi", "1 ô cần sửa; chưa dòng nào được nhận", "Không mở được"),
        ("en", "1 cells to mend; nothing was taken", "This cannot be opened"),
    ],
)
def test_a_sheet_is_sent_and_its_wrong_cells_are_shown(
    lang: str, wrong: str, away: str, standing: Any, visit: Any, tmp_path: Path
) -> None:
    page = visit.open(f"{standing.url}/?feed={MANUAL.feed}&lang={lang}")
    page.locator(".panel a.button").click()
    expect(page.locator("#feed")).to_have_value(MANUAL.feed)
    with page.expect_download() as download:
        page.locator("a[download]").click()
    template = Path(download.value.path()).read_bytes()
    page.locator("#who").fill("Nguyễn Văn A")
    page.locator("#file").set_input_files(filled(template, tmp_path / "wrong.xlsx", -1))
    page.locator("button[type=submit]").click()
    expect(page.locator("h3")).to_have_text(wrong)
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody td").first).to_contain_text("Nhập liệu!")
    visit.picture(page, f"enter-{lang}")
    page.locator("#file").set_input_files(filled(template, tmp_path / "right.xlsx", 1))
    page.locator("button[type=submit]").click()
    expect(page.locator(".empty strong")).to_have_text(away)  # no intake stands behind this page
    assert all(url.startswith(standing.url) for url in visit.asked)
    assert [one for one in visit.complaints if "422" not in one and "503" not in one] == []
