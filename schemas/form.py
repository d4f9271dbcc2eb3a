"""An official form as its file promises it: columns, gates, rates, rows and what is printed around them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from itertools import groupby, pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from schemas.formula import Formula, Identity, columns, sides
from schemas.promise import Label, Promise, Snake, Text, Zone

FormName = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Za-z0-9.-]*$", max_length=40)]
Level = Literal["province", "department", "district", "commune"]


class FormCode(Promise):
    """The code printed on the form, for the ministry that receives it; both days inclusive."""

    code: Text
    ministry: Text  # its short name, as in the code
    receiver: Label
    valid_from: date
    valid_to: date | None = None
    source: Text
    assumed: bool = False  # no text seen says so; the form prints that too

    @model_validator(mode="after")
    def _forwards(self) -> FormCode:
        if self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to lies before valid_from")
        return self

    def holds(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Column(Promise):
    """One numbered column: words, named figures added up, or a sum of other columns."""

    heading: Label
    under: tuple[Snake, ...] = ()  # headings over it, outermost first; neighbours share a merged cell
    text: Literal["serial", "label"] | None = None
    figures: tuple[Snake, ...] = ()
    sum: Formula | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Column:
        if [self.text is not None, bool(self.figures), self.sum is not None].count(True) != 1:
            raise ValueError("say one of `text`, `figures` and `sum`")
        return self


class Gates(Promise):
    """What must hold before the form may be issued; each column's own `sum` is a gate besides."""

    identities: tuple[Identity, ...] = ()
    not_negative: bool
    totals: bool  # a row over others is their sum
    carried: Identity | None = None  # `6 = 11`: column 6 opens with what 11 of the period before closed with


class OfWhich(Promise):
    """A figure counted within a column, told on a line below the table; never more than the column."""

    figure: Snake
    column: int
    label: Label


class Rate(Promise):
    """Told below the table for the whole form; the words for nothing to divide by are the engine's."""

    label: Label
    numerator: Formula
    denominator: Formula


class Group(Promise):
    """Agencies of these levels under one heading."""

    label: Label
    levels: tuple[Level, ...] = Field(min_length=1)


class RowsBy(Promise):
    """One depth of rows. `unknown` labels the row of cases that do not say which."""

    by: Literal["level", "agency", "sector"]
    unknown: Label
    groups: dict[Snake, Group] = Field(default_factory=dict)  # of `level` alone, in the order printed

    @model_validator(mode="after")
    def _grouped(self) -> RowsBy:
        if (self.by == "level") != bool(self.groups):
            raise ValueError("rows by level need `groups`, other rows have none")
        levels = Counter(level for group in self.groups.values() for level in group.levels)
        if twice := [level for level, n in levels.items() if n > 1]:
            raise ValueError(f"groups: level {twice[0]!r} stands in two groups; keep one")
        return self


class Formats(Promise):
    """How figures and days are written: 678.744, 99,79 %, 14/12/2024."""

    thousands: Literal[".", ",", " "]
    decimal: Literal[",", "."]
    rate_digits: int = Field(ge=0, le=6)
    date: Annotated[str, StringConstraints(pattern=r"^%[dmY][/.-]%[dmY][/.-]%[dmY]$")]


def _numbered(given: dict[int, Column]) -> dict[int, Column]:
    numbers = sorted(given)
    if numbers != list(range(1, len(numbers) + 1)):
        raise ValueError(f"number the columns from 1 without a gap; given are {numbers}")
    return {number: given[number] for number in numbers}


