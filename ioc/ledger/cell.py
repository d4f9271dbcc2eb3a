"""A cell of published months as a person names it: `agency=H20.01,channel=online,figure=resolved`.

`under=H20` in place of an agency: the sum of it and of all that stand under it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ioc.errors import BadInput
from ioc.kernel.months import MONTH_FIGURES
from schemas import near

GROUP = ("agency", "channel", "sector")
PARTS = (*GROUP, "under", "figure")
SHOWN = 20  # known names, in an error
# A comma ends a value only before a next part: names of sectors have commas.
_PART = re.compile(r"\s*([^=,]*?)\s*=(.*?)(?=,[^=,]*=|$)(?:,|$)", re.DOTALL)


@dataclass(frozen=True)
class Cell:
    """One figure; of a part that is None all values are added up, '' is where none was said.

    `under`: the agency whose own and all under it are added up; `agencies`: which these are, None: every one.
    """

    figure: str
    agency: str | None = None
    channel: str | None = None
    sector: str | None = None
    under: str | None = None
    agencies: frozenset[str] | None = None

    @property
    def group(self) -> dict[str, str | None]:
        return {"agency": self.agency, "channel": self.channel, "sector": self.sector}


def cell(text: str) -> Cell:
    """BadInput where a part is unknown, given twice, or no figure is named."""
    parts = dict[str, str]()
    end = 0
    for found in _PART.finditer(text):
        name, value = found[1], found[2].strip()
        if found.start() != end:
            break
        if name not in PARTS:
            raise BadInput("CELL", name, f"its parts are {', '.join(PARTS)}{near(name, PARTS)}")
        if name in parts:
            raise BadInput("CELL", text, f"{name} is given twice; keep one")
        parts[name], end = value, found.end()
    if end != len(text) or not text:
        raise BadInput("CELL", text, "write it as agency=H20.01,channel=online,sector=…,figure=resolved")
    figure = parts.pop("figure", "")
    if figure not in MONTH_FIGURES:
        mend = f"name one of {', '.join(MONTH_FIGURES)}{near(figure, MONTH_FIGURES)}"
        raise BadInput("figure", figure, mend)
    if "under" in parts and "agency" in parts:
        raise BadInput("CELL", text, "say agency or under: one agency, or one with all that stand under it")
    agency, channel, sector, under = (parts.get(part) for part in (*GROUP, "under"))
    return Cell(figure, agency, channel, sector, under)


def held_to(wanted: Cell, known: Mapping[str, Collection[str]]) -> None:
    """Nothing where each part is among the known names; else BadInput lists them."""
    for part, value in wanted.group.items():
        if value is not None and value not in known[part]:
            names = sorted(name for name in known[part] if name)
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            listed = ", ".join(names[:SHOWN]) or "none is known; leave it out"
            raise BadInput(part, value, f"name one of {listed}{more}{near(value, names)}")


def where(of: str = "") -> str:
    """SQL: whether a row of months or restatements is of the cell; parameters as `asked`."""
    parts = [f"{of}{part} = coalesce(%({part})s, {of}{part})" for part in GROUP]
    return " and ".join([*parts, f"(%(agencies)s::text[] is null or {of}agency = any(%(agencies)s))"])


def asked(wanted: Cell) -> dict[str, Any]:
    """The parameters of `where`."""
    return {**wanted.group, "agencies": None if wanted.agencies is None else sorted(wanted.agencies)}
