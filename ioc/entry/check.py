"""A sheet held to its feed cell by cell: every finding with the cell's address, or every row as a datum."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ioc.admit import Admission, Quarantined
from ioc.admit.promised import violation
from ioc.entry.cells import Unfit, plain, value_of
from ioc.entry.columns import ENTERED_BY, MARK, SEPARATOR, Column, columns, dataschema
from ioc.entry.events import content_id, message
from ioc.entry.example import example
from ioc.entry.sheet import Sheet
from ioc.entry.words import listed, mend
from ioc.event import Receipt
from schemas import ObservationFeed, Registry, near
from schemas.promise import Label

HEAD_WITHIN = 10  # rows
LIMITS = ("minimum", "maximum", "multipleOf", "maxLength")
NO_KEY = b"\0" * 16  # of tokens that are thrown away
NOBODY = "tok_" + "0" * 24


@dataclass(frozen=True)
class CellFinding:
    """A cell that cannot be taken: `sheet!C7`, what stands there, the mend in both languages."""

    cell: str
    value: str
    mend: Label

    def __str__(self) -> str:
        return f"{self.cell}: {self.value!r}; {self.mend.en}"


@dataclass(frozen=True)
class Entry:
    """An accepted row: its number in the sheet, what it is of, what it says."""

    row: int
    key: str
    data: dict[str, Any]


@dataclass
class Checked:
    """Findings, or else all rows; `examples` were passed over."""

    entries: list[Entry] = field(default_factory=list)
    findings: list[CellFinding] = field(default_factory=list)
    examples: int = 0


def checked(
    sheet: Sheet, feed: ObservationFeed, registry: Registry, now: datetime, max_bytes: int
) -> Checked:
    """Every finding of the sheet, in the order of its cells."""
    check = _Check(sheet, feed, registry, now, max_bytes)
    check.read()
    return check.found


class _Check:
    def __init__(
        self, sheet: Sheet, feed: ObservationFeed, registry: Registry, now: datetime, max_bytes: int
    ) -> None:
        self.sheet, self.feed, self.now = sheet, feed, now
        self.known = {column.name: column for column in columns(feed, registry)}
        self.example = [_bare(cell) for cell in example(feed, tuple(self.known.values()))]
        alone = replace(registry, feeds={}, sources={}, observations={feed.feed: feed})
        self.admission = Admission(alone, NO_KEY, max_bytes)
        self.found = Checked()
        self.places: dict[str, int] = {}
        self.lacking: list[str] = []  # columns
        self.rows: dict[str, int] = {}  # the first of each key

    def read(self) -> None:
        head = self._head()
        if head is None:
            self._find(1, 0, mend("no_head", names=", ".join(self.known)))
            return
        for number, cells in self.sheet.rows.items():
            if number > head:
                self._row(number, cells)
        if not self.found.entries and not self.found.findings:
            self._find(head + 1, 0, mend("no_rows"))

    def _find(self, row: int, column: int, how: Label) -> None:
        cells = self.sheet.rows.get(row, [])
        value = plain(cells[column]) if column < len(cells) else ""
        self.found.findings.append(CellFinding(self.sheet.at(row, column), value[:200], how))

    def _head(self) -> int | None:
        """The row of field names: of the first ones that with the most of them."""
        first = {n: [plain(c).lower() for c in r] for n, r in self.sheet.rows.items() if n <= HEAD_WITHIN}
        said = {n: len(self.known.keys() & set(names)) for n, names in first.items()}
        head = max(said, key=said.__getitem__, default=None)
        if head is None or not said[head]:
            return None
        for place, name in enumerate(first[head]):
            if name in self.places:
                self._find(head, place, mend("column_twice"))
            elif name in self.known or name == MARK:
                self.places[name] = place
            elif name:
                names = ", ".join(self.known)
                self._find(head, place, mend("no_column", names=names, near=near(name, self.known)))
                self.places[f"{place} {name}"] = place  # found once, not in each of its cells
        self.lacking = [n for n, one in self.known.items() if one.required and n not in self.places]
        for name in self.lacking:
            self._find(head, len(first[head]), mend("column_missing", name=name))
        return head

    def _row(self, number: int, cells: list[Any]) -> None:
        mark = plain(self._cell(cells, MARK)).lower()
        if mark in listed("examples"):
            self._passed_over(number, cells)
            return
        before = len(self.found.findings)
        if mark and not mark.isdigit():
            self._find(number, self.places[MARK], mend("mark"))
        filled = [place for place, cell in enumerate(cells) if plain(cell) and place != self.places.get(MARK)]
        for place in filled:
            if place not in self.places.values():
                self._find(number, place, mend("stray"))
        if filled:
            self._filled(number, cells, before)

    def _passed_over(self, number: int, cells: list[Any]) -> None:
        """An example stays out; one that someone wrote over must not be lost without a word."""
        self.found.examples += 1
        if [_bare(plain(self._cell(cells, name))) for name in self.known] != self.example:
            self._find(number, self.places[MARK], mend("example"))

    def _filled(self, number: int, cells: list[Any], before: int) -> None:
        data, wrong = self._data(number, cells)
        for name, how in self._complaints(data).items():
            if name not in wrong:
                self._find(number, self.places.get(name, 0), how)
        if len(self.found.findings) == before and not self.lacking:
            self._admitted(number, data)

    def _cell(self, cells: list[Any], name: str) -> Any:
        place = self.places.get(name)
        return None if place is None or place >= len(cells) else cells[place]

    def _data(self, number: int, cells: list[Any]) -> tuple[dict[str, Any], set[str]]:
        """What can be read, and the names of what cannot."""
        data, wrong = dict[str, Any](), set[str]()
        here = [column for name, column in self.known.items() if name in self.places]
        for column in sorted(here, key=lambda column: column.name != "series"):
            series = self.feed.series.get(data.get("series", ""))
            try:
                self._datum(column, self._cell(cells, column.name), series.period if series else None, data)
            except Unfit as unfit:
                wrong.add(column.name)
                self._find(number, self.places[column.name], unfit.mend)
        return data, wrong

    def _datum(self, column: Column, raw: Any, period: Any, data: dict[str, Any]) -> None:
        if plain(raw):
            data[column.name] = value_of(column, raw, period)
        elif column.required:
            raise Unfit("blank_value" if column.nullable else "blank")

    def _admitted(self, number: int, data: dict[str, Any]) -> None:
        """What admission itself says of the row, and that no other row is of the same."""
        event = message(self.feed, data, "sheet", content_id(data), NOBODY)
        verdict = self.admission.canonical(event, Receipt(self.now), self.now, self.feed.feed)
        if isinstance(verdict, Quarantined):
            late = verdict.reason == "future-time"
            place = self.places.get("period" if late else verdict.field or "", 0)
            self._find(number, place, mend("future") if late else mend("refused", mend=verdict.mend))
            return
        key = verdict.event.case_id
        if key in self.rows:
            self._find(number, self.places["series"], mend("twice", row=self.rows[key]))
        self.rows.setdefault(key, number)
        self.found.entries.append(Entry(number, key, data))

    def _complaints(self, data: dict[str, Any]) -> dict[str, Label]:
        """The schema's, by datum; what is missing was found at its cell."""
        name, said = dataschema(self.feed), {**data, ENTERED_BY: NOBODY}
        found = dict[str, Label]()
        for error in self.admission.feeds[self.feed.feed].validators[name].iter_errors(said):
            kind: Any = error.kind  # the stubs leave out what each kind carries
            refusal = violation(error, name, self.feed.event_schemas[name])
            how = mend("refused", mend=refusal.mend)
            if kind.name in LIMITS:
                whole = kind.name == "multipleOf" and kind.value == 1
                how = mend("whole" if whole else kind.name, limit=plain(kind.value))
            if kind.name != "required":
                found.setdefault(refusal.field or "", how)
        return found


def _bare(text: str) -> str:
    """A code without its name."""
    return text.split(SEPARATOR.strip(), 1)[0].strip()
