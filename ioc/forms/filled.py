"""A filled form: its rows with every column, and what is printed around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from ioc.errors import BadInput
from schemas.form import Form, FormCode

Key = tuple[str | None, ...]  # of a row by depth, outermost first, None where not given; () is the total
Cells = Mapping[int, int | None]  # by column; None where a form taken as printed does not give it
Obstacle = Literal["gate", "silent-source", "quarantine"]


def printable(name: str, text: str) -> str:
    """The text, or BadInput where it is blank or could not stand on one line of a form."""
    if not text.strip() or not text.isprintable():
        raise BadInput(name, text, "write it in one line of letters")
    return text


@dataclass(frozen=True)
class Heading:
    """Whose form it is, and of which days, both inclusive. `period` is what the period is called."""

    agency: str
    first: date
    last: date
    period: str = ""
    ministry: str | None = None  # who receives it; None: whoever does on the last day

    def __post_init__(self) -> None:
        printable("agency", self.agency)
        if self.period:
            printable("period", self.period)
        if self.last < self.first:
            raise BadInput("last", self.last.isoformat(), f"end the period on {self.first} or later")


@dataclass(frozen=True)
class Despite:
    """Why the signer signs although something stands against it; printed on the form."""

    what: Obstacle
    reason: str

    def __post_init__(self) -> None:
        printable("reason", self.reason)


@dataclass(frozen=True)
class Standing:
    """What the figures are worth: provisional or final, how often restated, from which knowledge."""

    final: bool = False
    restated: int = 0
    revision: int | None = None
    position: str | None = None
    definitions: str | None = None
    as_of: datetime | None = None  # UTC
    checksum: str | None = None
    set_aside: int = 0  # cases in no figure, of all agencies
    despite: tuple[Despite, ...] = ()
    notes: tuple[str, ...] = ()  # what else its reader must know, a line each, as printed

    def __post_init__(self) -> None:
        if self.as_of is not None and self.as_of.tzinfo is None:
            raise BadInput("as_of", self.as_of.isoformat(), "give the instant with its zone, UTC")


PROVISIONAL = Standing()


@dataclass(frozen=True)
class Signature:
    """Where, when, as what and by whom it is signed."""

    place: str
    on: date
    role: str
    name: str

    def __post_init__(self) -> None:
        for name in ("place", "role", "name"):
            printable(name, getattr(self, name))


@dataclass(frozen=True)
class Row:
    """One printed row. `figures` are what it was derived from; none where it was taken as printed."""

    key: Key
    labels: tuple[str, ...]
    serial: str
    cells: Cells
    figures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Filled:
    """A form with figures that nobody has checked yet; rows as printed, the total last."""

    form: Form
    code: FormCode
    heading: Heading
    rows: tuple[Row, ...]
    standing: Standing = PROVISIONAL
    signature: Signature | None = None

    @property
    def total(self) -> Row:
        return self.rows[-1]

    def label(self, row: Row) -> str:
        """What stands in the label's column."""
        return row.labels[-1] if row.labels else self.form.total.vi

    def where(self, labels: tuple[str, ...]) -> str:
        """A row in words: `Sở A / Đất đai`."""
        own = (self.heading.agency,) if self.form.agencies == "one" else ()
        return " / ".join((*own, *(labels or (self.form.total.vi,))))
