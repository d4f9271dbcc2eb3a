"""A measure of a case feed: which of its cases count."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import model_validator

from schemas.promise import Label, Promise

# A measure that asks for one local day (`entered_on = at_date`): it can be drawn by the hour of its instant.
OF_THE_DAY = re.compile(r"\b(entered|resolved|delivered)_on\s*=\s*at_date\b")


class Measure(Promise):
    """One boolean SQL expression over a case (columns of `cases`, `at`, `at_date`), or a rate of two."""

    label: Label
    kind: Literal["count", "rate"]
    where: str = ""  # the cases a tile's list shows; of a rate: its denominator
    numerator: str | None = None
    denominator: str | None = None
    good: Literal["up", "down", "none"]
    # Whose case it is in the number per agency: of who resolves it, as was; of who is responsible for that
    # agency's cases on `at_date` (a stock: no open case of a dissolved agency vanishes, domain 6); of where
    # it was handed in, or who took over from there by `at_date` (domain 2.3).
    credit: Literal["resolving", "responsible", "receiving"] = "resolving"
    explain: Label

    @model_validator(mode="before")
    @classmethod
    def _rate_lists_its_denominator(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("kind") == "rate" and "where" not in given:
            return {**given, "where": given.get("denominator", "")}
        return given

    @model_validator(mode="after")
    def _whole(self) -> Measure:
        if self.kind == "rate" and not (self.numerator and self.denominator):
            raise ValueError("a rate needs `numerator` and `denominator`")
        if self.kind == "count" and (self.numerator or self.denominator or not self.where):
            raise ValueError("a count needs `where` alone")
        of_a_day = OF_THE_DAY.search(" ".join(self.expressions().values()))
        if self.credit == "responsible" and of_a_day:
            raise ValueError(
                f"what happened on a day ({of_a_day[0]}) is nobody's to take over; say `credit: resolving`"
                " or `receiving`"
            )
        return self

    def expressions(self) -> dict[str, str]:
        """Every SQL text of the measure by its role."""
        roles = {"where": self.where, "numerator": self.numerator, "denominator": self.denominator}
        return {role: text for role, text in roles.items() if text}

    def definition(self) -> dict[str, str]:
        """What can change a number of it; who is credited only where it is not the resolving agency."""
        return self.expressions() | ({} if self.credit == "resolving" else {"credit": self.credit})
