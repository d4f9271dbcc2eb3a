"""A province's agencies in versions: the old units until the reform, those of today from its day on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ioc.reference.lists import Row
from ioc.reference.naming import (
    FIRST_ABSORBED,
    FIRST_COMMUNE,
    FIRST_DISTRICT,
    Assigned,
    Codes,
    departments,
    named,
    natural,
    type_of,
)
from ioc.reference.parts import Parts
from schemas.history import DAY
from schemas.reference import Agency

Level = Literal["province", "district", "commune"]


@dataclass(frozen=True)
class Unit:
    """A unit of the lists with its organisation code; `names` from its own upwards."""

    code: str
    level: Level
    parent: str | None
    admin_code: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Units:
    """Old units, provinces first, and today's communes."""

    root: str
    parts: Parts
    old: list[Unit]
    communes: list[Unit]

    def codes(self, level: Level) -> dict[str, str]:
        """Organisation codes of the old units of a level by administrative code."""
        return {unit.admin_code: unit.code for unit in self.old if unit.level == level}

    @property
    def unchanged(self) -> bool:
        """Whether the province was neither merged nor numbered anew, so that it has one version alone."""
        (first, *others), today = self.parts.old_provinces, self.parts.province
        return not others and (first["province_code"], first["name"]) == (
            today["province_code"],
            today["name"],
        )


def units(parts: Parts, root: str, assigned: Sequence[Assigned]) -> Units:
    """Codes for every unit: those given before, else made in the order of the lists."""
    codes = Codes.of(assigned)
    provinces = [_old_province(row, parts, root, codes) for row in parts.old_provinces]
    above = {unit.admin_code: unit for unit in provinces}
    districts: dict[str, Unit] = {}
    for row in parts.old_districts:
        parent, code = above[row["province_code"]], row["district_code"]
        own = codes.take("district", code, f"{parent.code}.", FIRST_DISTRICT)
        districts[code] = Unit(own, "district", parent.code, code, (row["full_name"], *parent.names))
    old = [*provinces, *districts.values()]
    for row in parts.old_communes:
        parent, code = districts[row["district_code"]], row["commune_code"]
        own = codes.take("commune", code, f"{parent.code}.", 1)
        old.append(Unit(own, "commune", parent.code, code, (row["full_name"], *parent.names)))
    communes = []
    for row in parts.communes:
        code = row["commune_code"]
        own = codes.take("commune", code, f"{root}.", FIRST_COMMUNE, today=True)
        communes.append(Unit(own, "commune", root, code, (row["full_name"],)))
    return Units(root, parts, old, communes)


def _old_province(row: Row, parts: Parts, root: str, codes: Codes) -> Unit:
    """Today's province keeps the code of the old one of its name; the others close (Decision 09/2025)."""
    kept, code = row["name"] == parts.province["name"], row["province_code"]
    own = root if kept else codes.take("province", code, root[0], FIRST_ABSORBED)
    return Unit(own, "province", None, code, (row["full_name"],))


def agencies(units: Units, assigned: Sequence[Assigned], reform: date) -> list[Agency]:
    """Every version, in the order of its file: by level, the old before today's, by code."""
    given = {row.code: row for row in assigned}
    kept = {code: row.name for code, row in given.items()}
    simulated = {code for code, row in given.items() if row.simulated}
    until = None if units.unchanged else reform - DAY
    found = [
        *_versions([u for u in units.old if u.level == "province"], kept, simulated, None, until),
        *([] if units.unchanged else [_today(units, kept, simulated, reform)]),
        *_departments(units, assigned),
        *_versions([u for u in units.old if u.level != "province"], kept, simulated, None, reform - DAY),
        *_versions(units.communes, kept, simulated, reform, None),
    ]
    levels = ["province", "department", "district", "commune"]
    return sorted(
        found,
        key=lambda row: (levels.index(row.level), row.valid_from or date.min, natural(row.code)),
    )


def _versions(
    found: list[Unit], kept: dict[str, str], simulated: set[str], first: date | None, last: date | None
) -> Iterator[Agency]:
    names = named([(unit.code, unit.names) for unit in found], kept)
    for unit in found:
        yield Agency(
            code=unit.code,
            name=names[unit.code],
            level=unit.level,
            type=type_of(unit.names[0]),
            parent=unit.parent,
            admin_code=unit.admin_code,
            valid_from=first,
            valid_to=last,
            simulated=unit.code in simulated,
            made=True,
        )


def _today(units: Units, kept: dict[str, str], simulated: set[str], reform: date) -> Agency:
    row = units.parts.province
    unit = Unit(units.root, "province", None, row["province_code"], (row["full_name"],))
    return next(_versions([unit], kept, simulated, reform, None))


def _departments(units: Units, assigned: Sequence[Assigned]) -> Iterator[Agency]:
    """Departments that were given, else such as every province has; the merged province goes on with them."""
    own = [row for row in assigned if row.level == "department"]
    rows = [(row.code, row.name, row.simulated) for row in own]
    name = units.parts.province["full_name"]
    for code, called, simulated in rows or [(c, n, False) for c, n in departments(units.root, name)]:
        yield Agency(
            code=code, name=called, level="department", parent=units.root, simulated=simulated, made=True
        )
