"""Versions of the procedures: time limits from the published list, fees and earlier versions made.

The list's limits were parsed from run-together text: of several for one channel the longest is taken, and a
number without a unit keeps none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from zlib import crc32

from ioc.reference.lists import Row
from schemas.history import DAY
from schemas.procedures import Invented, ProcedureVersion, Unit
from schemas.reference import Procedure

UNITS: dict[str, Unit] = {
    "Ngày làm việc": "working_days",
    "Ngày": "days",
    "Tháng": "months",
    "Giờ": "working_hours",
}
HOURS: dict[Unit | None, int] = {
    "working_days": 12,
    "days": 8,
    "months": 240,
    "working_hours": 1,
}  # to compare
COUNTER = ("Trực tiếp", "Dịch vụ bưu chính", "Trực tuyến")  # the first that says anything is the limit
ONLINE = "Trực tuyến"
FEES = {  # VND, made
    "ministry": (0, 100_000, 200_000, 500_000, 1_000_000),
    "province": (0, 50_000, 100_000, 150_000, 200_000, 300_000, 500_000),
    "district": (0, 10_000, 30_000, 50_000, 100_000),
    "commune": (0, 0, 5_000, 8_000, 15_000),
}
MADE_LIMITS = {
    "ministry": 30,
    "province": 15,
    "district": 10,
    "commune": 3,
}  # working days, where the list has none
EARLIER = 6  # procedures of the district level that get an earlier version
Limit = tuple[int, Unit | None]


def versions(procedures: Iterable[Procedure], rows: Iterable[Row], reform: date) -> list[ProcedureVersion]:
    """Every version in order of codes; the first EARLIER district procedures have two, by the reform."""
    said: dict[str, list[Row]] = {}
    for row in rows:
        said.setdefault(row["procedure_code"], []).append(row)
    found: list[ProcedureVersion] = []
    earlier = 0
    for procedure in sorted(procedures, key=lambda one: one.code):
        version = _version(procedure, said.get(procedure.code, []))
        if procedure.level == "district" and version.unit == "working_days" and earlier < EARLIER:
            earlier += 1
            found += _in_two(version, reform)
        else:
            found.append(version)
    return found


def _version(procedure: Procedure, rows: list[Row]) -> ProcedureVersion:
    given, online = limits_of(rows)
    made: list[Invented] = ["version", "fee"]
    limit, unit = given or (MADE_LIMITS[procedure.level], "working_days")
    if given is None:
        made += ["limit", "unit"]
    fees = FEES[procedure.level]
    return ProcedureVersion(
        code=procedure.code,
        version="1",
        limit=limit,
        unit=unit,
        limit_online=online,
        fee=fees[crc32(procedure.code.encode()) % len(fees)],
        made=tuple(made),
    )


def limits_of(rows: Iterable[Row]) -> tuple[Limit | None, int | None]:
    """What the list says of one procedure: its limit, and the one online where that is another."""
    told = list(rows)
    by_channel = {channel: _longest(row for row in told if row["channel"] == channel) for channel in COUNTER}
    given = next((limit for limit in by_channel.values() if limit), None)
    online = by_channel[ONLINE]
    differs = given is not None and online is not None and online[1] == given[1] and online != given
    return given, online[0] if online and differs else None


def _longest(rows: Iterable[Row]) -> Limit | None:
    found = [(int(row["duration"]), UNITS.get(row["unit"])) for row in rows if row["duration"].isdecimal()]
    return max(
        found, key=lambda limit: (limit[1] is not None, limit[0] * HOURS.get(limit[1], 0)), default=None
    )


def _in_two(version: ProcedureVersion, reform: date) -> Iterator[ProcedureVersion]:
    """The reform halved the way: until its eve half as long again, since then what the list says."""
    limit = ((version.limit or 0) * 3 + 1) // 2
    made: tuple[Invented, ...] = (*version.made, "limit", "unit")
    ended = {"valid_to": reform - DAY, "limit": limit, "limit_online": None, "made": made}
    yield version.model_copy(update=ended)
    yield version.model_copy(update={"version": "2", "valid_from": reform})
