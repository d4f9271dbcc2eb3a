"""An issued form as the official sheet: title block, merged headings, figures, notes and signature."""

from __future__ import annotations

import io
from collections.abc import Iterable
from math import ceil
from typing import cast

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from ioc.forms.filled import Filled
from ioc.forms.heads import depth, heads
from ioc.forms.issue import Issued
from ioc.forms.packed import packed
from ioc.forms.printed import below, day, footnotes, say, signed_at
from schemas.form import Formats

FACE = "Times New Roman"
WIDTHS = {"serial": 6.0, "label": 34.0, None: 11.5}  # characters
LINE_HEIGHT = 15  # points
LINE = Side(style="thin")
GRID = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
SIGNING_ROOM = 4  # empty rows between role and name


def to_xlsx(issued: Issued) -> bytes:
    """A workbook of one sheet, A4 across, its head on every page; the same bytes for the same form.

    Figures are numbers, shown with the form's thousands mark whatever the reader's country is.
    """
    book = Workbook()
    sheet, filled = cast(Worksheet, book.active), issued.filled
    sheet.title, book.properties.creator = filled.form.form, filled.heading.agency
    _set_up(sheet, filled)
    top = _title(sheet, filled)
    first = _head(sheet, filled, top)
    last = _figures(sheet, filled, first)
    notes = [*below(filled), *footnotes(filled, [one.said("vi") for one in issued.mismatches])]
    end = _notes(sheet, filled, last + 2, notes)
    _signature(sheet, filled, end + 1)
    sheet.print_title_rows = f"{top}:{first - 1}"
    sheet.freeze_panes = f"C{first}"
    made = io.BytesIO()
    book.save(made)
    return packed(made.getvalue())


def thousands(formats: Formats) -> str:
    """Of figures from 0 on: Excel's `#,##0` follows the reader's country, a mark written out does not."""
    mark = f"\\{formats.thousands}"
    return f"[>=1000000]#{mark}###{mark}##0;[>=1000]#{mark}##0;0"


def _set_up(sheet: Worksheet, filled: Filled) -> None:
    for number, column in filled.form.columns.items():
        sheet.column_dimensions[get_column_letter(number)].width = WIDTHS[column.text]
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0  # as many pages as it takes
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.4  # inches
    margins.top = margins.bottom = 0.6
    margins.footer = 0.3
    cast(HeaderFooterItem, sheet.oddFooter).right.text = "&P/&N"


def _title(sheet: Worksheet, filled: Filled) -> int:
    """Code, title and period, who reports to whom; the row where the table's head begins."""
    form, heading, end = filled.form, filled.heading, len(filled.form.columns)
    middle = (3, max(end - 4, 3))
    right = (min(middle[1] + 1, end), end)
    days = {"first": day(heading.first, form.formats), "last": day(heading.last, form.formats)}
    _text(sheet, 1, (1, 2), say("vi", "code", code=filled.code.code), bold=True)
    _text(sheet, 1, middle, form.title.vi.upper(), bold=True, size=13, across="center")
    _text(sheet, 1, right, say("vi", "reporting", agency=heading.agency), bold=True, rows=2)
    if heading.period:
        _text(sheet, 2, middle, say("vi", "period", period=heading.period), bold=True, across="center")
    _text(sheet, 3, middle, say("vi", "days", **days), across="center")
    _text(sheet, 3, right, say("vi", "receiving", receiver=filled.code.receiver.vi), bold=True)
    _text(sheet, 4, right, say("vi", "unit", unit=form.unit.vi), italic=True, across="right")
    return 5


def _head(sheet: Worksheet, filled: Filled, top: int) -> int:
    """Headings and column numbers; the first row of figures."""
    for head in heads(filled.form):
        rows = head.bottom - head.top + 1
        where = (head.first, head.last)
        _text(sheet, top + head.top, where, head.text, bold=True, across="center", rows=rows, grid=True)
    numbers = top + depth(filled.form)
    for number in filled.form.columns:
        cell = sheet.cell(numbers, number, number)
        _style(cell, italic=True, across="center", grid=True)
    sheet.row_dimensions[numbers - 1].height = 3 * LINE_HEIGHT
    return numbers + 1


def _figures(sheet: Worksheet, filled: Filled, first: int) -> int:
    """The rows; the last row's number."""
    shown = thousands(filled.form.formats)
    for at, row in enumerate(filled.rows, start=first):
        bold = len(row.key) < len(filled.form.rows)
        _grow(sheet, at, filled.label(row), WIDTHS["label"])
        for number, column in filled.form.columns.items():
            if column.text is not None:
                said = row.serial if column.text == "serial" else filled.label(row)
                across = "center" if column.text == "serial" else "left"
                _text(sheet, at, (number, number), said, bold=bold, across=across, grid=True)
                continue
            cell = sheet.cell(at, number, row.cells[number])
            # Not every reader shows the sign in a format with conditions.
            cell.number_format = "0" if (row.cells[number] or 0) < 0 else shown
            _style(cell, bold=bold, across="right", grid=True)
    return first + len(filled.rows) - 1


def _notes(sheet: Worksheet, filled: Filled, first: int, notes: Iterable[str]) -> int:
    end, at = len(filled.form.columns), first
    room = sum(WIDTHS[column.text] for column in filled.form.columns.values())
    for at, note in enumerate(notes, start=first):
        _text(sheet, at, (1, end), note, size=10)
        _grow(sheet, at, note, room)
    return at


def _grow(sheet: Worksheet, row: int, text: str, room: float) -> None:
    """High enough for the text in so many characters: a sheet that was made does not measure itself."""
    sheet.row_dimensions[row].height = LINE_HEIGHT * ceil(len(text) / room)


def _signature(sheet: Worksheet, filled: Filled, first: int) -> None:
    signature, end = filled.signature, len(filled.form.columns)
    right = (max(end - 5, 2), end)
    _text(sheet, first, right, signed_at(signature), italic=True, across="center")
    if signature is not None:
        _text(sheet, first + 1, right, signature.role.upper(), bold=True, across="center")
        _text(sheet, first + 2 + SIGNING_ROOM, right, signature.name, bold=True, across="center")


def _text(
    sheet: Worksheet,
    row: int,
    columns: tuple[int, int],
    text: str,
    *,
    rows: int = 1,
    bold: bool = False,
    italic: bool = False,
    size: int = 11,
    across: str = "left",
    grid: bool = False,
) -> None:
    """Text in one cell or in merged ones; never a formula, whatever it begins with."""
    last = row + rows - 1
    cell = sheet.cell(row, columns[0], text)
    cell.data_type = "s"
    for line in sheet.iter_rows(min_row=row, max_row=last, min_col=columns[0], max_col=columns[1]):
        for one in line:
            _style(one, bold=bold, italic=italic, size=size, across=across, grid=grid)
    if rows > 1 or columns[0] < columns[1]:
        sheet.merge_cells(start_row=row, end_row=last, start_column=columns[0], end_column=columns[1])


def _style(
    cell: Cell | MergedCell,
    *,
    bold: bool = False,
    italic: bool = False,
    size: int = 11,
    across: str = "left",
    grid: bool = False,
) -> None:
    cell.font = Font(name=FACE, size=size, bold=bold, italic=italic)
    cell.alignment = Alignment(horizontal=across, vertical="center", wrap_text=True)
    if grid:
        cell.border = GRID
