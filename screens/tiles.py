"""A feed's tiles as SQL over `cases`: all counts per agency in one statement, and the WHERE of each list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ioc.errors import BadInput
from ioc.kernel.measures import Measure
from schemas.feed import Feed

# A measure that asks for one local day (`entered_on = at_date`) can be drawn by the hour of its instant.
OF_THE_DAY = re.compile(r"\b(entered|resolved|delivered)_on\s*=\s*at_date\b")
SET_ASIDE = "set_aside"


@dataclass(frozen=True)
class Part:
    """One count of a tile: its role, its SQL, and the instant its day is cut from (None: not of one day)."""

    tile: str
    role: str
    where: str
    instant: str | None

    @property
    def key(self) -> str:
        """The count's name in the tile: n, or of a rate num and den."""
        return {"where": "n", "numerator": "num", "denominator": "den"}[self.role]

    def counted(self) -> str:
        """SELECT of (tile, key, agency, hour, n): rows by agency and, where of one day, by local hour."""
        hour, sets, shown = "null::int", "(agency_)", "null::int"
        if self.instant:
            hour = f"extract(hour from {self.instant} at time zone %(zone)s)::int"
            sets, shown = "(agency_), (hour_)", "hour_"
        return (
            f"select '{self.tile}', '{self.key}', agency_, {shown}, count(*) "
            f"from (select coalesce(agency, '') agency_, {hour} hour_ from cases "
            f"where feed = %(feed)s and ({self.where})) counted group by grouping sets ({sets})"
        )


def parts(feed: Feed) -> list[Part]:
    """The counts behind the feed's tiles, in the tiles' order."""
    found = []
    for tile in feed.tiles:
        measure = feed.measures[tile]
        roles = ("where",) if measure.kind == "count" else ("numerator", "denominator")
        for role in roles:
            text = measure.expressions()[role]
            day = OF_THE_DAY.search(text) if measure.kind == "count" else None
            found.append(Part(tile, role, Measure.parse(text).postgres(), f"{day[1]}_at" if day else None))
    return found


def board_sql(counts: list[Part]) -> str:
    """One statement for every tile and agency."""
    return " union all ".join(part.counted() for part in counts)


def listed(feed: Feed, measure: str, role: str = "where") -> str:
    """The WHERE of the list behind a number: the same text that counted it."""
    if measure == SET_ASIDE:
        return "set_aside is not null"
    if measure not in feed.measures:
        raise BadInput("measure", measure, f"name one of {', '.join(feed.measures)} or {SET_ASIDE}")
    expressions = feed.measures[measure].expressions()
    if role not in expressions:
        raise BadInput("role", role, f"this measure has {', '.join(expressions)}")
    return Measure.parse(expressions[role]).postgres()


def described(feed: Feed) -> list[dict[str, Any]]:
    """What the page needs to draw each tile: words, kind, direction and the definition behind the ⓘ."""
    of_day = {part.tile for part in parts(feed) if part.instant}
    return [
        {
            "name": name,
            "kind": measure.kind,
            "label": measure.label.model_dump(),
            "explain": measure.explain.model_dump(),
            "good": measure.good,
            "of_day": name in of_day,
            "sql": measure.expressions(),
        }
        for name, measure in ((name, feed.measures[name]) for name in feed.tiles)
    ]
