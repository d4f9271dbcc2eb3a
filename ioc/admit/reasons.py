"""Why an event is not accepted: a closed list, and the refusal that carries one of them."""

from __future__ import annotations

from typing import Literal, get_args

Reason = Literal[
    "not-json",
    "not-an-object",
    "unreadable",  # a row of a file
    "missing-field",
    "wrong-type",
    "bad-time",
    "no-zone",
    "future-time",
    "impossible-time",  # outside 1900..2200
    "unknown-word",
    "unknown-status",
    "unknown-agency",
    "unknown-procedure",
    "unknown-source",
    "unknown-feed",
    "unknown-schema",
    "schema-violation",
    "too-large",
    "wrong-key",
    "poison-text",  # NUL, lone surrogates, numbers that are none
    "no-event",  # a message of a known source that tells of nothing
    "data-error",  # the warehouse refused it
    "kernel-error",  # the fold failed on its case
]
REASONS: frozenset[str] = frozenset(get_args(Reason))
LONGEST_SHOWN = 200
LONGEST_MEND = 500


class Refusal(Exception):
    """Names the field, the value and the mend; becomes a Quarantined at the edge of admission."""

    def __init__(self, reason: Reason, field: str | None, value: object, mend: str) -> None:
        super().__init__(f"{reason}: {field}: {value!r}; {mend}")
        self.reason: Reason = reason
        self.field = field
        self.value = None if value is None else str(value)[:LONGEST_SHOWN]
        self.mend = mend[:LONGEST_MEND]

    def of_field(self, origin: dict[str, str]) -> Refusal:
        """The same about the sender's own field instead of our datum."""
        if self.field in origin:
            self.field = origin[self.field]
        return self
