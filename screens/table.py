"""A list as CSV for a spreadsheet: columns as the page names them, times local, no cell that is a formula."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from schemas.feed import Feed

BOM = "\ufeff"  # without it Excel reads UTF-8 as something else
FORMULA = ("=", "+", "-", "@", "\t", "\r")
HEADERS = {
    "case_id": ("Mã hồ sơ", "Case"),
    "status": ("Trạng thái", "Status"),
    "phase": ("Giai đoạn", "Phase"),
    "agency": ("Mã đơn vị", "Agency code"),
    "agency_name": ("Đơn vị", "Agency"),
    "channel": ("Kênh", "Channel"),
    "procedure": ("Thủ tục", "Procedure"),
    "submitted_at": ("Nộp", "Submitted"),
    "reception_due_at": ("Hạn tiếp nhận", "Reception due"),
    "entered_at": ("Tiếp nhận", "Received"),
    "due_at": ("Hẹn trả", "Due"),
    "resolved_at": ("Giải quyết xong", "Resolved"),
    "outcome": ("Kết quả hạn", "Against the due date"),
    "set_aside": ("Lý do để riêng", "Set aside because"),
}
OUTCOMES = {
    "early": ("trước hạn", "early"),
    "on_due_date": ("đúng hạn", "on the due date"),
    "late": ("quá hạn", "late"),
    "no_due_date": ("không có hạn", "no due date"),
}
TIMES = {"submitted_at", "reception_due_at", "entered_at", "due_at", "resolved_at"}
NAMING = {"agency", "agency_name"}
Row = dict[str, Any]


class Sheet:
    """Rows of one list as text in one language; agency names come from the board's words."""

    def __init__(self, feed: Feed, agencies: dict[str, str], lang: str) -> None:
        self._feed, self._agencies = feed, agencies
        self._english = int(lang == "en")
        self._lang = "en" if lang == "en" else "vi"
        self._columns = [name for name in HEADERS if feed.hide_below is None or name not in NAMING]
        self._zone = ZoneInfo(feed.zone)

    def header(self) -> str:
        return BOM + line([names[self._english] for names in map(HEADERS.__getitem__, self._columns)])

    def rows(self, rows: list[Row]) -> str:
        return "".join(line([self.cell(row, column) for column in self._columns]) for row in rows)

    def cell(self, row: Row, column: str) -> str:
        if column == "agency_name":
            code = str(row.get("agency", ""))
            return self._agencies.get(code, code)
        value = row.get(column)
        if value is None:
            return ""
        if column in TIMES:
            return datetime.fromisoformat(value).astimezone(self._zone).strftime("%d/%m/%Y %H:%M:%S")
        if column == "outcome":
            return OUTCOMES[value][self._english] if value in OUTCOMES else str(value)
        return self.word(column, str(value))

    def word(self, column: str, value: str) -> str:
        """Status and channel codes as their words."""
        statuses, channels = self._feed.lifecycle.statuses, self._feed.channels
        if column == "status" and value in statuses:
            return str(getattr(statuses[value].label, self._lang))
        if column == "channel" and value in channels:
            return str(getattr(channels[value], self._lang))
        return value


def line(cells: list[str]) -> str:
    """One CSV line; a text that a spreadsheet would run as a formula gets an apostrophe."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(["'" + c if c.startswith(FORMULA) else c for c in cells])
    return out.getvalue()
