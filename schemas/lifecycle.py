"""A feed's statuses: what each does to a case, and what may follow it."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from schemas.promise import Label, Promise, Text

Phase = Literal[
    "before-reception", "open", "paused", "resolved", "delivered", "refused", "withdrawn", "note"
]  # `note` leaves the phase as it is


class Status(Promise):
    """One canonical status code and what it does to a case."""

    phase: Phase
    label: Label
    enters: bool = False  # its first time is the case's entry into the figures
    ends: bool = False  # nothing is expected after it
    pause: Literal["supplement", "fee", "stop"] | None = None  # whom a paused case waits for
    apology: bool = False  # says that an apology letter with a new appointment was issued; a note
    consultation: Literal["asked", "answered"] | None = None  # of another agency, the event's; a note
    next: tuple[Text, ...] | None = None  # what may follow; others are flagged. None: anything may

    @model_validator(mode="after")
    def _pauses_and_letters_where_they_belong(self) -> Status:
        if self.pause and self.phase != "paused":
            raise ValueError(f"`pause` tells why a case waits, so its phase is `paused`, not {self.phase!r}")
        if (self.apology or self.consultation) and self.phase != "note":
            raise ValueError(
                f"letters and consultations stop no clock, so its phase is `note`, not {self.phase!r}"
            )
        if self.apology and self.consultation:
            raise ValueError("one status says `apology` or `consultation`, not both; make two of it")
        return self


class Lifecycle(Promise):
    statuses: dict[Text, Status]

    @model_validator(mode="after")
    def _has_a_way_in_and_a_way_out(self) -> Lifecycle:
        if not any(s.enters for s in self.statuses.values()):
            raise ValueError("mark with `enters: true` the status at which a case enters the figures")
        if not any(s.phase in ("resolved", "delivered") for s in self.statuses.values()):
            raise ValueError("give one status the phase `resolved` or `delivered`, or no case is ever done")
        if not any(s.ends for s in self.statuses.values()):
            raise ValueError("mark with `ends: true` a status after which nothing is expected")
        for code, status in self.statuses.items():
            if status.enters and status.phase != "open":
                raise ValueError(
                    f"status {code!r} enters the figures, so its phase is `open`, not {status.phase!r}"
                )
        return self

    @model_validator(mode="after")
    def _next_names_statuses_and_reaches_all(self) -> Lifecycle:
        speaking = [code for code, status in self.statuses.items() if status.phase != "note"]
        for code, status in self.statuses.items():
            if status.next is not None and status.phase == "note":
                raise ValueError(f"statuses.{code}.next: a note may stand anywhere; take `next` away")
            for after in status.next or ():
                if after not in speaking:
                    wrong = (
                        "is a note, which may stand anywhere" if after in self.statuses else "is no status"
                    )
                    raise ValueError(
                        f"statuses.{code}.next: {after!r} {wrong}; name some of {', '.join(speaking)}"
                    )
        if lost := [code for code in speaking if code not in self._reached(speaking)]:
            raise ValueError(
                f"statuses.{lost[0]}: no `next` leads to it; name it in the `next` of what comes before,"
                " or mark it with `enters: true` or phase `before-reception`"
            )
        return self

    def _reached(self, speaking: list[str]) -> set[str]:
        starts = ((c, s.enters or s.phase == "before-reception") for c, s in self.statuses.items())
        reached, ahead = set[str](), [code for code, begins in starts if begins]
        while ahead:
            if (code := ahead.pop()) not in reached:
                reached.add(code)
                given = self.statuses[code].next
                ahead += speaking if given is None else given
        return reached
