"""Versions of a procedure: its limit, fee and pauses; a case keeps the version of its reception day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from schemas.findings import Finding, near
from schemas.history_checks import overlaps
from schemas.reference import Optional_, Procedure, Version, Words

Unit = Literal["working_days", "days", "months", "working_hours", "same_day"]
Pause = Literal["resume", "restart", "none"]
Whole = Annotated[Annotated[int, Field(ge=0)] | None, Optional_]
Invented = Literal["version", "limit", "unit", "limit_online", "fee"]


def _words(given: object) -> object:
    return tuple(given.split()) if isinstance(given, str) else given


class ProcedureVersion(Version):
    """What held for cases received from valid_from to valid_to.

    `limit` counts in `unit`; without a unit it could not be read and sets no deadline.
    """

    version: Words
    limit: Whole = None
    unit: Annotated[Unit | None, Optional_] = None
    limit_online: Whole = None  # in the same unit; None: as `limit`
    fee: Whole = None  # VND
    pause_supplement: Pause = "resume"  # resume: the paused time is added; restart: the limit begins anew
    pause_fee: Pause = "resume"
    pause_stop: Pause = "resume"
    made: Annotated[
        tuple[Invented, ...], BeforeValidator(_words)
    ] = ()  # columns invented for the demonstration

    @model_validator(mode="after")
    def _whole(self) -> ProcedureVersion:
        if self.unit == "same_day" and (self.limit or self.limit_online):
            raise ValueError("same_day takes no limit; leave limit and limit_online empty")
        if self.limit is None and self.unit not in (None, "same_day"):
            raise ValueError(f"{self.unit} needs a limit, or leave the unit empty")
        if self.limit is None and self.limit_online is not None:
            raise ValueError("limit_online stands beside a limit; give that too")
        return self

    def limit_by(self, online: bool) -> int | None:
        """The limit of the channel, in `unit`."""
        return self.limit_online if online and self.limit_online is not None else self.limit


Versions = Mapping[str, tuple[ProcedureVersion, ...]]


def version_at(versions: Versions, procedure: str, on: date) -> ProcedureVersion | None:
    """The version in force on the day of reception; None where none is."""
    return next((version for version in versions.get(procedure, ()) if version.holds(on)), None)


def check(versions: Versions, procedures: Mapping[str, Procedure]) -> list[Finding]:
    """Overlaps, versions of no procedure, and names given twice."""
    found = list(overlaps(versions))
    for code, same in versions.items():
        if code not in procedures:
            mend = f"name a procedure of procedures.csv{near(code, procedures)}"
            found += [version.finding("code", code, mend) for version in same]
        names = dict[str, int]()
        for version in same:
            if version.version in names:
                mend = f"line {names[version.version]} bears the same name; past cases name their version"
                found.append(version.finding("version", version.version, mend))
            names[version.version] = version.line
    return found
