"""An uploaded XLSX or CSV as rows of cells with their addresses; bounded, whatever it unpacks to."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from ioc.entry.cells import plain
from ioc.entry.words import word
from ioc.errors import BadInput

MOST_BYTES = 5_000_000
MOST_UNPACKED = 60_000_000  # a small file may unpack to a machine's memory
MOST_ROWS = 5_000
MOST_COLUMNS = 200  # what stands further right is in no column of a template
LAST_ROW = 1_048_576  # of Excel
MEND_FILE = "give an XLSX file made from the template, or a CSV file in UTF-8"


@dataclass(frozen=True)
class Sheet:
    """Rows that hold anything, by their number from 1."""

    name: str
    rows: dict[int, list[Any]]

    def at(self, row: int, column: int) -> str:
        """`sheet!C7`; columns are numbered from 0."""
        return f"{self.name}!{get_column_letter(column + 1)}{row}"


def sheet_of(content: bytes, file: str) -> Sheet:
    """The filled-in sheet; BadInput where the file as a whole cannot be read."""
    if len(content) > MOST_BYTES:
        raise BadInput("FILE", f"{file}, {len(content)} bytes", f"give at most {MOST_BYTES} bytes")
    kind = PurePath(file).suffix.lower()
    if kind == ".xlsx":
        return _workbook(content, file)
    if kind == ".csv":
        return Sheet(PurePath(file).name, _held(_lines(content, file), file))
    raise BadInput("FILE", file, MEND_FILE)


def _workbook(content: bytes, file: str) -> Sheet:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise BadInput("FILE", file, f"give a workbook of at most {MOST_UNPACKED} bytes unpacked")
        # Of formulas the figures that Excel worked out.
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        wanted = word("sheets", "entry").vi
        sheet: Any = book[wanted] if wanted in book.sheetnames else book.worksheets[0]
        sheet.reset_dimensions()  # other programs write wrong ones
        return Sheet(sheet.title, _held(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), file))
    except BadInput:
        raise
    except Exception as exc:  # a broken workbook fails in any of openpyxl's places
        raise BadInput("FILE", file, f"{MEND_FILE} ({type(exc).__name__}: {exc})") from exc


def _lines(content: bytes, file: str) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise BadInput("FILE", file, f"save it as CSV UTF-8: {exc}") from exc
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as exc:
        raise BadInput("FILE", file, f"it is no CSV: {exc}") from exc


def _held(rows: Iterable[Iterable[Any]], file: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for number, cells in enumerate(rows, 1):
        row = list(cells)
        if any(plain(cell) for cell in row):
            found[number] = row
        if len(found) > MOST_ROWS or number > LAST_ROW:
            raise BadInput("FILE", file, f"give at most {MOST_ROWS} rows; make two sheets of it")
    return found