class Form(Promise):
    """A form. `file` is filled in by the loader."""

    form: FormName
    extends: FormName | None = None
    title: Label
    unit: Label
    zone: Zone
    codes: tuple[FormCode, ...] = Field(min_length=1)
    agencies: Literal["one", "many"]  # whose figures one form holds
    figures: dict[Snake, Label]  # the input, a column of whole numbers each
    heads: dict[Snake, Label] = Field(default_factory=dict)
    columns: Annotated[dict[int, Column], AfterValidator(_numbered)]
    gates: Gates
    of_which: tuple[OfWhich, ...] = ()
    rates: dict[Snake, Rate] = Field(default_factory=dict)
    rows: tuple[RowsBy, ...] = Field(min_length=1)
    total: Label
    formats: Formats
    file: str = Field("", exclude=True)

    @property
    def numbers(self) -> list[int]:
        """The columns that hold figures."""
        return [number for number, column in self.columns.items() if column.text is None]

    @property
    def identities(self) -> list[tuple[int, str]]:
        """A column and the sum that it must be: its own first, then the gates'."""
        own = [(number, column.sum) for number, column in self.columns.items() if column.sum]
        return own + [sides(identity) for identity in self.gates.identities]

    @property
    def column_of(self) -> dict[str, int]:
        """The column that each figure is counted in."""
        within = {part.figure: part.column for part in self.of_which}
        return within | {name: number for number in self.numbers for name in self.columns[number].figures}

    def code_on(self, day: date, ministry: str | None = None) -> FormCode:
        """The code valid on the day, for a ministry or for whoever receives it; the newest of several."""
        told = [c for c in self.codes if c.holds(day) and ministry in (None, c.ministry)]
        if not told:
            whose = f" for {ministry}" if ministry else ""
            raise ValueError(
                f"form {self.form} has no code{whose} on {day}; add it to `codes` in {self.file}"
            )
        return max(told, key=lambda code: code.valid_from)

    @model_validator(mode="after")
    def _columns_whole(self) -> Form:
        texts = [column.text for column in self.columns.values() if column.text]
        if sorted(texts) != ["label", "serial"]:
            raise ValueError("columns: one column is `text: serial`, one is `text: label`")
        named = [name for column in self.columns.values() for name in column.figures]
        _known("figures", [*named, *(part.figure for part in self.of_which)], self.figures)
        if idle := set(self.figures) - {*named, *(part.figure for part in self.of_which)}:
            raise ValueError(f"figures: {min(idle)!r} stands in no column and no `of_which`; take it out")
        if twice := [name for name, n in Counter(named).items() if n > 1]:
            raise ValueError(f"figures: {twice[0]!r} is counted in two columns; keep one")
        return self

    @model_validator(mode="after")
    def _heads_whole(self) -> Form:
        paths = [column.under for column in self.columns.values()]
        _known("under", [name for path in paths for name in path], self.heads)
        for depth in range(max(map(len, paths))):
            runs = [path for path, _ in groupby(path[: depth + 1] for path in paths) if len(path) > depth]
            if twice := [path for path, n in Counter(runs).items() if n > 1]:
                raise ValueError(f"under: the columns under {twice[0][-1]!r} do not stand side by side")
        return self

    @model_validator(mode="after")
    def _sums_whole(self) -> Form:
        carried = [*([self.gates.carried] if self.gates.carried else []), *self.gates.identities]
        asked = [column for rate in self.rates.values() for column in columns(rate.numerator)]
        asked += [column for rate in self.rates.values() for column in columns(rate.denominator)]
        asked += [part.column for part in self.of_which]
        for left, right in (*self.identities, *(sides(one) for one in carried)):
            asked += [left, *columns(right)]
        _known("columns", asked, self.numbers)
        if twice := [one for one, n in Counter(self.identities).items() if n > 1]:
            raise ValueError(f"gates.identities: {twice[0][0]} = {twice[0][1]} is said already; keep one")
        for number in self.numbers:
            self._ends(number, ())
        return self

    def _ends(self, number: int, on_the_way: tuple[int, ...]) -> None:
        if number in on_the_way:
            raise ValueError(f"columns: {number} is a sum of itself, by {' of '.join(map(str, on_the_way))}")
        formula = self.columns[number].sum
        for part in columns(formula) if formula else ():
            self._ends(part, (*on_the_way, number))

    @model_validator(mode="after")
    def _rows_and_codes_whole(self) -> Form:
        by = [row.by for row in self.rows]
        if len(set(by)) < len(by):
            raise ValueError("rows: two depths go by the same thing; keep one")
        if self.agencies == "one" and {"level", "agency"} & {*by}:
            raise ValueError("rows: a form of one agency has rows by sector alone")
        for ministry in {code.ministry for code in self.codes}:
            spells = sorted(
                (code for code in self.codes if code.ministry == ministry), key=lambda c: c.valid_from
            )
            for earlier, later in pairwise(spells):
                if earlier.holds(later.valid_from):
                    raise ValueError(f"codes: {earlier.code} and {later.code} of {ministry} overlap; end one")
        return self


def _known(what: str, named: Iterable[object], known: Iterable[object]) -> None:
    listed = list(known)
    for name in named:
        if name not in listed:
            raise ValueError(f"{what}: no {name!r} there; name some of {', '.join(map(str, listed))}")
