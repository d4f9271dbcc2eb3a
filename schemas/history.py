"""Agencies through time: which body a code named on a day, and which is responsible for its cases since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from schemas.findings import Unusable
from schemas.reference import Agency, Code, Line, Optional_

DAY = timedelta(days=1)


class Succession(Line):
    """An edge: what `from` was responsible for is `to`'s from the day `effective` on."""

    from_: Code = Field(alias="from")
    to: Code
    kind: Literal["merge", "split", "rename", "dissolve", "transfer"]
    share: Annotated[Annotated[Decimal, Field(ge=0, le=1)] | None, Optional_] = None  # of a split
    effective: date
    made: bool = False  # chosen for the demonstration

    @property
    def ends(self) -> bool:
        """Whether `from` ends with it; a transfer may leave it standing."""
        return self.kind != "transfer"


@dataclass(frozen=True)
class History:
    """Versions by code, earliest first, and the successions between them. Plain Python, no clock."""

    versions: Mapping[str, tuple[Agency, ...]] = field(default_factory=dict)
    successions: tuple[Succession, ...] = ()

    @cached_property
    def _leaving(self) -> dict[str, list[Succession]]:
        found: dict[str, list[Succession]] = {}
        for edge in self.successions:
            found.setdefault(edge.from_, []).append(edge)
        return found

    def agency_at(self, code: str, on: date) -> Agency | None:
        """The version that is valid on the day."""
        return next((version for version in self.versions.get(code, ()) if version.holds(on)), None)

    def agency_said(self, code: str, on: date) -> Agency | None:
        """The version that an event of the day means, also where none is valid then.

        The latest that had begun (the source goes on using an old code), else the first (it was early).
        None for a code that reference data does not know.
        """
        versions = self.versions.get(code, ())
        begun = [version for version in versions if version.begun(on)]
        return begun[-1] if begun else next(iter(versions), None)

    def responsible(self, code: str, on: date, said: date | None = None) -> Agency | None:
        """Who on the day `on` is responsible for the cases of what `code` named on `said` (default: `on`).

        A body that ended without successor keeps its cases, so that nobody vanishes. None for an unknown
        code. Unusable, naming the edge, where successions lead in a circle.
        """
        version = self.agency_said(code, said or on)
        seen = set[tuple[str, date | None]]()
        while version is not None and version.ended(on):
            edge = self.successor(version)
            following = self.agency_said(edge.to, edge.effective) if edge else None
            if edge is None or following is None:
                break
            seen.add((version.code, version.valid_from))
            if (following.code, following.valid_from) in seen:
                raise Unusable([edge.finding("to", edge.to, CIRCLE)])
            version = following
        return version

    def successor(self, version: Agency) -> Succession | None:
        """Where an ended version's cases went, all of them: by the largest share at its end, then by code."""
        if version.valid_to is None:
            return None
        after = version.valid_to + DAY
        leaving = [edge for edge in self._leaving.get(version.code, ()) if edge.effective == after]
        return min(leaving, key=lambda edge: (-(edge.share or 0), edge.to), default=None)

    def without_successor(self, on: date) -> list[Agency]:
        """Versions that had ended by the day and whose cases nobody took over."""
        every = (version for versions in self.versions.values() for version in versions)
        return [version for version in every if version.ended(on) and self.successor(version) is None]


CIRCLE = "successions lead back to where they began; take one of them away"


def newest(versions: Mapping[str, tuple[Agency, ...]]) -> dict[str, Agency]:
    """Per code the version that began last."""
    return {code: same[-1] for code, same in versions.items()}


def replaced(old: Iterable[Succession], new: Iterable[Succession]) -> tuple[Succession, ...]:
    """Edges of an earlier folder with those of a later: what leaves a code is said in one folder."""
    added = tuple(new)
    codes = {edge.from_ for edge in added}
    return (*(edge for edge in old if edge.from_ not in codes), *added)
