"""A feed's clocks: reception, what is near or late, letters, and pauses where the procedure says nothing."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Literal

from pydantic import Field, model_validator

from schemas.procedures import Pause
from schemas.promise import Promise, Text

Pauses = dict[Literal["supplement", "fee", "stop"], Pause]


class ApologyRule(Promise):
    """Until when an apology for a late case is in time: so many days before its due date.

    For cases received from valid_from to valid_to; `source` names the act, and what is assumed of it.
    """

    valid_from: date | None = None
    valid_to: date | None = None
    days: int = Field(ge=0, le=365)
    source: Text


class Clocks(Promise):
    """The feed's clocks beside the source's due date; hours are of the clock where nothing else is said."""

    reception_channels: tuple[Text, ...] = ()
    reception_hours: int = Field(8, ge=1, le=2_000)  # office hours from submission to reception
    breach_hours: int = Field(24, ge=1, le=2_000)  # due within them is about to breach
    near_due_hours: int = Field(8, ge=1, le=2_000)  # a supplement asked so near to the due date is flagged
    told_after_hours: int = Field(2, ge=1, le=2_000)  # an end told so late is noticed
    backwards_hours: int = Field(24, ge=1, le=8_760)  # a source's time may run backwards by so much
    apology: tuple[ApologyRule, ...] = ()  # a letter under none of them is not judged
    pauses: Pauses = Field(default_factory=dict)  # where the procedure is not known

    @model_validator(mode="after")
    def _one_rule_a_day(self) -> Clocks:
        spans = sorted((a.valid_from or date.min, a.valid_to or date.max) for a in self.apology)
        for (begin, end), (following, _) in pairwise([*spans, (date.max, date.max)]):
            if begin > end or (following <= end and following != date.max):
                raise ValueError(f"apology: rules overlap, or one ends before it begins, near {begin}")
        return self
