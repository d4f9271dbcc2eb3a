"""The workbook to fill in: a sheet with lists to choose from, one that explains it, one of the lists."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import cast

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ioc.entry.columns import MARK, Column, columns
from ioc.entry.example import choice, example
from ioc.entry.sheet import MOST_ROWS
from ioc.entry.words import headings, word
from ioc.forms.packed import packed
from schemas import ObservationFeed, Registry
from schemas.promise import Label

HEAD = 2  # the row of field names; the example is below it
ROOM = 500  # rows prepared
WIDTH, WIDE = 18.0, 60.0  # characters
BOLD, QUIET = Font(bold=True), Font(italic=True, color="808080")
SHADE = PatternFill("solid", fgColor="E8EEF4")


def to_template(feed: ObservationFeed, registry: Registry) -> bytes:
    """The same bytes for the same promises."""
    book, asked = Workbook(), columns(feed, registry)
    sheet = cast(Worksheet, book.active)
    sheet.title = word("sheets", "entry").vi
    _entry(sheet, feed, asked)
    _explain(book.create_sheet(word("sheets", "explain").vi), feed, asked)
    lists = book.create_sheet(word("sheets", "lists").vi)
    for place, column in enumerate((one for one in asked if one.choices), 1):
        _list(lists, place, column)
        _offer(sheet, lists, place, asked.index(column) + 2, len(column.choices))
    made = io.BytesIO()
    book.save(made)
    return packed(made.getvalue())


def _entry(sheet: Worksheet, feed: ObservationFeed, asked: Sequence[Column]) -> None:
    mark = word("mark").vi
    labels = [mark, *(f"{one.label.vi} *" if one.required else one.label.vi for one in asked)]
    names = [MARK, *(one.name for one in asked)]
    shown = [word("example").vi, *example(feed, tuple(asked))]
    for row, texts in ((1, labels), (HEAD, names), (HEAD + 1, shown)):
        _line(sheet, row, texts, QUIET if row > HEAD else BOLD)
    for place, column in enumerate(asked, 2):
        sheet.column_dimensions[get_column_letter(place)].width = WIDTH * (2 if column.choices else 1)
        if column.kind in ("period", "date"):  # else Excel makes a day of 2024-03
            for below in range(HEAD + 1, HEAD + 1 + ROOM):
                cast(Cell, sheet.cell(below, place)).number_format = "@"
    sheet.freeze_panes = f"B{HEAD + 1}"


def _explain(sheet: Worksheet, feed: ObservationFeed, asked: Sequence[Column]) -> None:
    """Every column, then every series with its unit and period."""
    mark, explain = word("mark"), word("explain", "mark")
    _line(sheet, 1, headings("columns"), BOLD)
    _line(sheet, 2, [mark.vi, mark.en, MARK, _both(word("explain", "free")), explain.vi, explain.en])
    for row, one in enumerate(asked, 3):
        needed = word("explain", "needed" if one.required else "free")
        _line(
            sheet, row, [one.label.vi, one.label.en, one.name, _both(needed), one.explain.vi, one.explain.en]
        )
    top = len(asked) + 4
    _line(sheet, top, headings("series"), BOLD)
    for row, (code, series) in enumerate(feed.series.items(), top + 1):
        label, said, unit = series.label, series.explain, series.unit
        period = _both(word("periods", series.period))
        _line(sheet, row, [label.vi, label.en, code, period, said.vi, said.en, unit.vi, unit.en])
    for place in range(1, len(headings("series")) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDE if place in (5, 6) else WIDTH * 1.5


def _both(label: Label) -> str:
    return f"{label.vi} / {label.en}"


def _list(sheet: Worksheet, place: int, column: Column) -> None:
    head = sheet.cell(1, place, column.name)
    head.font = BOLD
    for row, code in enumerate(column.choices, 2):
        _text(sheet, row, place, choice(column, code))
    sheet.column_dimensions[get_column_letter(place)].width = WIDE


def _offer(sheet: Worksheet, lists: Worksheet, place: int, column: int, length: int) -> None:
    """The drop-down; a code that is typed without its name is warned of and may stay."""
    letter, where = get_column_letter(place), quote_sheetname(lists.title)
    rule = DataValidation("list", f"{where}!${letter}$2:${letter}${length + 1}", allow_blank=True)
    rule.showErrorMessage, rule.errorStyle = True, "warning"
    letter = get_column_letter(column)
    rule.add(f"{letter}{HEAD + 1}:{letter}{HEAD + MOST_ROWS}")
    sheet.add_data_validation(rule)


def _line(sheet: Worksheet, row: int, texts: Sequence[str], font: Font | None = None) -> None:
    for place, text in enumerate(texts, 1):
        _text(sheet, row, place, text)
        if font is not None:
            sheet.cell(row, place).font = font
        if font is BOLD:
            sheet.cell(row, place).fill = SHADE


def _text(sheet: Worksheet, row: int, place: int, text: str) -> None:
    """Never a formula, whatever it begins with; what is empty stays so."""
    if text:
        cell = sheet.cell(row, place, text)
        cell.data_type = "s"
