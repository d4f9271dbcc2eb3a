"""What a feed with small cells keeps from its screens: small numbers per agency, and whose a case is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ioc.errors import BadInput
from ioc.kernel.suppression import hidden_together
from schemas import Feed, Registry

NAMING = ("agency", "receiving_agency")  # the columns and data that say whose a case is
ROW_NAMING = ("agencies",)  # the story's line that says it
COUNTS = ("n", "num", "den")
HIDDEN = {"hidden": True}
MEND = "this feed hides small numbers per agency, so its cases are not told by agency; leave it out"

Row = dict[str, Any]
Counts = Mapping[str, int]


@dataclass(frozen=True)
class Hiding:
    """A feed's threshold, None where every number is told, and the agencies that may have cases of it."""

    threshold: int | None
    known: frozenset[str] = frozenset()

    @classmethod
    def of(cls, feed: Feed, registry: Registry) -> Hiding:
        return cls(feed.hide_below, frozenset(registry.agencies) if feed.hide_below else frozenset())

    def unseen(self, columns: Collection[Counts]) -> frozenset[str]:
        """The agencies whose cell is hidden: in any of the counts by agency, of wholes that are told."""
        if self.threshold is None:
            return frozenset()
        nobody = dict.fromkeys(self.known.union(*columns), 0)
        return hidden_together([{**nobody, **counts} for counts in columns], self.threshold)

    def movers(self, now: Counts, before: Counts) -> frozenset[str]:
        """Who cannot be said to have moved from one count to the other: either number is hidden."""
        nobody = dict.fromkeys({*now, *before}, 0)
        return self.unseen([{**nobody, **now}, {**nobody, **before}])

    def covered(self, figures: Row) -> Row:
        """The board's figures as they may be told.

        A tile whose every cell is hidden names nobody: an agency that has no other number has no row.
        """
        if self.threshold is None:
            return figures
        counted, named = figures["agencies"], set[str]()
        rows: dict[str, Row] = {agency: {} for agency in sorted(counted)}
        for tile in figures["tiles"]:
            cells = {agency: row[tile] for agency, row in counted.items() if tile in row}
            unseen = self.unseen([of_one(cells, key) for key in COUNTS])
            whole = unseen >= rows.keys() | self.known
            for agency, row in rows.items():
                if agency in unseen:
                    row[tile] = HIDDEN
                elif agency in cells:
                    row[tile] = cells[agency]
            named |= {agency for agency in cells if agency not in unseen or not whole}
        return {**figures, "agencies": {agency: row for agency, row in rows.items() if agency in named}}


def of_one(cells: Mapping[str, Row], key: str) -> dict[str, int]:
    """One count of a tile by agency; nothing where the tile has no such count."""
    return {agency: cell[key] for agency, cell in cells.items() if key in cell}


def refuse(feed: Feed, field: str, value: str | None) -> None:
    """BadInput where a value asks for an agency's cases of a feed that does not tell whose they are."""
    if feed.hide_below is not None and value is not None:
        raise BadInput(field, value, MEND)


def unnamed(feed: Feed, row: Row) -> Row:
    """A row without whose it is, where the feed does not tell."""
    if feed.hide_below is None:
        return row
    return {name: value for name, value in row.items() if name not in NAMING}


def unnamed_case(feed: Feed, found: Row) -> Row:
    """A case's page without any agency: its row, its events and what they said, its story."""
    if feed.hide_below is None:
        return found
    events = [{**unnamed(feed, event), "data": unnamed(feed, event["data"])} for event in found["events"]]
    story = [line for line in found["story"] if line["kind"] not in ROW_NAMING]
    return {**found, "case": unnamed(feed, found["case"]), "events": events, "story": story, "agencies": {}}
