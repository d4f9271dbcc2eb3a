"""The national list of procedures as reference data; a newer list adds versions and moves no due date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from ioc.reference.build import PROCEDURES, VERSIONS, rows_in, text_of
from ioc.reference.limits import limits_of
from ioc.reference.lists import FILES, Row, rows_of
from schemas.findings import Finding, Unusable
from schemas.history import DAY
from schemas.procedures import ProcedureVersion
from schemas.reference import Procedure, by_code

LIST = ("tthc_procedures.csv.gz", "procedure_code,name,level,field,decision_no")
LEVELS = ("Cấp xã", "commune"), ("Cấp tỉnh", "province")  # the nearest to the citizen, of several
ABOVE = "ministry"  # and other central bodies


def catalogue(lists: Path, out: Path, since: date | None) -> dict[str, str]:
    """The two files of procedures, laid on those of `out`; Unusable where something is missing.

    A version is named after the act that decides it. The first list is taken to hold since ever: it does not
    say since when. Of a later one whatever differs holds from `since` on, and what it leaves out ends.
    """
    found: list[Finding] = []
    listed, limits = (rows_of(lists / file, columns, found) for file, columns in (LIST, FILES["limits"]))
    earlier = out / "procedure_versions.csv"
    if earlier.is_file() and since is None:
        found.append(Finding(str(earlier), 0, "--since", None, "say from which day the newer list holds"))
    if found:
        raise Unusable(found)
    held = by_code(rows_in(earlier, ProcedureVersion)) if earlier.is_file() else {}
    known = {one.code: one for one in rows_in(out / "procedures.csv", Procedure)} if held else {}
    by_procedure: dict[str, list[Row]] = {}
    for row in limits:
        by_procedure.setdefault(row["procedure_code"], []).append(row)
    now = {
        row["procedure_code"]: _version(row, by_procedure.get(row["procedure_code"], ())) for row in listed
    }
    known |= {row["procedure_code"]: _procedure(row) for row in listed}
    laid = [
        one
        for code in sorted(known)
        for one in _laid(held.get(code, ()), now.get(code), since if held else None)
    ]
    return {
        "procedures.csv": text_of([known[code] for code in sorted(known)], PROCEDURES),
        "procedure_versions.csv": text_of(laid, VERSIONS),
    }


def _procedure(row: Row) -> Procedure:
    level = next((ours for theirs, ours in LEVELS if theirs in row["level"]), ABOVE)
    said = {"code": row["procedure_code"], "name": row["name"], "level": level, "field": row["field"]}
    return Procedure.model_validate(said)


def _version(row: Row, limits: Iterable[Row]) -> ProcedureVersion:
    given, online = limits_of(limits)
    limit, unit = given or (None, None)
    return ProcedureVersion(
        code=row["procedure_code"], version=row["decision_no"], limit=limit, unit=unit, limit_online=online
    )


def _laid(
    held: Iterable[ProcedureVersion], now: ProcedureVersion | None, since: date | None
) -> list[ProcedureVersion]:
    """The versions of one procedure: those of earlier lists stay what they were, but for their end."""
    earlier = list(held)
    last = earlier[-1] if earlier else None
    if last is not None:
        going_on = last.valid_to is None
        if now is None and not going_on:
            return earlier
        if now is not None and going_on and _says(last) == _says(now):
            return earlier
        changed = last.valid_to or last.valid_from
        if since is None or (changed and since <= changed):
            mend = f"{last.code} changed on {changed}: give a later day"
            raise Unusable([Finding("--since", 0, "--since", str(since), mend)])
        if going_on:
            earlier[-1] = last.model_copy(update={"valid_to": since - DAY})
    if now is None:
        return earlier
    name = now.version
    if name in {one.version for one in earlier}:  # one act, other limits: names are said once
        name = f"{name}, {since}"
    return [*earlier, now.model_copy(update={"version": name, "valid_from": since})]


def _says(version: ProcedureVersion) -> Mapping[str, object]:
    """What a list tells of a version; its name but for the day that may stand behind it."""
    told = version.model_dump(include={"limit", "unit", "limit_online"})
    return told | {"version": version.version.removesuffix(f", {version.valid_from}")}
