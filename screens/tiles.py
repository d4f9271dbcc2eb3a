"""A feed's tiles and rates as SQL over `cases`: all counts in one statement, and the WHERE of each list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import exp

from ioc.errors import BadInput
from ioc.kernel.measures import Measure
from ioc.warehouse import surge
from schemas.feed import Feed
from schemas.measure import OF_THE_DAY

# Lists that stand behind no tile.
SET_ASIDE, FLAGGED, SURGE = "set_aside", "flagged", "surge"
OTHERS = {SET_ASIDE: "set_aside is not null", FLAGGED: "flags <> '{}'", SURGE: surge.LISTED}
# Under whose code a case is counted; `responsible` moves the code to a successor only after the counting.
WHOSE = {
    "resolving": "coalesce(agency, '')",
    "responsible": "coalesce(agency, '')",
    "receiving": "coalesce(receiving_agency, agency, '')",
}


@dataclass(frozen=True)
class Part:
    """One count of a tile: its role, its SQL by AND-ed terms, and the instant its day is cut from, if any."""

    tile: str
    role: str
    terms: tuple[str, ...]
    instant: str | None
    credit: str = "resolving"
    together: bool = False  # told of all agencies as one, so of no agency alone

    @property
    def key(self) -> str:
        """The count's name in the tile: n, or of a rate num and den."""
        return {"where": "n", "numerator": "num", "denominator": "den"}[self.role]

    @property
    def where(self) -> str:
        return conjoined(self.terms)

    @property
    def whose(self) -> str:
        return "''" if self.together else WHOSE[self.credit]

    @property
    def adopts(self) -> bool:
        """Whether a successor has the cases of those it took over from."""
        return self.credit != "resolving"


@dataclass(frozen=True)
class Scan:
    """Parts that begin alike, counted in one pass over the cases that meet what they share."""

    number: int
    parts: tuple[Part, ...]

    @property
    def instant(self) -> str | None:
        return next((part.instant for part in self.parts if part.instant), None)

    @property
    def shared(self) -> tuple[str, ...]:
        """The terms that all parts begin with."""
        first = self.parts[0].terms
        same = [len({part.terms[: n + 1] for part in self.parts}) == 1 for n in range(len(first))]
        return first[: same.index(False)] if False in same else first

    def sql(self) -> str:
        """SELECT of (scan, agency, hour, counts): rows by agency and, where of one day, by local hour."""
        hour, sets, shown = "null::int", "(agency_)", "null::int"
        if self.instant:
            hour = f"extract(hour from {self.instant} at time zone %(zone)s)::int"
            sets, shown = "(agency_), (hour_)", "hour_"
        # What all share is said once: said again in a filter, it would need columns that the index lacks.
        rests = [conjoined(part.terms[len(self.shared) :]) for part in self.parts]
        counts = ", ".join(f"count(*) filter (where {rest})" if rest else "count(*)" for rest in rests)
        return (
            f"select {self.number}, agency_, {shown}, array[{counts}] "
            f"from (select *, {self.parts[0].whose} agency_, {hour} hour_ from cases "
            f"where feed = %(feed)s and {conjoined(self.shared)}) counted group by grouping sets ({sets})"
        )


def conjoined(terms_: tuple[str, ...]) -> str:
    return " and ".join(f"({term})" for term in terms_)


def terms(measure: str, feed: Feed) -> tuple[str, ...]:
    """The measure's top-level AND-ed terms in PostgreSQL's words."""
    kinds = feed.attribute_kinds
    tree = sqlglot.parse_one(measure, read="postgres").unnest()
    each = tree.flatten() if isinstance(tree, exp.And) else [tree]
    return tuple(Measure.parse(term.sql(dialect="postgres"), kinds).postgres() for term in each)


def parts(feed: Feed) -> list[Part]:
    """The counts behind the feed's tiles, in their order, and behind the rates beside them."""
    found = []
    for tile in (*feed.tiles, *feed.rates):
        measure = feed.measures[tile]
        roles = ("where",) if measure.kind == "count" else ("numerator", "denominator")
        for role in roles:
            text = measure.expressions()[role]
            day = OF_THE_DAY.search(text) if measure.kind == "count" else None
            hour = f"{day[1]}_at" if day else None
            found.append(Part(tile, role, terms(text, feed), hour, measure.credit, tile in feed.rates))
    return found


def scans(counts: list[Part]) -> list[Scan]:
    """Parts gathered by whose the cases are and their first two terms.

    On a province three passes in place of seven, 7 ms for 11.
    """
    alike: dict[tuple[str, ...], list[Part]] = {}
    for part in counts:
        alike.setdefault((part.whose, *part.terms[:2]), []).append(part)
    return [Scan(number, tuple(members)) for number, members in enumerate(alike.values())]


def listed(feed: Feed, measure: str, role: str = "where") -> str:
    """The WHERE of the list behind a number: the same text that counted it."""
    if measure in OTHERS:
        return OTHERS[measure]
    if measure not in feed.measures:
        raise BadInput("measure", measure, f"name one of {', '.join((*feed.measures, *OTHERS))}")
    expressions = feed.measures[measure].expressions()
    if role not in expressions:
        raise BadInput("role", role, f"this measure has {', '.join(expressions)}")
    return Measure.parse(expressions[role], feed.attribute_kinds).postgres()


def credit(feed: Feed, measure: str) -> str:
    """Whose cases the measure counts; what was set aside or flagged is of who was said to resolve it."""
    return "resolving" if measure in OTHERS else feed.measures[measure].credit


def described(feed: Feed, names: Iterable[str]) -> list[dict[str, Any]]:
    """What the page needs to draw each of these: words, kind, direction and the definition behind the ⓘ."""
    of_day = {part.tile for part in parts(feed) if part.instant}
    return [
        {
            "name": name,
            "kind": measure.kind,
            "label": measure.label.model_dump(),
            "explain": measure.explain.model_dump(),
            "good": measure.good,
            "credit": measure.credit,
            "of_day": name in of_day,
            "sql": measure.expressions(),
        }
        for name, measure in ((name, feed.measures[name]) for name in names)
    ]
