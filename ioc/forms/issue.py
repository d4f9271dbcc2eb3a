"""A form goes out only when its gates hold, or when its signer wrote why it goes out all the same."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ioc.errors import Stop
from ioc.forms.filled import Filled
from ioc.forms.gates import Mismatch, check


class NotIssued(Stop):
    """The gates of a form do not hold; `mismatches` has every cell."""

    def __init__(self, filled: Filled, mismatches: list[Mismatch]) -> None:
        told = "\n".join(f"  {mismatch}" for mismatch in mismatches)
        days = f"{filled.heading.first}..{filled.heading.last}"
        super().__init__(
            f"form {filled.code.code} of {filled.heading.agency}, {days}, is not issued;"
            f" mend the figures, or write why it is signed all the same:\n{told}"
        )
        self.mismatches = tuple(mismatches)


@dataclass(frozen=True)
class Issued:
    """A form that may be printed. `mismatches` are those that its signer gave a reason for."""

    filled: Filled
    mismatches: tuple[Mismatch, ...] = ()


def issued(filled: Filled, previous: Filled | None = None, restated: pl.DataFrame | None = None) -> Issued:
    """The form to print; NotIssued lists every cell where a gate does not hold.

    A reason of kind `gate` in its standing lets it out; the form then prints the reason and the cells.
    `previous` and `restated` as `check` takes them.
    """
    found = check(filled, previous, restated)
    if found and all(one.what != "gate" for one in filled.standing.despite):
        raise NotIssued(filled, found)
    return Issued(filled, tuple(found))
