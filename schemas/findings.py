"""What a promise file can get wrong, said as `file:line: field: value; the mend`, all findings at once."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

Path_ = tuple[str | int, ...]
FOLLOWS = "default_factory_not_called"  # only because another key is wrong, which is a finding itself
SHORT = "too_short"  # of a list, also where what it has is wrong, which is a finding itself


@dataclass(frozen=True)
class Finding:
    """One thing to mend in one file; `line` is 0 where the file as a whole is meant."""

    file: str
    line: int
    field: str
    value: object
    mend: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        shown = repr(self.value)
        return f"{where}: {self.field}: {shown if len(shown) <= 120 else shown[:117] + '...'}; {self.mend}"


class Unusable(Exception):
    """Promise files that cannot be used; carries every finding, not only the first."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(str(f) for f in findings))
        self.findings = tuple(findings)


def near(word: str, known: Iterable[str]) -> str:
    """`; near: 'Desk', 'Post'`, or nothing where no known word resembles it."""
    alike = difflib.get_close_matches(word, list(known), n=3, cutoff=0.6)
    return "; near: " + ", ".join(repr(a) for a in alike) if alike else ""


def of_validation(
    file: str, exc: ValidationError, line: Callable[[Path_], int], keys: Iterable[str] = ()
) -> list[Finding]:
    """Pydantic's findings in our words, each with the line of the value it is about."""
    said: list[dict[str, Any]] = [dict(error) for error in exc.errors(include_url=False)]
    wrong = {error["loc"][:n] for error in said for n in range(len(error["loc"]))}
    told = [error for error in said if error["type"] != FOLLOWS]
    return [
        _one(file, error, line, keys) for error in told if error["type"] != SHORT or error["loc"] not in wrong
    ]


def _one(file: str, error: dict[str, Any], line: Callable[[Path_], int], keys: Iterable[str]) -> Finding:
    loc: Path_ = tuple(part for part in error["loc"] if part != "[key]")
    field = ".".join(str(part) for part in loc) or "(the file)"
    kind = error["type"]
    if kind == "missing":
        return Finding(file, line(loc[:-1]), field, None, "add it")
    if kind == "extra_forbidden":
        return Finding(
            file, line(loc), field, error["input"], f"no such key; remove it{near(str(loc[-1]), keys)}"
        )
    reason = str(error["msg"]).removeprefix("Value error, ")
    return Finding(file, line(loc), field, error["input"], reason)
