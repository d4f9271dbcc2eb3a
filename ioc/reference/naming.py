"""Organisation codes and names of units: those already given are kept, others are made in a fixed order.

Codes have the form of Decision 20/2020, left to right. No list gives them, so every one is made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal, get_args

from schemas.findings import Finding, Unusable
from schemas.reference import AgencyType, Code, Line, Optional_, Words

FIRST_ABSORBED = 71  # H01 to H63 are real provinces'
FIRST_DISTRICT = 31  # departments are .01 to .30
FIRST_COMMUNE = 101  # below the province, since the district level ended
TYPES: dict[str, AgencyType] = {name.capitalize(): name for name in get_args(AgencyType)}
DEPARTMENTS = (
    *("Văn phòng UBND {}", "Sở Nội vụ {}", "Sở Tư pháp {}", "Sở Tài chính {}", "Sở Công Thương {}"),
    *("Sở Nông nghiệp và Môi trường {}", "Sở Xây dựng {}", "Sở Khoa học và Công nghệ {}"),
    *("Sở Văn hóa, Thể thao và Du lịch {}", "Sở Giáo dục và Đào tạo {}", "Sở Y tế {}"),
    *("Thanh tra {}", "Công an {}"),
)


class Assigned(Line):
    """An organisation code that was given before, to a department or to a unit of the lists.

    A unit has its admin_code; one of today's has the day of the reform as valid_from, an old one none.
    """

    code: Code
    name: Words
    level: Literal["province", "department", "district", "commune"]
    admin_code: Annotated[str | None, Optional_] = None
    valid_from: Annotated[date | None, Optional_] = None
    simulated: bool = False


def type_of(full_name: str) -> AgencyType | None:
    """The type that a unit's full name begins with."""
    return next((kind for word, kind in TYPES.items() if full_name.startswith(word + " ")), None)


def natural(code: str) -> tuple[tuple[int, str], ...]:
    """H20.31.2 before H20.31.10."""
    return tuple((int(part) if part.isdigit() else -1, part) for part in code.split("."))


@dataclass
class Codes:
    """Given codes by (level, administrative code, whether of today's unit)."""

    given: dict[tuple[str, str, bool], Assigned] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, assigned: Sequence[Assigned]) -> Codes:
        """Unusable where a code or an administrative code is given twice."""
        codes, found = cls(), list[Finding]()
        for row in assigned:
            if row.code in codes.taken:
                found.append(row.finding("code", row.code, "given twice; keep one"))
            key = (row.level, row.admin_code or "", row.valid_from is not None)
            if row.admin_code and codes.given.setdefault(key, row) is not row:
                found.append(row.finding("admin_code", row.admin_code, "given twice; keep one"))
            codes.taken.add(row.code)
        if found:
            raise Unusable(found)
        return codes

    def take(self, level: str, admin_code: str, stem: str, first: int, today: bool = False) -> str:
        """The unit's code; else `stem` and a number from `first` on, after those that are taken."""
        if given := self.given.get((level, admin_code, today)):
            return given.code
        used = [int(code[len(stem) :]) for code in self.taken if _numbered(code, stem)]
        number = max([first - 1, *(n for n in used if n >= first)]) + 1
        self.taken.add(code := f"{stem}{number}")
        return code


def _numbered(code: str, stem: str) -> bool:
    return code.startswith(stem) and code[len(stem) :].isdigit()


def named(units: Iterable[tuple[str, tuple[str, ...]]], kept: dict[str, str]) -> dict[str, str]:
    """A name for each (code, full names from the unit upwards), longer where a shorter one has two meanings.

    `kept` are the names of codes that were given before.
    """
    places = {code: names for code, names in units if code not in kept}
    found = dict(kept)
    for length in (1, 2, 3):
        short = {code: f"UBND {', '.join(names[:length])}" for code, names in places.items()}
        counted = Counter([*short.values(), *found.values()])
        for code, name in short.items():
            if counted[name] == 1 or length >= len(places[code]):
                found[code] = name
                del places[code]
    return found


def departments(root: str, province: str) -> list[tuple[str, str]]:
    """(code, name) of departments that no file gave."""
    return [(f"{root}.{n:02}", name.format(province)) for n, name in enumerate(DEPARTMENTS, start=1)]
