"""Who took over from whom on the day of the reform, by the crosswalk; a district's successor is chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ioc.reference.lists import FILES, Row, keyed
from ioc.reference.naming import natural, type_of
from ioc.reference.units import Unit, Units
from schemas.findings import Finding, Unusable, near
from schemas.history import Succession


@dataclass(frozen=True)
class Step:
    """A line of the crosswalk with organisation codes; `whole`: this part takes the old unit's cases."""

    district: str
    commune: str  # old; empty where the district had none
    to: str
    divided: bool
    whole: bool


def successions(units: Units, rows: list[Row], reform: date) -> list[Succession]:
    """Every edge, provinces first, in order of codes; Unusable with all findings."""
    steps = _steps(units, rows)
    return [
        *_provinces(units, reform),
        *sorted(_districts(units, steps, reform), key=_order),
        *sorted(_communes(steps, reform), key=_order),
    ]


def _order(edge: Succession) -> tuple[object, object]:
    return natural(edge.from_), natural(edge.to)


def _edge(
    from_: str, to: str, kind: str, on: date, share: Decimal | None = None, made: bool = False
) -> Succession:
    said = {"from": from_, "to": to, "kind": kind, "share": share, "effective": on, "made": made}
    return Succession.model_validate(said)


def _provinces(units: Units, reform: date) -> Iterator[Succession]:
    if not units.unchanged:
        old = sorted(units.codes("province").values(), key=natural)
        for code in old:
            yield _edge(code, units.root, "merge" if len(old) > 1 else "rename", reform)


def _communes(steps: list[Step], reform: date) -> Iterator[Succession]:
    """The crosswalk names the part that takes over, and no shares: of cases it has 1, the others 0."""
    fed = Counter(step.to for step in steps)
    for step in steps:
        if not step.commune:
            continue
        if step.divided:
            yield _edge(step.commune, step.to, "split", reform, Decimal(int(step.whole)))
        else:
            yield _edge(step.commune, step.to, "merge" if fed[step.to] > 1 else "rename", reform)


def _districts(units: Units, steps: list[Step], reform: date) -> Iterator[Succession]:
    communes, old = {unit.code: unit for unit in units.communes}, {unit.code: unit for unit in units.old}
    names = {units.codes("district")[row["district_code"]]: row["name"] for row in units.parts.old_districts}
    short = {unit.code: row["name"] for unit, row in zip(units.communes, units.parts.communes, strict=True)}
    for code, name in names.items():
        into = [step for step in steps if step.district == code and step.whole]
        if alone := [step for step in into if not step.commune]:  # an island that had no communes
            yield _edge(code, alone[0].to, "rename", reform)
        else:
            yield _edge(code, _seat(into, name, short, old), "dissolve", reform, made=True)
    assert set(short) == set(communes)


def _seat(into: list[Step], name: str, short: dict[str, str], old: dict[str, Unit]) -> str:
    """The commune that adopts a district's open cases, since no list says where its seat was.

    The one that bears its name, else that took over its town (thị trấn), else most of its communes.
    """
    parts = Counter(step.to for step in into)
    towns = {step.to for step in into if type_of(old[step.commune].names[0]) == "thị trấn"}
    return min(parts, key=lambda to: (short[to] != name, to not in towns, -parts[to], natural(to)))


def _steps(units: Units, rows: list[Row]) -> list[Step]:
    found = list[Finding]()
    provinces, districts, communes = (units.codes(level) for level in ("province", "district", "commune"))
    today = {unit.admin_code: unit for unit in units.communes}
    own = [row for row in rows if row["old_province_code"] in provinces]
    reached, steps = {row["new_commune_code"] for row in own}, list[Step]()
    named = {unit.names[0]: unit for unit in units.communes if unit.admin_code not in reached}
    for row in own:
        # A code of the crosswalk that is in no list means the unit of its name that nothing else leads to.
        to = today.get(row["new_commune_code"]) or named.get(row["new_commune"])
        old = row["old_commune_code"]
        if to is None:
            mend = f"name a commune of the province{near(row['new_commune_code'], today)}"
            found.append(row.finding("new_commune_code", mend))
        elif row["old_district_code"] not in districts:
            found.append(row.finding("old_district_code", f"name a district of {FILES['old_districts'][0]}"))
        elif old and old not in communes:
            found.append(row.finding("old_commune_code", f"name a commune of {FILES['old_communes'][0]}"))
        else:
            divided = row["kind"] == "divided"
            whole = not divided or row["default_part"] == "1"
            steps.append(
                Step(districts[row["old_district_code"]], communes.get(old, ""), to.code, divided, whole)
            )
    found += _complete(units, steps)
    if found:
        raise Unusable(found)
    return steps


def _complete(units: Units, steps: list[Step]) -> Iterator[Finding]:
    """Nobody vanishes and nobody comes from nowhere."""
    left, reached = {step.commune for step in steps}, {step.to for step in steps}
    old, new = units.codes("commune"), {unit.admin_code: unit.code for unit in units.communes}
    mend = f"add it to {FILES['commune_steps'][0]}"
    for admin_code, row in keyed(units.parts.old_communes, "commune_code").items():
        if old[admin_code] not in left:
            yield row.finding("commune_code", mend)
    for admin_code, row in keyed(units.parts.communes, "commune_code").items():
        if new[admin_code] not in reached:
            yield row.finding("commune_code", mend)
    started = {step.district for step in steps}
    for admin_code, row in keyed(units.parts.old_districts, "district_code").items():
        if units.codes("district")[admin_code] not in started:
            yield row.finding("district_code", mend)
