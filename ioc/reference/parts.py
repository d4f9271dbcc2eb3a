"""One province's rows of the published lists, held together before anything is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ioc.reference.lists import FILES, Lists, Row, keyed
from ioc.reference.naming import Assigned, type_of
from schemas.findings import Finding, Unusable, near


@dataclass(frozen=True)
class Parts:
    """Today's province with its communes, and the old provinces it was made from with all of theirs."""

    province: Row
    old_provinces: list[Row]
    old_districts: list[Row]
    old_communes: list[Row]
    communes: list[Row]


def province_named(lists: Lists, province: str) -> Row:
    for row in lists.provinces:
        if province in (row["name"], row["full_name"]):
            return row
    mend = f"name a province as its list does{near(province, [row['name'] for row in lists.provinces])}"
    raise Unusable([Finding(FILES["provinces"][0], 0, "--province", province, mend)])


def parts_of(lists: Lists, province: str) -> Parts:
    """The rows that today's province and those it was made from have; Unusable with all findings."""
    today = province_named(lists, province)
    steps = [s for s in lists.province_steps if s["new_province_code"] == today["province_code"]]
    old = {step["old_province_code"] for step in steps}
    parts = Parts(
        today,
        [row for row in lists.old_provinces if row["province_code"] in old],
        [row for row in lists.old_districts if row["province_code"] in old],
        [row for row in lists.old_communes if row["province_code"] in old],
        [row for row in lists.communes if row["province_code"] == today["province_code"]],
    )
    provinces, districts = (
        keyed(parts.old_provinces, "province_code"),
        keyed(parts.old_districts, "district_code"),
    )
    found = [] if old else [today.finding("province_code", "no old province leads to it in the crosswalk")]
    for row in steps:
        if row["old_province_code"] not in provinces:
            found.append(row.finding("old_province_code", f"add it to {FILES['old_provinces'][0]}"))
    for row in parts.old_communes:
        if row["district_code"] not in districts:
            mend = f"name a district of its province{near(row['district_code'], districts)}"
            found.append(row.finding("district_code", mend))
    for row in (*parts.old_provinces, *parts.old_districts, *parts.old_communes, *parts.communes):
        if type_of(row["full_name"]) is None:
            found.append(row.finding("full_name", "begin it with the unit's type, such as Xã or Phường"))
    if found:
        raise Unusable(found)
    return parts


def check_assigned(parts: Parts, assigned: Sequence[Assigned]) -> None:
    """Unusable where a code was given to a unit that the province's lists do not have."""
    known = {
        ("province", False): set(keyed(parts.old_provinces, "province_code")),
        ("district", False): set(keyed(parts.old_districts, "district_code")),
        ("commune", False): set(keyed(parts.old_communes, "commune_code")),
        ("commune", True): set(keyed(parts.communes, "commune_code")),
    }
    mend = "name a unit of the province's list, of its level and era, or take the row away"
    found = [
        row.finding("admin_code", row.admin_code, mend)
        for row in assigned
        if row.admin_code not in known.get((row.level, row.valid_from is not None), {None})
    ]
    if found:
        raise Unusable(found)
